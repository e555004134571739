import { be, bytesOf, zeros } from '../../bytes-of.ts'

type Piece = Parameters<typeof bytesOf>[number]

/** A box. */
export function box(type: string, ...content: Piece[]): Uint8Array<ArrayBuffer> {
  const body = bytesOf(...content)
  return bytesOf(be(body.length + 8, 4), type, body)
}

/** A track of a test movie. */
export type TestTrack = {
  readonly handler: string
  /** The one entry of its sample description. */
  readonly entry: Uint8Array
  /** Samples of each chunk. */
  readonly chunks: readonly (readonly Uint8Array[])[]
  readonly wide?: boolean
  readonly dref?: Uint8Array
  readonly more?: readonly Uint8Array[]
  readonly enabled?: boolean
}

export const matrix = bytesOf(be(0x10000, 4), zeros(12), be(0x10000, 4), zeros(12), be(0x40000000, 4))
/** A quarter turn clockwise, as a phone held upright writes it. */
export const turned = bytesOf(
  zeros(4),
  be(0x10000, 4),
  zeros(4),
  be(0xffff0000, 4),
  zeros(16),
  be(0x40000000, 4),
)

/** Sample entries with their makers' names in them. */
export const h263 = box(
  's263',
  zeros(6),
  be(1, 2),
  zeros(16),
  be(176, 2),
  be(144, 2),
  zeros(50),
  box('d263', 'CNRY', 1, 10, 0),
)
export const amr = box(
  'samr',
  zeros(6),
  be(1, 2),
  zeros(8),
  be(2, 2),
  be(16, 2),
  zeros(4),
  be(8000, 2),
  zeros(2),
  box('damr', 'CNRY', 0, 0x81, 0xff, 0, 1),
)
export const h264 = box(
  'avc1',
  ...[
    zeros(6),
    be(1, 2),
    zeros(4),
    'appl',
    zeros(8),
    be(320, 2),
    be(240, 2),
    be(0x480000, 4),
    be(0x480000, 4),
    zeros(4),
  ],
  ...[be(1, 2), 12, 'CANARYcamera', zeros(19), be(24, 2), be(0xffff, 2)],
  box('avcC', 1, 0x42, 0, 10, 0xff, 0xe0, 0),
  box('colr', 'nclc', be(1, 2), be(1, 2), be(1, 2)),
  box('fiel', 1, 0),
)
const esds = box(
  'esds',
  zeros(4),
  3,
  22,
  be(0, 2),
  0,
  4,
  17,
  0x40,
  0x15,
  zeros(11),
  5,
  2,
  0x12,
  0x08,
  6,
  1,
  2,
)
/** As QuickTime has it: version 1, its setup within a box of its own. */
export const quickTimeAac = box(
  'mp4a',
  ...[
    zeros(6),
    be(1, 2),
    be(1, 2),
    zeros(2),
    'appl',
    be(1, 2),
    be(16, 2),
    be(0xfffe, 2),
    zeros(2),
    be(44100, 2),
    zeros(2),
  ],
  zeros(16),
  box('wave', box('frma', 'mp4a'), box('mp4a', zeros(4)), esds, box('\0\0\0\0')),
)
/** Frames of a place in time, as phones write them beside the pictures. */
export const places = box('mebx', zeros(6), be(1, 2), box('keys', 'CANARY.location'))

