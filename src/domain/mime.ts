import type { Address } from './address.ts'
import { buildSmil, type SlidePart } from './smil.ts'

/**
 * A picture message as one MIME entity: multipart/related (RFC 2387) whose start is the SMIL, as MM7 and MM4 carry it
 * (3GPP TS 23.140, clause 8.7.1). The size of the entity is known before any part's bytes are, because no header depends on them.
 */

/** How bodies of parts travel. */
export type TransferEncoding = 'binary' | 'base64'

/** A part's place in the entity. */
export type MimePart = SlidePart & { readonly bytes: number }

/** What the entity is made from. The boundary and the date are given, so that the same message gives the same bytes. */
export type MimeMessage = {
  readonly id: string
  readonly from: Address
  readonly to: readonly Address[]
  readonly subject: string | null
  readonly text: string | null
  readonly parts: readonly MimePart[]
  readonly date: number
  readonly encoding: TransferEncoding
}

/** The name of the text part. */
export const TEXT_NAME = 'text.txt'
const SMIL_NAME = 'smil.xml'
/** RFC 2045, clause 6.8: encoded lines are at most 76 characters, ended by CRLF. */
const LINE = 76

const utf8 = new TextEncoder()

/** Bytes that a body of `bytes` takes on the wire in an encoding. */
export function encodedSize(bytes: number, encoding: TransferEncoding): number {
  if (encoding === 'binary') return bytes
  const characters = 4 * Math.ceil(bytes / 3)
  return characters + 2 * Math.ceil(characters / LINE)
}

/** Header text can carry no line break and no control character; what is not ASCII becomes an encoded word (RFC 2047). */
function headerText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being taken out
  const safe = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
  // Text that looks like an encoded word would be decoded at the far side (RFC 2047, clause 7).
  if (/^[\x20-\x7e]*$/.test(safe) && !safe.includes('=?')) return safe
  const words: string[] = []
  let word: number[] = []
  for (const character of safe) {
    const bytes = [...utf8.encode(character)]
    // A line with an encoded word is at most 76 characters, the header's name included, and a word never splits a
    // character (RFC 2047, clauses 2 and 5): 39 bytes give 52, and `Subject: ` with what marks the word takes 21.
    if (word.length + bytes.length > 39) {
      words.push(btoa(String.fromCharCode(...word)))
      word = []
    }
    word.push(...bytes)
  }
  words.push(btoa(String.fromCharCode(...word)))
  return words.map((encoded) => `=?utf-8?B?${encoded}?=`).join('\r\n ')
}

/** The pieces of the entity in order: text as bytes, and places where a part's body goes. */
export type MimePiece =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'part'; readonly index: number }

/** Lays the entity out. `pieces` concatenated, with each part's body in its encoding, are the message. */
export function layOut(message: MimeMessage): { pieces: MimePiece[]; size: number; contentType: string } {
  const boundary = `belino-${message.id}`
  const text = message.text === null || message.text === '' ? null : utf8.encode(message.text)
  const smil = buildSmil(message.parts, text === null ? null : TEXT_NAME)
  const contentType = `multipart/related; boundary="${boundary}"; type="application/smil"; start="<smil>"`
  const pieces: MimePiece[] = []
  let size = 0
  const put = (content: string | Uint8Array): void => {
    const bytes = typeof content === 'string' ? utf8.encode(content) : content
    size += bytes.byteLength
    pieces.push({ kind: 'bytes', bytes })
  }
  put(
    `Message-ID: <${message.id}>\r\nDate: ${new Date(message.date).toUTCString()}\r\nFrom: ${message.from}/TYPE=PLMN\r\n` +
      `To: ${message.to.map((one) => `${one}/TYPE=PLMN`).join(',\r\n ')}\r\n` +
      (message.subject === null || message.subject === ''
        ? ''
        : `Subject: ${headerText(message.subject)}\r\n`) +
      `MIME-Version: 1.0\r\nContent-Type: ${contentType}\r\n\r\n`,
  )
  put(
    `--${boundary}\r\nContent-Type: application/smil; charset=utf-8; name="${SMIL_NAME}"\r\nContent-ID: <smil>\r\nContent-Location: ${SMIL_NAME}\r\n\r\n${smil}\r\n`,
  )
  if (text !== null) {
    put(
      `--${boundary}\r\nContent-Type: text/plain; charset=utf-8; name="${TEXT_NAME}"\r\nContent-ID: <text>\r\nContent-Location: ${TEXT_NAME}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`,
    )
    put(text)
    put('\r\n')
  }
  message.parts.forEach((part, index) => {
    const id = part.name.replace(/\.[^.]*$/, '')
    put(
      `--${boundary}\r\nContent-Type: ${part.type}; name="${part.name}"\r\nContent-ID: <${id}>\r\nContent-Location: ${part.name}\r\n` +
        `Content-Transfer-Encoding: ${message.encoding}\r\n\r\n`,
    )
    size += encodedSize(part.bytes, message.encoding)
    pieces.push({ kind: 'part', index })
    put('\r\n')
  })
  put(`--${boundary}--\r\n`)
  return { pieces, size, contentType }
}

/** Encodes a body as base64 in lines of 76 characters. */
function base64Lines(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(encodedSize(bytes.byteLength, 'base64'))
  let at = 0
  // 57 bytes give one full line.
  for (let start = 0; start < bytes.length; start += 57) {
    const slice = bytes.subarray(start, start + 57)
    const line = btoa(String.fromCharCode(...slice))
    for (let i = 0; i < line.length; i++) out[at++] = line.charCodeAt(i)
    out[at++] = 13
    out[at++] = 10
  }
  return out
}

/** The whole entity. `bodies[i]` are the bytes of `message.parts[i]`, and as many as it says. */
export function assemble(message: MimeMessage, bodies: readonly Uint8Array[]): Uint8Array {
  const { pieces, size } = layOut(message)
  const out = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    const raw = piece.kind === 'bytes' ? piece.bytes : bodies[piece.index]
    if (raw === undefined)
      throw new Error(`The body of part ${piece.kind === 'part' ? piece.index : 0} is missing`)
    const bytes = piece.kind === 'part' && message.encoding === 'base64' ? base64Lines(raw) : raw
    out.set(bytes, at)
    at += bytes.byteLength
  }
  if (at !== size) throw new Error(`The message takes ${at} bytes where ${size} were planned`)
  return out
}

/** Bytes of everything but the bodies of the parts. */
export const overheadOf = (message: MimeMessage): number =>
  layOut({ ...message, parts: message.parts.map((part) => ({ ...part, bytes: 0 })) }).size
