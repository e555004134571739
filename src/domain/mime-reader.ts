import { fail, ok, type Result } from './result.ts'

/**
 * A lenient reader of MIME as gateways and phones write it (RFC 2045, 2046): line ends of either kind, preambles, boundaries
 * with spaces, identifiers without brackets, bodies in any encoding, one multipart in another. It is bounded: whatever comes,
 * time and memory are a small multiple of its length.
 */

/** An entity with its body decoded; a multipart has parts and no body. */
export type MimeEntity = {
  /** By lower-case name; of a header that comes twice the first counts. */
  readonly headers: ReadonlyMap<string, string>
  /** Lower case, without parameters. */
  readonly type: string
  /** By lower-case name. */
  readonly parameters: ReadonlyMap<string, string>
  /** Without angle brackets. */
  readonly contentId: string | null
  readonly location: string | null
  readonly body: Uint8Array
  readonly parts: readonly MimeEntity[]
}

/** Why an entity is not read, in a clause for the developer of the sender. */
export type MimeProblem = {
  readonly code: 'malformed' | 'too_many_parts' | 'too_deep'
  readonly detail: string
}

/** More than any gateway carries, in one multipart and in all of them. */
const MOST_PARTS = 200
const DEEPEST = 8
const HEADER_BYTES = 32_768
const LF = 10
const CR = 13
const DASH = 45
const SPACE = 32
const TAB = 9

const utf8 = new TextEncoder()
const problem = (code: MimeProblem['code'], detail: string) => fail<MimeProblem>({ code, detail })

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

/** A Content-Type, or another header of that form, taken apart (RFC 2045, clause 5.1). Spaces in a bare value are kept. */
export function readParameters(value: string): { type: string; parameters: Map<string, string> } {
  const parameters = new Map<string, string>()
  const type = (/^[^;]*/.exec(value)?.[0] ?? '').trim().toLowerCase()
  for (const match of value.matchAll(/;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g)) {
    const name = match[1]!.toLowerCase()
    if (!parameters.has(name))
      parameters.set(name, match[2]?.replace(/\\(.)/g, '$1') ?? (match[3] ?? '').trim())
  }
  return { type, parameters }
}

/** Header lines up to the first empty one; lines that are none are passed over. `next` is where the body starts. */
function readHeaders(bytes: Uint8Array): { headers: Map<string, string>; next: number } | null {
  let next = bytes.length
  for (let at = 0; at <= Math.min(bytes.length, HEADER_BYTES); ) {
    const end = bytes.indexOf(LF, at)
    // Before a boundary the empty line of a part without a body is the boundary's own.
    const ended = end === -1 && at > 0 && at === bytes.length
    if (end === -1 && !ended) break
    if (ended || end === at || (end === at + 1 && bytes[at] === CR)) {
      next = ended ? at : end + 1
      const headers = new Map<string, string>()
      const text = new TextDecoder().decode(bytes.subarray(0, at))
      for (const line of text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
        const colon = line.indexOf(':')
        const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase()
        if (name !== '' && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim())
      }
      return { headers, next }
    }
    at = end + 1
  }
  return null
}

/** Where the platform has no decoder of its own. */
const fromBase64 =
  (Uint8Array.fromBase64 as typeof Uint8Array.fromBase64 | undefined)?.bind(Uint8Array) ??
  ((text: string): Uint8Array => Uint8Array.from(atob(text), (one) => one.charCodeAt(0)))

/** Base64 with whatever else stands between (RFC 2045, clause 6.8: characters outside the alphabet are ignored). */
function decodeBase64(bytes: Uint8Array): Uint8Array | null {
  const text = new TextDecoder('latin1').decode(bytes)
  try {
    return fromBase64(text)
  } catch {
    const clean = text.replace(/[^A-Za-z0-9+/=]+/g, '').replace(/=.*$/s, '')
    try {
      return fromBase64(clean)
    } catch {
      return null
    }
  }
}

/** A line without the white space at its end, which transports add and take away. Not by a pattern: those take quadratic time. */
function trimmed(line: string): string {
  const stop = line.endsWith('\r') ? line.length - 1 : line.length
  let end = stop
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--
  return line.slice(0, end) + line.slice(stop)
}

/** Quoted-printable (RFC 2045, clause 6.7); what is no escape stands for itself. */
function decodeQuoted(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder('latin1').decode(bytes).split('\n').map(trimmed).join('\n')
  const plain = text
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  // The decoder above is windows-1252 by name, so that bytes are taken back through its own table.
  const out = new Uint8Array(plain.length)
  for (let i = 0; i < plain.length; i++) out[i] = byteOf(plain.charCodeAt(i))
  return out
}

