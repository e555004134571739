import { fail, ok, type Result } from '../../domain/result.ts'

/**
 * A strict reader of the MIME that came over the wire: the far side knows nothing of what was meant, and a real MMSC refuses
 * what it cannot read. It takes CRLF lines, folded headers, and bodies in identity encodings or base64; no nesting.
 */

/** A header as it was written, unfolded. */
export type MimeHeader = readonly [name: string, value: string]

/** One part with its body decoded. */
export type MimeLeaf = {
  readonly headers: readonly MimeHeader[]
  /** Lower case, without parameters; `text/plain` where none was given (RFC 2045, clause 5.2). */
  readonly type: string
  /** The `name` parameter of the type. */
  readonly name: string | null
  /** Without angle brackets. */
  readonly contentId: string | null
  readonly location: string | null
  readonly body: Uint8Array
}

/** A whole entity: its own headers, its parts in order, and which of them is the presentation. */
export type MimeTree = {
  readonly headers: readonly MimeHeader[]
  readonly contentType: string
  readonly parts: readonly MimeLeaf[]
  /** The index of the part that `start` names. */
  readonly start: number
}

/** What cannot be read, in a sentence for the developer of the sender. */
export type MimeProblem = { readonly code: 'malformed'; readonly detail: string }

const malformed = (detail: string) => fail<MimeProblem>({ code: 'malformed', detail })

/** More parts than any carrier takes, but few enough to list. */
const MOST_PARTS = 40
const HEADER_BYTES = 16_384
const CR = 13
const LF = 10
const DASH = 45

const utf8 = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** The first place of `needle` at or after `from`, or -1. */
function find(haystack: Uint8Array, needle: Uint8Array, from: number): number {
  const last = haystack.length - needle.length
  for (let at = haystack.indexOf(needle[0]!, from); at !== -1 && at <= last; ) {
    let i = 1
    while (i < needle.length && haystack[at + i] === needle[i]) i++
    if (i === needle.length) return at
    at = haystack.indexOf(needle[0]!, at + 1)
  }
  return -1
}

const EMPTY_LINE = utf8.encode('\r\n\r\n')

/** Reads a block of headers that ends with an empty line; `next` is where the body starts. */
function readHeaders(
  bytes: Uint8Array,
  from: number,
): Result<{ headers: MimeHeader[]; next: number }, MimeProblem> {
  if (bytes[from] === CR && bytes[from + 1] === LF) return ok({ headers: [], next: from + 2 })
  const end = find(bytes, EMPTY_LINE, from)
  if (end === -1) return malformed('a block of headers has no empty line at its end')
  if (end - from > HEADER_BYTES) return malformed(`a block of headers is larger than ${HEADER_BYTES} bytes`)
  let text: string
  try {
    text = strict.decode(bytes.subarray(from, end))
  } catch {
    return malformed('a header is not UTF-8')
  }
  const headers: MimeHeader[] = []
  for (const line of text.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const match = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line)
    if (match === null) return malformed(`a header line cannot be read: ${JSON.stringify(line.slice(0, 60))}`)
    headers.push([match[1]!, match[2]!.trimEnd()])
  }
  return ok({ headers, next: end + 4 })
}

/** The value of a header by its name, whatever its letters. */
export function headerOf(headers: readonly MimeHeader[], name: string): string | null {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? null
}

/** A Content-Type taken apart: the type in lower case, the names of its parameters too (RFC 2045, clause 5.1). */
export function parseContentType(value: string): { type: string; parameters: ReadonlyMap<string, string> } {
  const parameters = new Map<string, string>()
  const type = (/^[^;]*/.exec(value)?.[0] ?? '').trim().toLowerCase()
  for (const match of value.matchAll(/;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g))
    parameters.set(match[1]!.toLowerCase(), match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? '')
  return { type, parameters }
}

const bare = (id: string | null): string | null => id?.trim().replace(/^<|>$/g, '') ?? null

