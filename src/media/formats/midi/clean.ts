import { concat, fromLatin1, hasAt, latin1, u16be, u32be } from '../../bytes.ts'
import type { MediaFailure } from '../../failure.ts'
import type { Cleaned } from '../../pass-through.ts'
import { fail, ok, type Result } from '../../result.ts'
import { riffChunks } from '../../riff.ts'
import { type MidiEvent, midiNumber, readMidiTrack } from './events.ts'

/** Meta events that change what is heard: channel and port prefix, end, tempo, SMPTE offset, time and key. */
const HEARD = new Set([0x20, 0x21, 0x2f, 0x51, 0x54, 0x58, 0x59])

/**
 * The notes of a MIDI file: texts, names, lyrics, copyright and what is private to a program stay behind, and of
 * system exclusive messages those that are not universal, since they name a maker. Time is kept to the tick.
 */
export function cleanMidi(source: Uint8Array): Result<Cleaned, MediaFailure> {
  const bad = (detail: string) => fail({ code: 'malformed_media', type: 'audio/midi', detail } as const)
  const file = unwrapMidi(source)
  const tracks: Uint8Array[] = []
  let cut = false
  if (file === undefined || !hasAt(file, 0, 'MThd') || u32be(file, 4) < 6) return bad('no header')
  for (const track of midiTracks(file)) {
    const { events, whole } = readMidiTrack(track)
    if (!whole) cut = true
    tracks.push(writeTrack(events))
  }
  if (tracks.length === 0) return bad('no track')
  const format = u16be(file, 8)
  if (format > 2 || (format === 0 && tracks.length > 1)) return bad('the header contradicts its tracks')
  const header = [...fromLatin1('MThd'), 0, 0, 0, 6, 0, format, tracks.length >> 8, tracks.length & 255]
  const bytes = concat([Uint8Array.from([...header, file[12]!, file[13]!]), ...tracks])
  return ok({ bytes, warnings: cut ? [{ code: 'truncated' }] : [] })
}

/** A MIDI file out of the RIFF form that some programs put it in. */
export function unwrapMidi(source: Uint8Array): Uint8Array | undefined {
  if (!hasAt(source, 0, 'RIFF')) return source
  for (const { name, data } of riffChunks(source)) if (name === 'data') return data
  return undefined
}

/** The data of the track chunks, at most as many as the header can count. */
export function* midiTracks(file: Uint8Array): Generator<Uint8Array> {
  let at = 8 + u32be(file, 4)
  for (let count = 0; at + 8 <= file.length && count < 65535; count++) {
    const size = u32be(file, at + 4)
    if (latin1(file, at, 4) === 'MTrk') yield file.subarray(at + 8, at + 8 + size)
    at += 8 + size
  }
}

function writeTrack(events: readonly MidiEvent[]): Uint8Array {
  const body: number[] = []
  let waited = 0
  let running = 0
  let ended = false
  for (const { delta, status, meta, data } of events) {
    waited += delta
    if (status === 0xff ? !HEARD.has(meta) : status >= 0xf0 && !isUniversal(status, data)) continue
    body.push(...midiNumber(waited))
    waited = 0
    if (status !== running) body.push(status)
    if (status === 0xff) body.push(meta)
    if (status >= 0xf0) body.push(...midiNumber(data.length))
    // A system or meta event ends running status.
    running = status < 0xf0 ? status : 0
    for (const byte of data) body.push(byte)
    if (meta === 0x2f) ended = true
  }
  if (!ended) body.push(...midiNumber(waited), 0xff, 0x2f, 0)
  const size = body.length
  return concat([
    fromLatin1('MTrk'),
    Uint8Array.of(size >>> 24, size >> 16, size >> 8, size),
    Uint8Array.from(body),
  ])
}

/** Universal messages (tuning, General MIDI on, master volume) begin with 0x7e or 0x7f, and are short. */
function isUniversal(status: number, data: Uint8Array): boolean {
  return status === 0xf0 && (data[0] === 0x7e || data[0] === 0x7f) && data.length <= 16
}
