/** One event of a MIDI track. */
export type MidiEvent = {
  /** Ticks since the event before it. */
  readonly delta: number
  /** Status byte, running status resolved: 0x80 to 0xef, 0xf0 and 0xf7 (system exclusive), 0xff (meta). */
  readonly status: number
  /** Type of a meta event, else -1. */
  readonly meta: number
  /** The event's bytes without status, type and length. */
  readonly data: Uint8Array
}

/** The events of a track chunk; ends quietly at the first byte that makes no sense, with `whole` false. */
export function readMidiTrack(track: Uint8Array): { readonly events: MidiEvent[]; readonly whole: boolean } {
  const events: MidiEvent[] = []
  let at = 0
  let running = 0
  const number = () => {
    let value = 0
    for (let count = 0; count < 4; count++) {
      const byte = track[at++]
      if (byte === undefined) return -1
      value = value * 128 + (byte & 127)
      if (byte < 128) return value
    }
    return -1
  }
  while (at < track.length) {
    const delta = number()
    const first = track[at]
    if (delta < 0 || first === undefined) return { events, whole: false }
    const status = first >= 0x80 ? first : running
    if (first >= 0x80) at++
    if (status < 0x80 || (status > 0xf0 && status < 0xf7) || (status > 0xf7 && status < 0xff))
      return { events, whole: false }
    const channel = status < 0xf0
    if (channel) running = status
    const meta = status === 0xff ? (track[at++] ?? -1) : -1
    const length = channel ? (status >= 0xc0 && status < 0xe0 ? 1 : 2) : number()
    if (length < 0 || at + length > track.length) return { events, whole: false }
    events.push({ delta, status, meta, data: track.subarray(at, at + length) })
    at += length
    if (meta === 0x2f) return { events, whole: at === track.length }
  }
  return { events, whole: false }
}

/** A number as MIDI files write it: seven bits a byte, the last one below 128. */
export function midiNumber(value: number): number[] {
  const bytes = [value & 127]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest & 127) | 128)
  return bytes
}
