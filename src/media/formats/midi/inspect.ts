import { hasAt, u16be } from '../../bytes.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { fail, ok, type Result } from '../../result.ts'
import { midiTracks, unwrapMidi } from './clean.ts'
import { readMidiTrack } from './events.ts'

/** Facts of a MIDI file. Its length in time follows the tempo events of its first track that has any. */
export function inspectMidi(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const file = unwrapMidi(bytes)
  if (file === undefined || !hasAt(file, 0, 'MThd') || file.length < 14)
    return fail({ code: 'malformed_media', type: 'audio/midi', detail: 'no header' })
  const tracks = [...midiTracks(file)].map((track) => readMidiTrack(track).events)
  const ticks = Math.max(0, ...tracks.map((events) => events.reduce((sum, { delta }) => sum + delta, 0)))
  const hasMetadata = tracks.some((events) => events.some(({ meta }) => meta > 0 && meta < 0x20))
  const durationMs = duration(
    tracks.find((events) => events.some(({ meta }) => meta === 0x51)) ?? [],
    ticks,
    u16be(file, 12),
  )
  return ok({ type: 'audio/midi', kind: 'audio', bytes: bytes.length, durationMs, hasMetadata })
}

type Timed = { readonly delta: number; readonly meta: number; readonly data: Uint8Array }

function duration(tempos: readonly Timed[], ticks: number, division: number): number {
  // Division with its top bit set counts frames a second instead of ticks a quarter note.
  if (division & 0x8000)
    return Math.round((ticks * 1000) / ((256 - (division >> 8)) * Math.max(1, division & 255)))
  let micros = 0
  let at = 0
  let tempo = 500_000
  for (const { delta, meta, data } of tempos) {
    micros += (delta * tempo) / Math.max(1, division)
    at += delta
    if (meta === 0x51 && data.length === 3) tempo = (data[0]! << 16) | (data[1]! << 8) | data[2]!
  }
  micros += (Math.max(0, ticks - at) * tempo) / Math.max(1, division)
  return Math.round(micros / 1000)
}
