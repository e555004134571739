import { joinBytes } from '../../domain/bytes.ts'
import { assemble, type MimeMessage } from '../../domain/mime.ts'
import { decodeText, type MimeEntity } from '../../domain/mime-reader.ts'
import type { InboundPart } from '../contract.ts'
import { childOf, findElement, parseXml } from './xml.ts'

/** The content of a message: a presentation and what it shows, in one multipart beside the envelope. */

const utf8 = new TextEncoder()
const EMPTY_LINE = [13, 10, 13, 10] as const

/** The Content-ID under which the content travels. */
export const CONTENT_ID = 'generic'

/** The whole request: the envelope first, then the content, whose size was planned as it is here. */
export function withContent(
  xml: string,
  message: MimeMessage,
  bodies: readonly Uint8Array[],
): { contentType: string; body: Uint8Array } {
  const entity = assemble(message, bodies)
  // The headers of the entity say what the envelope says here; of them only the type goes along.
  let start = 0
  while (EMPTY_LINE.some((byte, i) => entity[start + i] !== byte)) start++
  const contentType =
    /^Content-Type: (.*)$/m.exec(new TextDecoder().decode(entity.subarray(0, start)))?.[1] ?? ''
  const boundary = `mm7-${message.id}`
  const before = utf8.encode(
    `--${boundary}\r\nContent-Type: text/xml; charset=utf-8\r\nContent-ID: <mm7-start>\r\n\r\n${xml}\r\n` +
      `--${boundary}\r\nContent-Type: ${contentType.trim()}\r\nContent-ID: <${CONTENT_ID}>\r\n\r\n`,
  )
  const after = utf8.encode(`--${boundary}--\r\n`)
  return {
    contentType: `multipart/related; type="text/xml"; start="<mm7-start>"; boundary="${boundary}"`,
    body: joinBytes([before, entity.subarray(start + 4), after]),
  }
}

const isPresentation = (part: MimeEntity): boolean => /^application\/smil(?:\+xml)?$/.test(part.type)
const isMultipart = (part: MimeEntity): boolean => part.type.startsWith('multipart/')
const nameOf = (part: MimeEntity): string | null =>
  part.parameters.get('name') ?? part.location ?? part.parameters.get('filename') ?? null

/** Every part that is no multipart itself, in order. */
const leaves = (entity: MimeEntity): MimeEntity[] =>
  isMultipart(entity) ? entity.parts.flatMap(leaves) : [entity]

/** The references of a presentation in the order in which they are shown. */
function shown(presentation: MimeEntity): string[] {
  const xml = parseXml(decodeText(presentation.body, presentation.parameters.get('charset')))
  if (!xml.ok) return []
  const found: string[] = []
  const body = childOf(xml.value, 'body')
  if (body !== null)
    findElement(body, (one) => {
      const src = one.attributes.get('src')
      if (src !== undefined) found.push(src.replace(/^cid:/i, '').replace(/^<|>$/g, ''))
      return false
    })
  return found
}

/** What a person wrote and attached: the presentation left out, everything else in the order in which it is shown. */
export function readContent(content: MimeEntity | null): { text: string | null; parts: InboundPart[] } {
  if (content === null) return { text: null, parts: [] }
  const all = leaves(content)
  const presentation = all.find(isPresentation)
  const rest = all.filter((part) => !isPresentation(part))
  const order = presentation === undefined ? [] : shown(presentation)
  const place = (part: MimeEntity): number => {
    const at = order.findIndex(
      (src) => src === part.location || src === part.contentId || src === nameOf(part),
    )
    return at === -1 ? order.length : at
  }
  // Stable: what the presentation does not name keeps its place at the end.
  const sorted = rest.map((part) => [place(part), part] as const).sort(([a], [b]) => a - b)
  const texts: string[] = []
  const parts: InboundPart[] = []
  for (const [, part] of sorted) {
    if (part.type === 'text/plain') {
      const text = decodeText(part.body, part.parameters.get('charset'))
      if (text.trim() !== '') texts.push(text)
      continue
    }
    parts.push({ kind: 'bytes', bytes: part.body, typeHint: part.type, nameHint: nameOf(part) })
  }
  return { text: texts.length === 0 ? null : texts.join('\n'), parts }
}
