import { useEffect, useState } from 'preact/hooks'
import { bytes } from './format.ts'
import { Icon } from './icon.tsx'
import { t } from './page.ts'
import type { Part } from './wire.ts'

/** What a card shows of a person. */
type Person = { readonly name: string; readonly org: string; readonly lines: readonly string[] }

/** Cards past this are no people, in characters. */
const MOST = 200_000

const plain = (value: string): string =>
  value
    .replace(/\\n/gi, ' ')
    .replace(/\\([,;\\])/g, '$1')
    .trim()

/** Reads the first person of a vCard (RFC 6350): name, organisation, numbers, addresses. Everything stays text. */
export function readCard(text: string): Person | null {
  const lines = text
    .slice(0, MOST)
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
  let [name, org] = ['', '']
  const more: string[] = []
  for (const line of lines) {
    const colon = line.indexOf(':')
    const property = line.slice(0, colon).split(';')[0]?.split('.').at(-1)?.toUpperCase()
    const value = line.slice(colon + 1)
    if (colon < 0 || value === '') continue
    if (property === 'FN') name = plain(value)
    else if (property === 'N' && name === '')
      name = value
        .split(/(?<!\\);/)
        .slice(0, 2)
        .reverse()
        .map(plain)
        .join(' ')
        .trim()
    else if (property === 'ORG') org = plain(value.replace(/(?<!\\);/g, ', '))
    else if ((property === 'TEL' || property === 'EMAIL') && more.length < 6)
      more.push(plain(value.replace(/^(?:tel|mailto):/i, '')))
    else if (property === 'END') break
  }
  return name === '' && org === '' && more.length === 0
    ? null
    : { name: name || org, org: name === '' ? '' : org, lines: more }
}

/** A contact that somebody sent, as a card. */
export function VCard({ part, url }: { part: Part; url: string }) {
  const [person, setPerson] = useState<Person | null>(null)
  useEffect(() => {
    void fetch(url)
      .then((answer) => (answer.ok ? answer.text() : ''))
      .then((text) => setPerson(readCard(text)))
      .catch(() => {})
  }, [url])
  return (
    <div class="vcard">
      <span class="vcard-sign">
        <Icon name="person" size={26} />
      </span>
      <div class="vcard-text">
        <bdi class="vcard-name">{person?.name ?? t('contactCard')}</bdi>
        {person?.org && <bdi class="vcard-org">{person.org}</bdi>}
        {person?.lines.map((line) => (
          <bdi key={line}>{line}</bdi>
        ))}
        <a href={url} download={part.name}>
          {t('saveFile')} · {bytes(part.bytes)}
        </a>
      </div>
    </div>
  )
}