const UPPER = new Map<number, number>()
for (let byte = 128; byte < 160; byte++)
  UPPER.set(new TextDecoder('latin1').decode(Uint8Array.of(byte)).charCodeAt(0), byte)
const byteOf = (code: number): number => (code < 256 ? code : (UPPER.get(code) ?? 63))

type Budget = { parts: number }

function split(bytes: Uint8Array, boundary: string, budget: Budget): Result<Uint8Array[], MimeProblem> {
  if (boundary === '' || boundary.length > 200)
    return problem('malformed', 'a multipart has no usable boundary')
  const delimiter = utf8.encode(`--${boundary}`)
  const pieces: Uint8Array[] = []
  let start = -1
  for (let at = 0; ; ) {
    const found = find(bytes, delimiter, at)
    if (found === -1) return problem('malformed', 'the closing boundary is missing')
    let end = found + delimiter.length
    at = end
    if (found > 0 && bytes[found - 1] !== LF) continue
    const closing = bytes[end] === DASH && bytes[end + 1] === DASH
    if (closing) end += 2
    while (bytes[end] === SPACE || bytes[end] === TAB || bytes[end] === CR) end++
    // A longer boundary that begins like this one belongs to an inner multipart.
    if (end < bytes.length && bytes[end] !== LF && !closing) continue
    if (start !== -1) {
      // The line break before a boundary is the boundary's (RFC 2046, clause 5.1.1).
      const stop = bytes[found - 2] === CR ? found - 2 : found - 1
      pieces.push(bytes.subarray(start, Math.max(start, stop)))
      budget.parts++
      if (budget.parts > MOST_PARTS)
        return problem('too_many_parts', `there are more than ${MOST_PARTS} parts`)
    }
    if (closing) return ok(pieces)
    start = end + 1
    at = Math.max(at, end)
  }
}

const bare = (id: string | undefined): string | null =>
  id === undefined ? null : id.trim().replace(/^<|>$/g, '')

function readEntity(
  headers: ReadonlyMap<string, string>,
  bytes: Uint8Array,
  depth: number,
  budget: Budget,
): Result<MimeEntity, MimeProblem> {
  const { type, parameters } = readParameters(headers.get('content-type') ?? 'text/plain')
  const head = {
    headers,
    type,
    parameters,
    contentId: bare(headers.get('content-id')),
    location: headers.get('content-location') ?? null,
  }
  if (type.startsWith('multipart/')) {
    if (depth >= DEEPEST) return problem('too_deep', `multiparts are nested deeper than ${DEEPEST}`)
    const pieces = split(bytes, parameters.get('boundary') ?? '', budget)
    if (!pieces.ok) return pieces
    const parts: MimeEntity[] = []
    for (const piece of pieces.value) {
      const inner = readHeaders(piece)
      if (inner === null) return problem('malformed', 'a part has no empty line after its headers')
      const part = readEntity(inner.headers, piece.subarray(inner.next), depth + 1, budget)
      if (!part.ok) return part
      parts.push(part.value)
    }
    return ok({ ...head, body: new Uint8Array(0), parts })
  }
  const encoding = (headers.get('content-transfer-encoding') ?? '').toLowerCase()
  if (encoding === 'base64') {
    const body = decodeBase64(bytes)
    return body === null
      ? problem('malformed', 'a body is not base64 as its header says')
      : ok({ ...head, body, parts: [] })
  }
  const body = encoding === 'quoted-printable' ? decodeQuoted(bytes) : bytes
  return ok({ ...head, body, parts: [] })
}

/** Reads an entity whose Content-Type came apart from it, as HTTP has it. */
export function readMime(contentType: string, bytes: Uint8Array): Result<MimeEntity, MimeProblem> {
  return readEntity(new Map([['content-type', contentType]]), bytes, 0, { parts: 0 })
}

/**
 * Text in the charset that it says, or in the one it is in when that is not true: what is no UTF-8 is windows-1252, in which
 * every byte is something.
 */
export function decodeText(bytes: Uint8Array, charset: string | undefined): string {
  for (const label of [charset?.trim() || 'utf-8', 'utf-8']) {
    try {
      // us-ascii names windows-1252 there; senders mean UTF-8 by it.
      const name = /^(?:us-)?ascii$/i.test(label) ? 'utf-8' : label
      return new TextDecoder(name, { fatal: true, ignoreBOM: false }).decode(bytes)
    } catch {
      // Not that charset, or none that is known.
    }
  }
  return new TextDecoder('windows-1252').decode(bytes)
}
