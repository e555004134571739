import { concat, fromLatin1 } from '../../bytes.ts'
import { box, fullBox, u16, u32 } from './boxes.ts'
import type { Movie, Track } from './movie.ts'
import type { Chunk } from './tables.ts'

/** A movie to be written: its head, then these ranges of the source, one behind the other. */
export type Remux = {
  readonly head: Uint8Array<ArrayBuffer>
  readonly ranges: readonly Chunk[]
  /** Bytes of the whole. */
  readonly bytes: number
}

/** The largest number of the 32-bit fields: durations beyond are unknown, and files beyond are not written. */
const LARGEST = 2 ** 32 - 1

/**
 * The same samples in a file that begins with its header and has nothing else in it: no dates, places, names, notes
 * of makers, further tracks or free space. `undefined` when samples lie outside the source of `size` bytes, or are
 * used more than once.
 */
export function remux(movie: Movie, brands: readonly string[], size: number): Remux | undefined {
  const all = movie.tracks.flatMap((track, at) =>
    track.chunks.map((chunk, index) => ({ ...chunk, track: at, index })),
  )
  const total = all.reduce((sum, chunk) => sum + chunk.length, 0)
  if (total > size || all.some(({ offset, length }) => offset < 0 || offset + length > size)) return undefined
  // In the order of the source, sound stays between the pictures that it belongs to.
  all.sort((a, b) => a.offset - b.offset)
  for (let at = 1; at < all.length; at++) {
    const before = all[at - 1]!
    if (before.offset + before.length > all[at]!.offset) return undefined
  }
  const ftyp = box('ftyp', fromLatin1(brands[0]!), u32(0), ...brands.map(fromLatin1))
  const places = movie.tracks.map((track) => new Array<number>(track.chunks.length).fill(0))
  // Offsets do not change the size of the header, so it is written once to be measured and once to be kept.
  const start = ftyp.length + header(movie, places).length + 8
  let at = start
  for (const chunk of all) {
    places[chunk.track]![chunk.index] = at
    at += chunk.length
  }
  if (at > LARGEST) return undefined
  const head = concat([ftyp, header(movie, places), u32(total + 8), fromLatin1('mdat')])
  return { head, ranges: joined(all), bytes: at }
}

/** Neighbours in the source become one range. */
function joined(chunks: readonly Chunk[]): Chunk[] {
  const ranges: { offset: number; length: number }[] = []
  for (const { offset, length } of chunks) {
    const last = ranges.at(-1)
    if (last !== undefined && last.offset + last.length === offset) last.length += length
    else if (length > 0) ranges.push({ offset, length })
  }
  return ranges
}

const UNITY = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

function header(movie: Movie, places: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const { timescale, duration, tracks } = movie
  const next = tracks.length + 1
  const mvhd = fullBox(
    'mvhd',
    0,
    0,
    u32(0, 0, timescale, ticks(duration), 0x10000),
    u16(0x100, 0),
    u32(0, 0),
    UNITY,
    new Uint8Array(24),
    u32(next),
  )
  return box('moov', mvhd, ...tracks.map((track, at) => trak(track, at + 1, places[at]!)))
}

function ticks(value: number): number {
  // All ones stand for a duration that nobody knows.
  return Math.min(value, LARGEST)
}

function trak(track: Track, id: number, places: readonly number[]): Uint8Array {
  const { handler, edits, matrix, display, volume } = track
  // Flags: enabled, in the movie, in its preview.
  const tkhd = fullBox(
    'tkhd',
    0,
    7,
    u32(0, 0, id, 0, ticks(track.shown), 0, 0),
    u16(0, 0, volume, 0),
    matrix,
    u32(...display),
  )
  const edts = edits === undefined ? [] : [box('edts', fullBox('elst', edits.version, 0, edits.table))]
  // 0x55c4 is "und", the language that nobody told.
  const mdhd = fullBox('mdhd', 0, 0, u32(0, 0, track.timescale, ticks(track.duration)), u16(0x55c4, 0))
  const hdlr = fullBox('hdlr', 0, 0, u32(0), fromLatin1(handler), new Uint8Array(13))
  const kind = handler === 'vide' ? fullBox('vmhd', 0, 1, new Uint8Array(8)) : fullBox('smhd', 0, 0, u32(0))
  const dinf = box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)))
  return box('trak', tkhd, ...edts, box('mdia', mdhd, hdlr, box('minf', kind, dinf, stbl(track, places))))
}

function stbl(track: Track, places: readonly number[]): Uint8Array {
  const { stts, ctts, stss, stsc } = track.tables
  return box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), track.entry.bytes),
    fullBox('stts', 0, 0, stts),
    ...(ctts === undefined ? [] : [fullBox('ctts', track.cttsVersion, 0, ctts)]),
    ...(stss === undefined ? [] : [fullBox('stss', 0, 0, stss)]),
    fullBox('stsc', 0, 0, oneDescription(stsc)),
    fullBox(track.sizes.type, 0, 0, track.sizes.data),
    fullBox('stco', 0, 0, u32(places.length), offsets(places)),
  )
}

/** Every run of chunks uses the one sample description there is. */
function oneDescription(stsc: Uint8Array): Uint8Array {
  const copy = stsc.slice()
  const view = new DataView(copy.buffer)
  for (let at = 12; at + 4 <= copy.length; at += 12) view.setUint32(at, 1)
  return copy
}

function offsets(places: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(places.length * 4)
  const view = new DataView(bytes.buffer)
  places.forEach((place, at) => {
    view.setUint32(at * 4, place)
  })
  return bytes
}
