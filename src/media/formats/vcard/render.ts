import { fromBase64, toBase64 } from '../../base64.ts'
import type { MediaFailure } from '../../failure.ts'
import { inspect } from '../../inspect.ts'
import { foldLine, isBase64, type Property, readProperties } from '../../properties.ts'
import type { Renderer } from '../../renderer.ts'
import type { Draft } from '../../rendition.ts'
import { fail, ok, type Result } from '../../result.ts'
import { accepts, type Target } from '../../target.ts'
import type { MediaWarning } from '../../warning.ts'
import { readText } from '../text/read-text.ts'
import { isPicture, isWord } from './names.ts'

/** A contact's picture is shown at the size of a thumb, at most across a phone. */
const PHOTO_SIDE = 720

/** A contact with its words kept, its pictures fitted like any other, and everything else gone. */
export async function renderVcard(
  source: Uint8Array,
  target: Target,
  render: Renderer,
): Promise<Result<Draft, MediaFailure>> {
  const type = 'text/x-vCard'
  if (!accepts(target, type)) return fail({ code: 'type_not_accepted', type, accepted: target.types ?? [] })
  const { text, repaired } = readText(source)
  const properties = topLevel(readProperties(text))
  if (!properties.some(({ name }) => name === 'END'))
    return fail({ code: 'malformed_media', type, detail: 'no END:VCARD' })
  const words = properties.filter(({ name }) => isWord(name) || isPicture(name))
  const spoken = words.filter(({ name }) => isWord(name)).flatMap(({ lines }) => lines)
  let left = target.budget - encode(spoken).length
  const { budget } = target
  if (left < 0)
    return fail({
      code: 'cannot_fit',
      type,
      reason: 'its text alone is larger',
      budget,
      smallest: budget - left,
    })
  const warnings: MediaWarning[] = repaired ? [{ code: 'text_repaired' }] : []
  const lines: string[] = []
  for (const property of words) {
    if (isWord(property.name)) {
      lines.push(...property.lines)
      continue
    }
    const photo = await fitPhoto(property, left, versionOf(properties), render)
    if (photo.ok) {
      lines.push(...photo.value)
      left -= encode(photo.value).length
    } else warnings.push({ code: 'photo_dropped', reason: photo.failure })
  }
  const reason = 'The contact keeps its words and pictures; what names devices and programs was taken out.'
  return ok({ bytes: encode(lines), type, warnings, reason })
}

function encode(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join(''))
}

/** Without the contacts that vCard 2.1 nests in AGENT. */
function topLevel(properties: readonly Property[]): Property[] {
  let depth = 0
  return properties.filter(({ name }) => {
    if (name === 'BEGIN') depth++
    const kept = depth <= 1
    if (name === 'END') depth--
    return kept
  })
}

function versionOf(properties: readonly Property[]): string {
  return properties.find(({ name }) => name === 'VERSION')?.value.trim() ?? '3.0'
}

/** The lines of a picture that takes at most `left` bytes in the file; a failure is the reason in words. */
async function fitPhoto(
  property: Property,
  left: number,
  version: string,
  render: Renderer,
): Promise<Result<string[], string>> {
  const inline = /^data:[\w/+.-]*;base64,(.*)$/is.exec(property.value)?.[1]
  const encoded = inline ?? (isBase64(property.parameters) ? property.value : undefined)
  if (encoded === undefined) return fail('it is only a link')
  const picture = fromBase64(encoded)
  const facts = picture === undefined ? undefined : inspect(picture)
  if (picture === undefined || facts === undefined || !facts.ok) return fail('it is no readable picture')
  if (facts.value.kind !== 'image') return fail('it is no picture')
  const budget = Math.floor(((left - 60) * 74 * 3) / (77 * 4)) - 6
  if (budget < 1) return fail('no bytes are left for it')
  const fitted = await render(picture, facts.value, { budget, maxSide: PHOTO_SIDE, types: ['image/jpeg'] })
  if (!fitted.ok)
    return fail(fitted.failure.code === 'cannot_fit' ? 'it does not fit' : 'it cannot be cleaned')
  const data = toBase64(fitted.value.bytes)
  if (version.startsWith('4')) return ok(foldLine(`${property.name}:data:image/jpeg;base64,${data}`))
  if (version.startsWith('2'))
    return ok([...foldLine(`${property.name};ENCODING=BASE64;TYPE=JPEG:${data}`), ''])
  return ok(foldLine(`${property.name};ENCODING=b;TYPE=JPEG:${data}`))
}
