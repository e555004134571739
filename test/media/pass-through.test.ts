import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fit as fitMedia, inspect, type MediaType } from '../../src/media/index.ts'
import { be, bytesOf, le, zeros } from './bytes-of.ts'
import {
  aacFrames,
  amrFrames,
  comments,
  midi,
  midiTrack,
  mp3Frames,
  oggPage,
  opus,
  pcmFormat,
  riff,
} from './sounds.ts'

const text = (value: string) => new TextEncoder().encode(value)
const id3v2 = bytesOf('ID3\x03\0\0\0\0\0\x14TIT2', be(10, 4), 0, 0, 'CANARY1234')
const id3v1 = bytesOf('TAGCANARY', zeros(119))
const ape = bytesOf('APETAGEX', le(2000, 4), le(32, 4), le(0, 4), zeros(12), 'CANARY')
const samples = bytesOf(Array.from({ length: 800 }, (_, at) => at & 255))
const events: Parameters<typeof bytesOf> = [0, 0x90, 60, 100, 96, 60, 0]
const vorbis = [
  bytesOf('\x01vorbis', zeros(4), 1, le(44100, 4), zeros(12), 0xb8, 1),
  bytesOf('\x03vorbis', comments('TITLE=CANARY'), 1),
  bytesOf('\x05vorbis', new Array(700).fill(9)),
]

const dirty: [string, MediaType, Uint8Array, number][] = [
  ['MP3 between tags of every kind', 'audio/mpeg', bytesOf(id3v2, mp3Frames(5), ape, id3v1), 131],
  ['MP3 with an encoder that names itself', 'audio/mpeg', bytesOf(xing(), mp3Frames(4)), 131],
  ['AAC behind ID3', 'audio/aac', bytesOf(id3v2, aacFrames(10), 'CANARY'), 232],
  [
    'WAV',
    'audio/wav',
    riff(
      'WAVE',
      ['LIST', text('INFOIARTCANARY')],
      ['fmt ', pcmFormat],
      ['bext', text('CANARY')],
      ['data', samples],
      ['id3 ', text('CANARY')],
    ),
    50,
  ],
  ['AMR with a tail', 'audio/amr', bytesOf(amrFrames(50), 0xff, 'CANARY'), 1000],
  [
    'MIDI',
    'audio/midi',
    midi(
      midiTrack(0, 0xff, 0x51, 3, 0x07, 0xa1, 0x20, 0, 0xff, 0x03, 6, 'CANARY', 96, 0xff, 0x2f, 0),
      midiTrack(
        0,
        0xff,
        0x02,
        6,
        'CANARY',
        0,
        0xf0,
        7,
        0x41,
        'CANARY',
        ...events,
        0,
        0xff,
        0x7f,
        6,
        'CANARY',
        0,
        0xff,
        0x2f,
        0,
      ),
    ),
    500,
  ],
  ['Opus', 'audio/ogg', bytesOf(opus(50), 'CANARY'), 1000],
  [
    'Vorbis, its headers over two pages',
    'audio/ogg',
    bytesOf(
      oggPage(0, 2, 0, [vorbis[0]!]),
      oggPage(1, 0, 0, [vorbis[1]!, vorbis[2]!.subarray(0, 510)], { open: true }),
      oggPage(2, 1, 0, [vorbis[2]!.subarray(510)]),
      oggPage(3, 4, 44100, [bytesOf(1, 2, 3)]),
    ),
    1000,
  ],
  [
    'calendar',
    'text/calendar',
    text(
      'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//CANARY//iOS\r\nX-WR-CALNAME:CANARY\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260101T000000Z\r\nSUMMARY:Tea\r\nGEO:51.5;-0.1\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:Q0FO\r\n QVJZ\r\nX-APPLE-STRUCTURED-LOCATION:CANARY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
    ),
    -1,
  ],
]

function xing(): Uint8Array<ArrayBuffer> {
  const frame = mp3Frames(1)
  frame.fill(0, 4)
  frame.set(
    bytesOf('Info', be(15, 4), be(5, 4), be(2085, 4), new Array(100).fill(9), be(50, 4), 'LAME3.100CANARY'),
    36,
  )
  return frame
}

async function fitted(source: Uint8Array) {
  const result = await fitMedia(source, { budget: 1e6 })
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return result.value
}

