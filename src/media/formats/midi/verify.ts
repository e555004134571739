import { concat, hasAt, u32be } from '../../bytes.ts'
import { midiTracks } from './clean.ts'
import { readMidiTrack } from './events.ts'

/** What in a MIDI file must not leave: texts, makers' messages, chunks that are no tracks. */
export function verifyMidi(bytes: Uint8Array): string | undefined {
  if (!hasAt(bytes, 0, 'MThd') || u32be(bytes, 4) !== 6) return 'a header of another size'
  const tracks = [...midiTracks(bytes)]
  if (14 + concat(tracks).length + 8 * tracks.length !== bytes.length) return 'bytes outside the tracks'
  for (const track of tracks) {
    const { events, whole } = readMidiTrack(track)
    if (!whole) return 'a track that does not end'
    if (events.some(({ meta }) => (meta >= 0 && meta < 0x20) || meta === 0x7f)) return 'a text'
  }
  return undefined
}