/** A movie with everything in it that has to go. `moovFirst` puts the header before the data. */
export function writeMovie(
  brand: string,
  tracks: readonly TestTrack[],
  { moovFirst = false, junk = [] as Uint8Array[], display = matrix } = {},
): Uint8Array<ArrayBuffer> {
  const ftyp = brand === '' ? new Uint8Array() : box('ftyp', brand, be(0, 4), brand)
  const free = box('free', 'CANARY')
  const most = Math.max(...tracks.map(({ chunks }) => chunks.length))
  const order = Array.from({ length: most }, (_, index) =>
    tracks.flatMap((track, at) => (track.chunks[index] ? [[at, index] as const] : [])),
  ).flat()
  const data = bytesOf(...order.flatMap(([at, index]) => [...tracks[at]!.chunks[index]!]))
  const offsets = (start: number) => {
    const found = tracks.map(() => [] as number[])
    let place = start
    for (const [at, index] of order) {
      found[at]!.push(place)
      place += tracks[at]!.chunks[index]!.reduce((sum, sample) => sum + sample.length, 0)
    }
    return found
  }
  const moov = (start: number) => {
    const found = offsets(start)
    const mvhd = box(
      'mvhd',
      zeros(4),
      be(3_800_000_000, 4),
      be(3_800_000_000, 4),
      be(600, 4),
      be(1200, 4),
      be(0x10000, 4),
      be(0x100, 2),
      zeros(10),
      matrix,
      zeros(24),
      be(9, 4),
    )
    const traks = tracks.map((track, at) => writeTrack(track, at + 1, found[at]!, display))
    const udta = box(
      'udta',
      box('\xa9xyz', be(18, 2), be(0x15c7, 2), '+51.5-000.1/CANARY'),
      box('meta', zeros(4), 'CANARY'),
    )
    return box('moov', mvhd, ...traks, udta, box('meta', 'CANARY'), ...junk)
  }
  if (!moovFirst)
    return bytesOf(ftyp, free, box('mdat', data), moov(ftyp.length + free.length + 8), box('uuid', 'CANARY'))
  return bytesOf(ftyp, moov(ftyp.length + moov(0).length + free.length + 8), free, box('mdat', data))
}

function writeTrack(
  track: TestTrack,
  id: number,
  offsets: readonly number[],
  display: Uint8Array,
): Uint8Array {
  const { handler, entry, chunks, wide = false, more = [], enabled = true } = track
  const samples = chunks.flat()
  const tkhd = box(
    'tkhd',
    be(enabled ? 7 : 6, 4),
    be(3_800_000_000, 4),
    be(3_800_000_000, 4),
    be(id, 4),
    zeros(4),
    be(1200, 4),
    zeros(16),
    display,
    be(176 << 16, 4),
    be(144 << 16, 4),
  )
  const edts = box('edts', box('elst', zeros(4), be(1, 4), be(1200, 4), be(0, 4), be(0x10000, 4)))
  const mdhd = box(
    'mdhd',
    zeros(4),
    be(3_800_000_000, 4),
    zeros(4),
    be(30, 4),
    be(60, 4),
    be(0x15c7, 2),
    zeros(2),
  )
  const hdlr = box('hdlr', zeros(4), 'mhlr', handler, 'appl', zeros(8), 'CANARY handler\0')
  const dref = track.dref ?? box('url ', be(1, 4))
  const stsz = box(
    'stsz',
    zeros(4),
    be(0, 4),
    be(samples.length, 4),
    ...samples.map(({ length }) => be(length, 4)),
  )
  const stsc = box(
    'stsc',
    zeros(4),
    be(chunks.length, 4),
    ...chunks.map((chunk, at) => [...be(at + 1, 4), ...be(chunk.length, 4), ...be(1, 4)]),
  )
  const stco = box(
    wide ? 'co64' : 'stco',
    zeros(4),
    be(offsets.length, 4),
    ...offsets.map((offset) => be(offset, wide ? 8 : 4)),
  )
  const stts = box('stts', zeros(4), be(1, 4), be(samples.length, 4), be(1, 4), 'CANARY')
  const stbl = box(
    'stbl',
    box('stsd', zeros(4), be(1, 4), entry),
    stts,
    stsc,
    stsz,
    stco,
    box('sdtp', 'CANARY'),
  )
  const minf = box('minf', box('gmhd', 'CANARY'), box('dinf', box('dref', zeros(4), be(1, 4), dref)), stbl)
  return box(
    'trak',
    tkhd,
    edts,
    box('tapt', 'CANARY'),
    box('mdia', mdhd, hdlr, minf),
    box('udta', 'CANARY'),
    ...more,
  )
}