describe.each(dirty)('%s', (_what, type, source, durationMs) => {
  test('leaves without what is not heard or read', async () => {
    expect(Buffer.from(source).includes('CANARY')).toBe(true)
    const value = await fitted(source)
    expect(value).toMatchObject({ type, changed: true })
    expect(Buffer.from(value.bytes).includes('CANARY')).toBe(false)
  })

  test('cleaned twice is cleaned once', async () => {
    const once = await fitted(source)
    expect(await fitted(once.bytes)).toMatchObject({ bytes: once.bytes, changed: false })
  })

  test('tells how long it is', () => {
    const facts = inspect(source)
    if (!facts.ok) throw new Error(JSON.stringify(facts.failure))
    if (durationMs >= 0) expect(Math.abs(facts.value.durationMs! - durationMs)).toBeLessThanOrEqual(1)
  })

  test('cut anywhere or damaged anywhere gives a rendition or a failure, within its budget', async () => {
    const cuts = Array.from({ length: 40 }, (_, at) =>
      source.subarray(0, Math.floor((source.length * at) / 40)),
    )
    for (const cut of cuts) await fitMedia(cut, { budget: 1e6 })
    const places = fc.array(fc.tuple(fc.nat(source.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(places, async (changes) => {
        const damaged = source.slice()
        for (const [at, byte] of changes) damaged[at] = byte
        const result = await fitMedia(damaged, { budget: 1e6 })
        if (!result.ok) expect(result.failure.code).not.toBe('verification_failed')
      }),
      { numRuns: 200 },
    )
  })

  test('larger than its budget is refused, with what it would need', async () => {
    const { bytes } = await fitted(source)
    expect(await fitMedia(source, { budget: bytes.length })).toMatchObject({ ok: true })
    expect(await fitMedia(source, { budget: bytes.length - 1 })).toMatchObject({
      ok: false,
      failure: { code: 'cannot_fit', smallest: bytes.length },
    })
  })

  test('is refused where its type is not accepted', async () => {
    expect(await fitMedia(source, { budget: 1e6, types: ['image/jpeg'] })).toMatchObject({
      ok: false,
      failure: { code: 'type_not_accepted', type },
    })
  })
})

describe('what is heard stays', () => {
  test('every frame of an MP3, and the seek table of its first', async () => {
    expect((await fitted(bytesOf(id3v2, mp3Frames(5), id3v1))).bytes).toEqual(mp3Frames(5))
    const { bytes } = await fitted(bytesOf(xing(), mp3Frames(4)))
    expect(bytes.subarray(0, 152)).toEqual(xing().subarray(0, 152))
    expect(bytes.subarray(417)).toEqual(mp3Frames(4))
  })

  test('every sample of a WAV file', async () => {
    const { bytes } = await fitted(riff('WAVE', ['LIST', text('x')], ['fmt ', pcmFormat], ['data', samples]))
    expect(bytes).toEqual(riff('WAVE', ['fmt ', pcmFormat], ['data', samples]))
  })

  test('what there is of a recording that was cut off', async () => {
    const whole = riff('WAVE', ['fmt ', pcmFormat], ['data', samples])
    const value = await fitted(whole.subarray(0, whole.length - 101))
    expect(value.warnings).toEqual([{ code: 'truncated' }])
    expect(value.bytes).toEqual(riff('WAVE', ['fmt ', pcmFormat], ['data', samples.subarray(0, 698)]))
  })

  test('the notes of a MIDI file at their ticks, also where an event between them goes', async () => {
    const source = midi(
      midiTrack(0, 0x90, 60, 100, 10, 0xff, 0x01, 1, 'x', 20, 0x90, 60, 0, 5, 0xff, 0x2f, 0),
    )
    expect((await fitted(source)).bytes).toEqual(
      midi(midiTrack(0, 0x90, 60, 100, 30, 60, 0, 5, 0xff, 0x2f, 0)),
    )
  })

  test('a universal message of a MIDI file, but not a maker’s', async () => {
    const on = [0, 0xf0, 5, 0x7e, 0x7f, 9, 1, 0xf7]
    const source = midi(midiTrack(on, 0, 0xf0, 3, 0x43, 1, 0xf7, ...events, 0, 0xff, 0x2f, 0))
    expect((await fitted(source)).bytes).toEqual(midi(midiTrack(on, ...events, 0, 0xff, 0x2f, 0)))
  })

  test('MIDI out of its RIFF form', async () => {
    const plain = midi(midiTrack(...events, 0, 0xff, 0x2f, 0))
    expect((await fitted(riff('RMID', ['data', plain], ['LIST', text('x')]))).bytes).toEqual(plain)
  })

  test('the pages of sound of an Opus file', async () => {
    const { bytes } = await fitted(opus(3, 'ARTIST=A much longer name than the one of nobody'))
    expect((await fitted(opus(3, ''))).bytes).toEqual(bytes)
    expect(Buffer.from(bytes).includes(Buffer.from([0xf8, 0xff, 0xfe]))).toBe(true)
  })

  test('the words of a calendar', async () => {
    const { bytes } = await fitted(dirty.at(-1)![2])
    expect(new TextDecoder().decode(bytes)).toBe(
      'BEGIN:VCALENDAR\r\nPRODID:-//Belino//EN\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260101T000000Z\r\nSUMMARY:Tea\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
    )
  })
})

describe('what cannot be cleaned is refused', () => {
  test.each<[string, Uint8Array, string]>([
    [
      'an Ogg file of two streams',
      bytesOf(opus(2), oggPage(9, 2, 0, [bytesOf('OpusHead')], { serial: 5 })),
      'unsupported_feature',
    ],
    [
      'an Ogg file of a codec nobody knows',
      oggPage(0, 2, 0, [bytesOf('FutureCodec')]),
      'unsupported_feature',
    ],
    ['an Ogg file that is cut in its headers', opus(2).subarray(0, 60), 'malformed_media'],
    ['a WAV file without samples', riff('WAVE', ['fmt ', pcmFormat]), 'malformed_media'],
    ['a WAV file without a format', riff('WAVE', ['data', samples]), 'malformed_media'],
    ['a MIDI file without tracks', midi(), 'malformed_media'],
    ['AMR of two channels', bytesOf('#!AMR_MC1.0\n', zeros(40)), 'unsupported_feature'],
    ['AMR without a frame', bytesOf('#!AMR\n', 0xff), 'malformed_media'],
    ['FLAC', bytesOf('fLaC\0\0\0\x22', zeros(40)), 'not_yet_supported'],
    ['a calendar without its end', text('BEGIN:VCALENDAR\r\nSUMMARY:x'), 'malformed_media'],
  ])('%s', async (_what, source, code) => {
    expect(await fitMedia(source, { budget: 1e6 })).toMatchObject({ ok: false, failure: { code } })
  })
})