function decodeBody(bytes: Uint8Array, encoding: string): Result<Uint8Array, MimeProblem> {
  switch (encoding) {
    case '7bit':
    case '8bit':
    case 'binary':
      return ok(bytes)
    case 'base64':
      try {
        const text = atob(new TextDecoder().decode(bytes).replace(/\r\n/g, ''))
        return ok(Uint8Array.from(text, (character) => character.charCodeAt(0)))
      } catch {
        return malformed('a body is not base64 as its header says')
      }
    default:
      return malformed(`the transfer encoding ${JSON.stringify(encoding.slice(0, 30))} is not taken`)
  }
}

function leafOf(bytes: Uint8Array): Result<MimeLeaf, MimeProblem> {
  const head = readHeaders(bytes, 0)
  if (!head.ok) return head
  const { headers, next } = head.value
  const { type, parameters } = parseContentType(headerOf(headers, 'content-type') ?? 'text/plain')
  const encoding = (headerOf(headers, 'content-transfer-encoding') ?? '7bit').trim().toLowerCase()
  const body = decodeBody(bytes.subarray(next), encoding)
  if (!body.ok) return body
  return ok({
    headers,
    type,
    name: parameters.get('name') ?? null,
    contentId: bare(headerOf(headers, 'content-id')),
    location: headerOf(headers, 'content-location'),
    body: body.value,
  })
}

/** Splits a multipart body at its boundary (RFC 2046, clause 5.1.1). */
export function parseMultipart(bytes: Uint8Array, boundary: string): Result<MimeLeaf[], MimeProblem> {
  if (!/^[ -~]{1,70}$/.test(boundary) || boundary.endsWith(' '))
    return malformed('the boundary is not a valid one')
  const delimiter = utf8.encode(`\r\n--${boundary}`)
  const opening = delimiter.subarray(2)
  if (find(bytes.subarray(0, opening.length), opening, 0) !== 0)
    return malformed('the body does not start with its boundary')
  const leaves: MimeLeaf[] = []
  for (let at = opening.length; ; ) {
    if (bytes[at] === DASH && bytes[at + 1] === DASH) return ok(leaves)
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return malformed('a boundary is not alone on its line')
    const end = find(bytes, delimiter, at)
    if (end === -1) return malformed('the closing boundary is missing')
    if (leaves.length === MOST_PARTS) return malformed(`there are more than ${MOST_PARTS} parts`)
    const leaf = leafOf(bytes.subarray(Math.min(at + 2, end), end))
    if (!leaf.ok) return leaf
    leaves.push(leaf.value)
    at = end + delimiter.length
  }
}

/** Reads a picture message: an entity of multipart/related whose `start` is a presentation (RFC 2387, TS 23.140 clause 8.7.1). */
export function parseEntity(bytes: Uint8Array): Result<MimeTree, MimeProblem> {
  const head = readHeaders(bytes, 0)
  if (!head.ok) return head
  const { headers, next } = head.value
  const contentType = headerOf(headers, 'content-type')
  if (contentType === null) return malformed('the message has no Content-Type')
  const { type, parameters } = parseContentType(contentType)
  if (type !== 'multipart/related') return malformed(`the message is ${type}, not multipart/related`)
  const parts = parseMultipart(bytes.subarray(next), parameters.get('boundary') ?? '')
  if (!parts.ok) return parts
  const wanted = bare(parameters.get('start') ?? null)
  const start = wanted === null ? 0 : parts.value.findIndex((part) => part.contentId === wanted)
  const presentation = parts.value[start]
  if (presentation === undefined) return malformed('`start` names no part of the message')
  if (!/^application\/smil(?:\+xml)?$/.test(presentation.type))
    return malformed(`the message starts with ${presentation.type}, not with a presentation`)
  return ok({ headers, contentType, parts: parts.value, start })
}

/** Header text with its encoded words read (RFC 2047); words in other charsets than UTF-8 stay as they are. */
export function decodeWords(text: string): string {
  return text
    .replace(/(=\?[^?]+\?[bB]\?[^?]*\?=)\s+(?==\?)/g, '$1')
    .replace(/(?:=\?utf-8\?b\?[A-Za-z0-9+/=]*\?=)+/gi, (run) => {
      try {
        const binary = [...run.matchAll(/\?b\?([^?]*)\?=/gi)].map((word) => atob(word[1]!)).join('')
        return strict.decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)))
      } catch {
        return run
      }
    })
}
