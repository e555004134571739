import { latin1, u16be, u32be } from '../../bytes.ts'
import { boxes, find } from './boxes.ts'
import { readSampleEntry, type SampleEntry } from './sample-entry.ts'
import { type Chunk, chunkLayout, sampleSizes, tableOf } from './tables.ts'

/** One track of sound or pictures that can be carried over. */
export type Track = {
  readonly handler: 'vide' | 'soun'
  readonly entry: SampleEntry
  /** Ticks a second of the track's own clock. */
  readonly timescale: number
  /** In ticks of the track. */
  readonly duration: number
  /** In ticks of the movie. */
  readonly shown: number
  /** The nine numbers of the display matrix, 36 bytes. */
  readonly matrix: Uint8Array
  /** Width and height for display, in 65,536ths of a pixel. */
  readonly display: readonly [number, number]
  readonly volume: number
  /** Entries of the edit list with their version; from the entry count on. */
  readonly edits: { readonly version: number; readonly table: Uint8Array } | undefined
  /** Tables of the sample box by name, from the entry count on. */
  readonly tables: {
    readonly stts: Uint8Array
    readonly ctts?: Uint8Array
    readonly stss?: Uint8Array
    readonly stsc: Uint8Array
  }
  readonly cttsVersion: number
  /** Content of `stsz`, or of `stz2`. */
  readonly sizes: { readonly type: 'stsz' | 'stz2'; readonly data: Uint8Array }
  readonly chunks: readonly Chunk[]
}

/** A movie header read as far as it is carried over. */
export type Movie = {
  readonly timescale: number
  readonly duration: number
  readonly tracks: readonly Track[]
  /** Whether there is anything that is not carried over: places, names, dates, further tracks. */
  readonly hasMore: boolean
}

/** Why a movie cannot be carried over: `malformed` for the log, `unsupported` for the sender. */
export type MovieProblem = { readonly malformed: string } | { readonly unsupported: string }

const MOST_TRACKS = 100

/** Reads a `moov` box's content; takes the first track of pictures and the first of sound that is known. */
export function readMovie(moov: Uint8Array): Movie | MovieProblem {
  if (find(moov, 'cmov') !== undefined) return { unsupported: 'a packed movie header' }
  if (find(moov, 'mvex') !== undefined) return { unsupported: 'movie fragments' }
  const mvhd = find(moov, 'mvhd')
  const clock = mvhd && readClock(mvhd)
  if (clock === undefined || clock.timescale === 0) return { malformed: 'mvhd' }
  const found: (Track | MovieProblem)[] = []
  let count = 0
  let hasMore = clock.dated
  for (const { type, data } of boxes(moov)) {
    if (type !== 'trak') {
      if (type !== 'mvhd' && type !== 'iods') hasMore = true
      continue
    }
    if (++count > MOST_TRACKS) return { unsupported: `more than ${MOST_TRACKS} tracks` }
    const track = readTrack(data)
    if (track !== undefined) found.push(track)
    else hasMore = true
  }
  const good = found.filter((track): track is Track => 'handler' in track)
  const tracks = (['vide', 'soun'] as const).flatMap((handler) =>
    good.filter((track) => track.handler === handler).slice(0, 1),
  )
  // A track that cannot be carried over is only left out when another of its kind is there: a movie that lost its
  // sound on the way is no rendition of it.
  const problem = found.find((track): track is MovieProblem => !('handler' in track))
  const lost = problem !== undefined && tracks.length < Math.min(2, found.length)
  if (lost) return problem
  if (tracks.length === 0) return { malformed: 'no track' }
  return { ...clock, tracks, hasMore: hasMore || tracks.length < count }
}

type Clock = { readonly timescale: number; readonly duration: number; readonly dated: boolean }

/** `mvhd` and `mdhd` begin alike: version, two dates, ticks a second, duration. */
function readClock(data: Uint8Array): Clock | undefined {
  const wide = data[0] === 1
  if (data.length < (wide ? 32 : 20)) return undefined
  const dated = data.subarray(4, wide ? 20 : 12).some((byte) => byte !== 0)
  const timescale = u32be(data, wide ? 20 : 12)
  return { timescale, duration: wide ? u64(data, 24) : u32be(data, 16), dated }
}

