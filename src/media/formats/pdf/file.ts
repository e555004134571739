import { latin1 } from '../../bytes.ts'
import { Inflater } from '../../inflate.ts'
import { PdfLexer, PdfSyntaxError } from './lexer.ts'
import { asKind, nameIn, numberIn, type PdfDict, type PdfStream, type PdfValue } from './value.ts'

/** The objects of a PDF by number, and where its catalog is. */
export type PdfFile = {
  readonly objects: ReadonlyMap<number, PdfValue>
  readonly root: number
  readonly encrypted: boolean
}

/** Objects of a file at most; a book of a thousand pages has about fifty thousand. */
const MOST_OBJECTS = 200_000
/** How many times the bytes of a file may be read in vain, in objects that turn out to be broken. */
const WASTE = 2

/** Bytes that may still be read in vain: without a limit a file could be made that takes hours. */
type Effort = { left: number }

/** Bytes that all object streams together unpack to. */
const UNPACKED = 32 * 2 ** 20

/**
 * Reads all objects in the order of the file, the later ones in place of the earlier. The tables of offsets are not
 * looked at: they are wrong in many files, and in a hostile one they lead elsewhere than what others read. `undefined`
 * when there is no catalog.
 */
export function readPdf(bytes: Uint8Array): PdfFile | undefined {
  const objects = new Map<number, PdfValue>()
  const trailers: PdfDict[] = []
  const effort: Effort = { left: WASTE * bytes.length }
  let room = UNPACKED
  let at = 0
  while (objects.size < MOST_OBJECTS) {
    const found = nextObject(bytes, at, effort)
    if (found === undefined) break
    at = found.end
    if (found.trailer !== undefined) trailers.push(found.trailer)
    if (found.value === undefined) continue
    const stream = asKind(found.value, 'stream')
    const type = stream && nameIn(stream.dict, 'Type')
    if (type === 'XRef') trailers.push(stream!.dict)
    else if (type === 'ObjStm') room -= unpackObjects(stream!, objects, room)
    else objects.set(found.number, found.value)
  }
  const root = trailers
    .map(({ entries }) => asKind(entries.get('Root'), 'ref')?.number)
    .findLast((number) => number !== undefined && isCatalog(objects.get(number)))
  const encrypted = trailers.some(({ entries }) => entries.has('Encrypt'))
  // Of a file that lost its trailer the last catalog is as good.
  const catalog = root ?? [...objects].findLast(([, value]) => isCatalog(value))?.[0]
  return catalog === undefined && !encrypted ? undefined : { objects, root: catalog ?? 0, encrypted }
}

function isCatalog(value: PdfValue | undefined): boolean {
  const dict = asKind(value, 'dict')
  return dict !== undefined && nameIn(dict, 'Type') === 'Catalog'
}

type Found = {
  readonly number: number
  readonly value?: PdfValue
  readonly trailer?: PdfDict
  readonly end: number
}

/** The next "12 0 obj" or "trailer" from `from` on. What cannot be read is stepped over. */
function nextObject(bytes: Uint8Array, from: number, effort: Effort): Found | undefined {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!
    // "obj" and "trailer" are looked for by their first letters, and only where a word begins.
    if (byte === 0x6f && bytes[at + 1] === 0x62 && bytes[at + 2] === 0x6a) {
      const head = /(?:^|[^\d])(\d{1,10})[\s\0]+\d{1,5}[\s\0]+$/.exec(
        latin1(bytes, Math.max(0, at - 24), Math.min(24, at)),
      )
      if (head === null) continue
      return { number: Number(head[1]), ...readObject(bytes, at + 3, effort) }
    }
    if (byte === 0x74 && latin1(bytes, at, 7) === 'trailer') {
      const { value, end } = readObject(bytes, at + 7, effort)
      const trailer = asKind(value, 'dict')
      return { number: -1, end, ...(trailer === undefined ? {} : { trailer }) }
    }
  }
  return undefined
}

function readObject(bytes: Uint8Array, from: number, effort: Effort): { value?: PdfValue; end: number } {
  const lexer = new PdfLexer(bytes, from)
  try {
    const value = lexer.value()
    const dict = asKind(value, 'dict')
    if (dict === undefined || !lexer.takes('stream')) return { value, end: lexer.at }
    // One line end stands before the data, by 7.3.8.1.
    let start = lexer.at
    if (bytes[start] === 13) start++
    if (bytes[start] === 10) start++
    const end = streamEnd(bytes, start, numberIn(dict, 'Length'))
    return { value: { kind: 'stream', dict, data: bytes.subarray(start, end) }, end }
  } catch (error) {
    if (!(error instanceof PdfSyntaxError)) throw error
    // A broken object may have swallowed good ones, so the search goes on right behind its head; but not for ever.
    effort.left -= lexer.at - from
    return { end: effort.left > 0 ? from : lexer.at }
  }
}

/** By its length where "endstream" stands there; else where that word comes first. */
function streamEnd(bytes: Uint8Array, start: number, length: number | undefined): number {
  if (length !== undefined && Number.isInteger(length) && length >= 0 && start + length <= bytes.length) {
    if (/^\s*endstream/.test(latin1(bytes, start + length, 16))) return start + length
  }
  for (let at = start; at >= 0 && at < bytes.length; at++) {
    at = bytes.indexOf(0x65, at)
    if (at < 0) break
    if (latin1(bytes, at, 9) !== 'endstream') continue
    // The line end before the word is not the stream's.
    if (bytes[at - 1] === 10) at--
    if (bytes[at - 1] === 13) at--
    return Math.max(start, at)
  }
  return bytes.length
}

/** Takes the objects out of an object stream (7.5.7), and says how many bytes it unpacked to. */
function unpackObjects(stream: PdfStream, objects: Map<number, PdfValue>, room: number): number {
  const data = unpack(stream, room)
  const count = numberIn(stream.dict, 'N') ?? 0
  const first = numberIn(stream.dict, 'First') ?? 0
  if (data === undefined) return 0
  const lexer = new PdfLexer(data)
  const effort: Effort = { left: WASTE * data.length }
  try {
    for (let i = 0; i < count && objects.size < MOST_OBJECTS; i++) {
      const [number, offset] = [Number(lexer.word()), Number(lexer.word())]
      if (!Number.isInteger(number) || !Number.isInteger(offset)) break
      const object = new PdfLexer(data, first + offset)
      objects.set(number, object.value())
      // Any number of objects may say that they begin at the same place.
      effort.left -= object.at - first - offset
      if (effort.left < 0) break
    }
  } catch (error) {
    if (!(error instanceof PdfSyntaxError)) throw error
  }
  return data.length
}

/** The data of a stream that is packed by deflate alone or not at all, no more than `room` bytes of it. */
function unpack({ dict, data }: PdfStream, room: number): Uint8Array | undefined {
  const filter = dict.entries.get('Filter')
  const names = asKind(filter, 'array')?.items ?? (filter === undefined ? [] : [filter])
  if (names.length === 0) return data
  if (names.length > 1 || asKind(names[0], 'name')?.name !== 'FlateDecode' || dict.entries.has('DecodeParms'))
    return undefined
  let piece: Uint8Array | undefined = data
  const inflater = new Inflater(() => {
    const given = piece
    piece = undefined
    return given
  })
  const pieces: Uint8Array[] = []
  for (let left = room; left > 0; ) {
    const into = new Uint8Array(Math.min(left, 65_536))
    const got = inflater.read(into)
    pieces.push(into.subarray(0, got))
    left -= got
    if (got < into.length) break
  }
  const whole = new Uint8Array(pieces.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of pieces) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
