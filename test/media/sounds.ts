import { be, bytesOf, le, zeros } from './bytes-of.ts'

/** Frames of MPEG-1 layer III at 128 kbit/s and 44.1 kHz, 417 bytes each, filled with their number. */
export function mp3Frames(count: number): Uint8Array<ArrayBuffer> {
  const frames = Array.from({ length: count }, (_, at) =>
    bytesOf(0xff, 0xfb, 0x90, 0x00, new Array(413).fill(at + 1)),
  )
  return bytesOf(...frames)
}

/** Frames of AAC-LC in ADTS, 44.1 kHz, 30 bytes each. */
export function aacFrames(count: number): Uint8Array<ArrayBuffer> {
  const frame = bytesOf(0xff, 0xf1, 0x50, 0x80, 0x03, 0xdf, 0xfc, zeros(23))
  return bytesOf(...new Array<Uint8Array>(count).fill(frame))
}

/** A RIFF file of the form, from chunks of name and data. */
export function riff(form: string, ...chunks: [string, Uint8Array][]): Uint8Array<ArrayBuffer> {
  const body = bytesOf(
    form,
    ...chunks.flatMap(([name, data]) => [name, le(data.length, 4), data, zeros(data.length & 1)]),
  )
  return bytesOf('RIFF', le(body.length, 4), body)
}

/** A format chunk of 8 kHz, 16 bits, one channel. */
export const pcmFormat = bytesOf(le(1, 2), le(1, 2), le(8000, 4), le(16000, 4), le(2, 2), le(16, 2))

/** Speech of 12.2 kbit/s: frames of 32 bytes. */
export function amrFrames(count: number): Uint8Array<ArrayBuffer> {
  return bytesOf('#!AMR\n', ...new Array<Uint8Array>(count).fill(bytesOf(0x3c, new Array(31).fill(7))))
}

/** A MIDI track from the bytes of its events. */
export function midiTrack(...events: Parameters<typeof bytesOf>): Uint8Array<ArrayBuffer> {
  const body = bytesOf(...events)
  return bytesOf('MTrk', be(body.length, 4), body)
}

/** A MIDI file of format 1 with 96 ticks a quarter note. */
export function midi(...tracks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return bytesOf('MThd', be(6, 4), be(1, 2), be(tracks.length, 2), be(96, 2), ...tracks)
}

function crc(bytes: Uint8Array): number {
  let value = 0
  for (const byte of bytes) {
    value ^= byte << 24
    for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1
  }
  return value >>> 0
}

/** An Ogg page of whole packets, or, with `open`, of packets of which the last goes on. */
export function oggPage(
  sequence: number,
  flags: number,
  granule: number,
  packets: Uint8Array[],
  { serial = 0x43414e41, open = false } = {},
): Uint8Array<ArrayBuffer> {
  const lacing = packets.flatMap((packet, at) => {
    const full = new Array<number>(Math.floor(packet.length / 255)).fill(255)
    return open && at === packets.length - 1 ? full : [...full, packet.length % 255]
  })
  const page = bytesOf(
    'OggS\0',
    flags,
    le(granule, 8),
    le(serial, 4),
    le(sequence, 4),
    zeros(4),
    lacing.length,
    lacing,
    ...packets,
  )
  page.set(le(crc(page), 4), 22)
  return page
}

/** A Vorbis or Opus comment block with one comment. */
export function comments(text: string): Uint8Array<ArrayBuffer> {
  return bytesOf(le(6, 4), 'CANARY', le(1, 4), le(text.length, 4), text)
}

/** An Opus file of so many packets of sound, one a page. */
export function opus(count: number, tag = 'ARTIST=CANARY'): Uint8Array<ArrayBuffer> {
  const head = bytesOf('OpusHead\x01\x01', le(312, 2), le(48000, 4), zeros(3))
  const sound = Array.from({ length: count }, (_, at) =>
    oggPage(at + 2, at === count - 1 ? 4 : 0, 312 + 960 * (at + 1), [bytesOf(0xf8, 0xff, 0xfe)]),
  )
  return bytesOf(oggPage(0, 2, 0, [head]), oggPage(1, 0, 0, [bytesOf('OpusTags', comments(tag))]), ...sound)
}