function u64(data: Uint8Array, at: number): number {
  return u32be(data, at) * 2 ** 32 + u32be(data, at + 4)
}

/** A track of sound or pictures, why it cannot be carried over, or nothing when it is another kind of track. */
function readTrack(trak: Uint8Array): Track | MovieProblem | undefined {
  const media = find(trak, 'mdia')
  const hdlr = media && find(media, 'hdlr')
  const handler = hdlr && latin1(hdlr, 8, 4)
  if (handler !== 'vide' && handler !== 'soun') return undefined
  const tkhd = find(trak, 'tkhd')
  const clock = readClock(find(media!, 'mdhd') ?? new Uint8Array())
  const stbl = find(media!, 'minf', 'stbl')
  if (tkhd === undefined || clock === undefined || clock.timescale === 0 || stbl === undefined)
    return { malformed: `a ${handler} track without its headers` }
  // Bit 0 of the flags is "enabled": a track that is never shown is not worth its bytes.
  if ((tkhd[3]! & 1) === 0) return undefined
  const shift = tkhd[0] === 1 ? 12 : 0
  if (tkhd.length < 84 + shift) return { malformed: 'tkhd' }
  if (!isSelfContained(find(media!, 'minf', 'dinf', 'dref'))) return { unsupported: 'data in another file' }
  const entry = readSampleEntry(find(stbl, 'stsd') ?? new Uint8Array(), handler)
  if (typeof entry === 'string') return { unsupported: entry }
  const samples = readSamples(stbl)
  if (samples === undefined) return { malformed: `tables of the ${handler} track` }
  const elst = find(trak, 'edts', 'elst')
  const version = elst?.[0] === 1 ? 1 : 0
  const edits = tableOf(elst, version === 1 ? 20 : 12)
  return {
    handler,
    entry,
    timescale: clock.timescale,
    duration: clock.duration,
    shown: shift ? u64(tkhd, 28) : u32be(tkhd, 20),
    volume: u16be(tkhd, 36 + shift),
    matrix: tkhd.subarray(40 + shift, 76 + shift),
    display: [u32be(tkhd, 76 + shift), u32be(tkhd, 80 + shift)],
    edits: edits && { version, table: edits },
    ...samples,
  }
}

/** Every entry has to say that the data is in this file: the others are names of files and addresses. */
function isSelfContained(dref: Uint8Array | undefined): boolean {
  if (dref === undefined) return false
  const entries = [...boxes(dref.subarray(8))]
  return entries.length > 0 && entries.every(({ data }) => ((data[3] ?? 0) & 1) === 1)
}

function readSamples(
  stbl: Uint8Array,
): Pick<Track, 'tables' | 'cttsVersion' | 'sizes' | 'chunks'> | undefined {
  const ctts = find(stbl, 'ctts')
  const tables = {
    stts: tableOf(find(stbl, 'stts'), 8),
    ctts: tableOf(ctts, 8),
    stss: tableOf(find(stbl, 'stss'), 4),
    stsc: tableOf(find(stbl, 'stsc'), 12),
  }
  const [stsz, stz2] = [find(stbl, 'stsz'), find(stbl, 'stz2')]
  const sizes = sampleSizes(stsz, stz2)
  const narrow = tableOf(find(stbl, 'stco'), 4)
  const wide = tableOf(find(stbl, 'co64'), 8)
  const offsets = narrow ? { table: narrow, wide: false } : wide && { table: wide, wide: true }
  const { stts, stsc } = tables
  if (stts === undefined || stsc === undefined || sizes === undefined || offsets === undefined)
    return undefined
  const chunks = chunkLayout(offsets, stsc, sizes)
  if (chunks === undefined || chunks.length === 0) return undefined
  const bytes = stsz ?? stz2!
  const length =
    stsz !== undefined
      ? 12 + (sizes.constant > 0 ? 0 : sizes.count * 4)
      : 12 + Math.ceil((sizes.count * stz2![7]!) / 8)
  return {
    tables: {
      stts,
      stsc,
      ...(tables.ctts ? { ctts: tables.ctts } : {}),
      ...(tables.stss ? { stss: tables.stss } : {}),
    },
    cttsVersion: ctts?.[0] === 1 ? 1 : 0,
    sizes: { type: stsz !== undefined ? 'stsz' : 'stz2', data: bytes.subarray(4, length) },
    chunks,
  }
}
