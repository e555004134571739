import fc from 'fast-check'
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny'
import { describe, expect, test } from 'vitest'
import { fit as fitMedia, inspect, openMovie, planMovie } from '../../../../src/media/index.ts'
import { be, bytesOf, zeros } from '../../bytes-of.ts'
import {
  amr,
  box,
  h263,
  h264,
  matrix,
  places,
  quickTimeAac,
  type TestTrack,
  turned,
  writeMovie,
} from './write-movie.ts'

const sample = (value: number, length: number) => new Uint8Array(length).fill(value)
const video = (entry: Uint8Array): TestTrack => ({
  handler: 'vide',
  entry,
  chunks: [[sample(1, 40), sample(2, 30)], [sample(3, 50)], [sample(4, 20), sample(5, 10)]],
})
const audio = (entry: Uint8Array): TestTrack => ({
  handler: 'soun',
  entry,
  chunks: [[sample(101, 7), sample(102, 8), sample(103, 9)], [sample(104, 6)]],
})
const located: TestTrack = {
  handler: 'meta',
  entry: places,
  chunks: [[bytesOf('CANARY')], [bytesOf('+51.5CANARY')]],
}
const mov = writeMovie('qt  ', [video(h264), audio(quickTimeAac), located])
const threegp = writeMovie('3gp4', [video(h263), audio(amr)], { moovFirst: true })

async function fitted(source: Uint8Array) {
  const result = await fitMedia(source, { budget: 1e6 })
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return result.value
}

/** Tracks and their packets, as a reader by somebody else sees them. */
async function read(bytes: Uint8Array) {
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS })
  const tracks = await input.getTracks()
  return Promise.all(
    tracks.map(async (track) => {
      const packets: [number, number, number][] = []
      for await (const { timestamp, duration, data } of new EncodedPacketSink(track).packets())
        packets.push([Math.round(timestamp * 30), Math.round(duration * 30), data[0]!])
      return { type: track.type, packets }
    }),
  )
}

describe('a movie of a phone', () => {
  test('leaves as MP4, without places, dates, names and further tracks', async () => {
    const value = await fitted(mov)
    expect(value).toMatchObject({
      type: 'video/mp4',
      extension: 'mp4',
      changed: true,
      width: 320,
      height: 240,
    })
    expect(value.source).toMatchObject({
      codecs: ['h264', 'aac'],
      durationMs: 2000,
      hasMetadata: true,
      rotation: 0,
    })
    for (const word of ['CANARY', 'appl', 'CNRY', '+51.5', 'meta', 'udta', 'mebx', 'wave'])
      expect(Buffer.from(value.bytes).includes(word)).toBe(false)
  })

  test('keeps every sample of its sound and pictures, at its time', async () => {
    const before = await read(mov)
    const after = await read((await fitted(mov)).bytes)
    expect(after).toEqual(before.filter(({ type }) => type === 'video' || type === 'audio'))
    expect(after.map(({ packets }) => packets.map(([, , first]) => first))).toEqual([
      [1, 2, 3, 4, 5],
      [101, 102, 103, 104],
    ])
  })

  test('keeps its turning, and is as wide as it is seen', async () => {
    const upright = writeMovie('qt  ', [video(h264)], { display: turned })
    expect(inspect(upright)).toMatchObject({ value: { rotation: 90, width: 240, height: 320 } })
    const { bytes } = await fitted(upright)
    expect(Buffer.from(bytes).includes(Buffer.from(turned))).toBe(true)
    const [track] = await new Input({
      source: new BufferSource(bytes),
      formats: ALL_FORMATS,
    }).getVideoTracks()
    expect(await track!.getRotation()).toBe(90)
  })

  test('from before file types is one as well', async () => {
    expect(await fitted(writeMovie('', [video(h264)], { moovFirst: true }))).toMatchObject({
      type: 'video/mp4',
    })
  })

  test('of sound alone is a sound', async () => {
    expect(await fitted(writeMovie('qt  ', [audio(quickTimeAac)]))).toMatchObject({
      type: 'audio/mp4',
      extension: 'm4a',
    })
  })

  test('with offsets of 64 bits, cut to what is needed', async () => {
    const wide = writeMovie('isom', [{ ...video(h264), wide: true }])
    expect(await read((await fitted(wide)).bytes)).toEqual(await read(writeMovie('isom', [video(h264)])))
  })

  test('is clean once it is clean', async () => {
    const once = await fitted(mov)
    expect(await fitted(once.bytes)).toMatchObject({ changed: false, type: 'video/mp4' })
  })
})

describe('a movie of an old phone', () => {
  test('stays 3GP, with the codecs that no other reader carries over', async () => {
    const value = await fitted(threegp)
    expect(value).toMatchObject({
      type: 'video/3gpp',
      extension: '3gp',
      source: { codecs: ['h263', 'amr-nb'] },
    })
    expect(Buffer.from(value.bytes).includes('CANARY')).toBe(false)
    expect(Buffer.from(value.bytes).includes('CNRY')).toBe(false)
    const data = Buffer.from(value.bytes)
    // Pictures and sound lie in the order of the source: chunk by chunk in turn.
    expect(data.indexOf(sample(101, 7))).toBeGreaterThan(data.indexOf(sample(2, 30)))
    expect(data.indexOf(sample(3, 50))).toBeGreaterThan(data.indexOf(sample(103, 9)))
  })

  test('with a codec that 3GP does not know is called MP4', async () => {
    const alac = box(
      'alac',
      zeros(6),
      be(1, 2),
      zeros(8),
      be(2, 2),
      be(16, 2),
      zeros(8),
      box('alac', zeros(28)),
    )
    expect(await fitted(writeMovie('3gp5', [video(h263), audio(alac)]))).toMatchObject({ type: 'video/mp4' })
  })
})

