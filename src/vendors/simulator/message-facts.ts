import type { DropCause } from './handset.ts'
import { mediaFacts } from './media-facts.ts'
import { decodeWords, headerOf, type MimeHeader, type MimeTree } from './mime-tree.ts'
import { presentationOf } from './presentation.ts'

/** What is known of a message from the bytes that came, small enough to be kept and listed beside them. */

/** One part of the entity, in the order in which it came. */
export type PartFacts = {
  readonly headers: readonly MimeHeader[]
  /** What its header says, and what its bytes say. */
  readonly type: string
  readonly found: string | null
  readonly name: string | null
  /** Bytes of the decoded body, and their SHA-256 in lower-case hex. */
  readonly bytes: number
  readonly sha256: string
  readonly width: number | null
  readonly height: number | null
  /** The body of a text part, up to 4,000 characters. */
  readonly text: string | null
}

/** A message as it came. An SMS has no parts, headers or presentation. */
export type MessageFacts = {
  /** Bytes of the whole entity, or of an SMS's text. */
  readonly bytes: number
  readonly headers: readonly MimeHeader[]
  readonly contentType: string | null
  readonly subject: string | null
  readonly text: string | null
  readonly parts: readonly PartFacts[]
  /** The index of the presentation. */
  readonly start: number | null
  readonly smil: string | null
  readonly slides: readonly (readonly number[])[]
  readonly unreferenced: readonly number[]
  /** Parts that are neither the presentation nor the message's own text. */
  readonly attachments: number
}

/** The Content-ID of a message's own text, as against a text file that was attached. */
export const TEXT_ID = 'text'
const MOST_TEXT = 4000

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** The facts of a text message. */
export const smsFacts = (text: string | null): MessageFacts => ({
  bytes: new TextEncoder().encode(text ?? '').length,
  headers: [],
  contentType: null,
  subject: null,
  text,
  parts: [],
  start: null,
  smil: null,
  slides: [],
  unreferenced: [],
  attachments: 0,
})

/** The facts of a picture message of `bytes` bytes. */
export async function mmsFacts(tree: MimeTree, bytes: number): Promise<MessageFacts> {
  const presentation = presentationOf(tree)
  const parts = await Promise.all(
    tree.parts.map(async (part): Promise<PartFacts> => {
      const { type: found, width, height } = mediaFacts(part.body)
      return {
        headers: part.headers,
        type: part.type,
        found,
        name: part.name ?? part.location,
        bytes: part.body.length,
        sha256: hex(await crypto.subtle.digest('SHA-256', part.body as Uint8Array<ArrayBuffer>)),
        width,
        height,
        text:
          part.type === 'text/plain'
            ? new TextDecoder().decode(part.body.subarray(0, MOST_TEXT * 4)).slice(0, MOST_TEXT)
            : null,
      }
    }),
  )
  const own = tree.parts.find((part) => part.type === 'text/plain' && part.contentId === TEXT_ID)
  const subject = headerOf(tree.headers, 'subject')
  return {
    bytes,
    headers: tree.headers,
    contentType: tree.contentType,
    subject: subject === null ? null : decodeWords(subject),
    text: own === undefined ? null : new TextDecoder().decode(own.body),
    parts,
    start: tree.start,
    ...presentation,
    attachments: tree.parts.length - 1 - (own === undefined ? 0 : 1),
  }
}

/** What a phone shows of a message: slides of part indices, or all parts as they came where it follows no presentation. */
export function shownParts(
  message: MessageFacts,
  followsPresentation: boolean,
  drops: readonly (DropCause | null)[],
): number[][] {
  const kept = (index: number): boolean => index !== message.start && (drops[index] ?? null) === null
  if (followsPresentation && message.slides.length > 0)
    return message.slides.map((slide) => slide.filter(kept)).filter((slide) => slide.length > 0)
  return message.parts.flatMap((_, index) => (kept(index) ? [[index]] : []))
}
