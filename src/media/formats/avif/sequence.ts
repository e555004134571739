import { latin1, u32be } from '../../bytes.ts'
import { boxes, find } from '../mp4/boxes.ts'
import { type Chunk, chunkLayout, sampleSizes, tableOf } from '../mp4/tables.ts'

/** The pictures of an AVIF sequence, each a temporal unit of the one track that is shown. */
export type AvifSequence = {
  readonly width: number
  readonly height: number
  readonly durationMs: number
  readonly samples: readonly { readonly data: Uint8Array; readonly delayMs: number }[]
}

/** Pictures at most: what has more is cut short. */
const MOST_SAMPLES = 2_000

/** Reads the track of pictures; `undefined` where there is none of AV1, or its tables contradict each other. */
export function readAvifSequence(bytes: Uint8Array): AvifSequence | undefined {
  const moov = find(bytes, 'moov')
  if (moov === undefined) return undefined
  for (const { type, data } of boxes(moov)) {
    const sequence = type === 'trak' ? readTrack(bytes, data) : undefined
    if (sequence !== undefined) return sequence
  }
  return undefined
}

function readTrack(file: Uint8Array, trak: Uint8Array): AvifSequence | undefined {
  const mdia = find(trak, 'mdia')
  const handler = mdia && find(mdia, 'hdlr')
  // Opacity lies in a track of its own, of another handler.
  if (mdia === undefined || handler === undefined || !/pict|vide/.test(latin1(handler, 8, 4)))
    return undefined
  const stbl = find(mdia, 'minf', 'stbl')
  const mdhd = find(mdia, 'mdhd')
  const entry = stbl && find(stbl, 'stsd')?.subarray(8)
  if (stbl === undefined || mdhd === undefined || entry === undefined || latin1(entry, 4, 4) !== 'av01')
    return undefined
  const timescale = u32be(mdhd, mdhd[0] === 1 ? 20 : 12)
  const [width, height] = [u32be(entry, 32) >>> 16, u32be(entry, 32) & 0xffff]
  const sizes = sampleSizes(find(stbl, 'stsz'), find(stbl, 'stz2'))
  const chunks = sizes && layoutOf(stbl, sizes)
  const delays = delaysOf(tableOf(find(stbl, 'stts'), 8))
  if (sizes === undefined || chunks === undefined || timescale <= 0 || width === 0 || height === 0)
    return undefined
  const samples: AvifSequence['samples'][number][] = []
  let sample = 0
  for (const { offset, length } of chunks) {
    for (let at = offset; at < offset + length && samples.length < MOST_SAMPLES; sample++) {
      const end = at + sizes.size(sample)
      if (end === at || end > file.length) break
      const delayMs = ((delays.next().value ?? 1) * 1000) / timescale
      samples.push({ data: file.subarray(at, end), delayMs })
      at = end
    }
  }
  const durationMs = Math.round(samples.reduce((sum, { delayMs }) => sum + delayMs, 0))
  return samples.length === 0 ? undefined : { width, height, durationMs, samples }
}

function layoutOf(stbl: Uint8Array, sizes: NonNullable<ReturnType<typeof sampleSizes>>): Chunk[] | undefined {
  const stsc = tableOf(find(stbl, 'stsc'), 12)
  const narrow = tableOf(find(stbl, 'stco'), 4)
  const table = narrow ?? tableOf(find(stbl, 'co64'), 8)
  return stsc && table && chunkLayout({ table, wide: narrow === undefined }, stsc, sizes)
}

/** How long each sample is shown, in ticks. */
function* delaysOf(stts: Uint8Array | undefined): Generator<number, undefined> {
  if (stts === undefined) return undefined
  for (let at = 4; at + 8 <= stts.length; at += 8)
    for (let left = u32be(stts, at); left > 0; left--) yield u32be(stts, at + 4)
  return undefined
}