describe('what cannot be carried over is refused with its reason', () => {
  const many = Array.from({ length: 10_000 }, () => box('trak', zeros(8)))
  const overlapping = { ...video(h264), more: [] }
  test.each<[string, Uint8Array, object]>([
    [
      'no movie header',
      bytesOf(box('ftyp', 'isom', zeros(4), 'isom'), box('mdat', zeros(100))),
      { code: 'malformed_media' },
    ],
    ['a header that is cut', mov.subarray(0, mov.length - 200), { code: 'malformed_media' }],
    ['data that is cut', threegp.subarray(0, threegp.length - 5), { code: 'malformed_media' }],
    [
      'ten thousand tracks',
      writeMovie('isom', [video(h264)], { junk: many }),
      { code: 'unsupported_feature' },
    ],
    [
      'fragments',
      writeMovie('isom', [video(h264)], { junk: [box('mvex', zeros(8))] }),
      { feature: 'movie fragments' },
    ],
    [
      'a packed header',
      bytesOf(box('ftyp', 'qt  ', zeros(4)), box('moov', box('cmov', zeros(8)))),
      { feature: 'a packed movie header' },
    ],
    [
      'data in another file',
      writeMovie('isom', [{ ...video(h264), dref: box('url ', be(0, 4), 'file:///etc/passwd\0') }]),
      { feature: 'data in another file' },
    ],
    ['encryption', writeMovie('isom', [video(box('encv', zeros(78)))]), { feature: 'encryption' }],
    [
      'a codec nobody knows',
      writeMovie('isom', [video(box('zzzz', zeros(78)))]),
      { feature: 'video of the codec zzzz' },
    ],
    [
      'sound that would be lost',
      writeMovie('qt  ', [video(h264), audio(box('sowt', zeros(28)))]),
      { feature: 'sound of the codec sowt' },
    ],
    [
      'only tracks that are not shown',
      writeMovie('isom', [{ ...overlapping, enabled: false }]),
      { code: 'malformed_media' },
    ],
    ['tables that contradict each other', contradicting(), { code: 'malformed_media' }],
    ['samples used twice', twice(), { code: 'malformed_media' }],
  ])('%s', async (_what, source, failure) => {
    expect(await fitMedia(source, { budget: 1e6 })).toMatchObject({ ok: false, failure })
  })

  test('too many bytes', async () => {
    const { bytes } = await fitted(mov)
    expect(await fitMedia(mov, { budget: bytes.length - 1 })).toMatchObject({
      failure: { code: 'cannot_fit', smallest: bytes.length },
    })
    expect(await fitMedia(mov, { budget: 1e6, types: ['image/jpeg'] })).toMatchObject({
      failure: { code: 'type_not_accepted' },
    })
  })

  test.each([
    ['MOV', mov],
    ['3GP', threegp],
  ])('%s cut or damaged anywhere gives a rendition or a failure of its own', async (_what, source) => {
    for (let at = 0; at < 60; at++)
      await fitMedia(source.subarray(0, Math.floor((source.length * at) / 60)), { budget: 1e6 })
    const places = fc.array(fc.tuple(fc.nat(source.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(places, async (changes) => {
        const damaged = source.slice()
        for (const [at, byte] of changes) damaged[at] = byte
        const result = await fitMedia(damaged, { budget: 1e6 })
        if (!result.ok) expect(result.failure.code).not.toMatch(/verification_failed/)
      }),
      { numRuns: 1000 },
    )
  })
})

/** Eight samples promised where five are. */
function contradicting(): Uint8Array {
  const source = writeMovie('isom', [video(h264)])
  const at = Buffer.from(source).indexOf('stsc')
  source[at + 8 + 3 + 8] = 9
  return source
}

/** The second chunk lies where the first one is. */
function twice(): Uint8Array {
  const source = writeMovie('isom', [video(h264)])
  const at = Buffer.from(source).indexOf('stco') + 12
  source.copyWithin(at + 4, at, at + 4)
  return source
}

describe('a movie in a store', () => {
  test('is read by ranges: its header whole, its samples one after the other', async () => {
    const reads: [number, number][] = []
    const source = {
      size: mov.length,
      read: async (offset: number, length: number) => {
        reads.push([offset, length])
        return mov.slice(offset, offset + length)
      },
    }
    const opened = await openMovie(source)
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure))
    const planned = planMovie(opened.value, { budget: 1e6 })
    if (!planned.ok) throw new Error(JSON.stringify(planned.failure))
    const { head, ranges, bytes } = planned.value
    const pieces = await Promise.all(ranges.map(({ offset, length }) => source.read(offset, length)))
    const written = bytesOf(head, ...pieces)
    expect(written.length).toBe(bytes)
    expect(written).toEqual((await fitted(mov)).bytes)
    expect(matrix.length).toBe(36)
  })
})
