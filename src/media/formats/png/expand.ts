import { u16be } from '../../bytes.ts'
import type { PngHeader } from './header.ts'

/** Turns the samples of a row into grey, RGB or RGBA of 8 bits. */
export type Expander = {
  readonly channels: 1 | 3 | 4
  /** Writes `pixels` pixels of `row` to `into` from `at` on. */
  expand(row: Uint8Array, pixels: number, into: Uint8Array, at: number): void
}

/** The expander for a PNG's colour type and depth. Of 16 bits the upper eight are kept. */
export function expander(header: PngHeader): Expander {
  const { colour, depth, transparent } = header
  if (colour === 3) return fromPalette(header)
  const wide = depth === 16
  const key = transparent === undefined ? undefined : keyOf(transparent, colour, depth)
  if (colour === 0 && depth < 8) return fromBits(depth, key?.[0])
  const samples = colour === 0 ? 1 : colour === 2 ? 3 : colour === 4 ? 2 : 4
  if (key !== undefined) return withKey(samples, wide, key)
  if (colour === 4) return fromGreyAlpha(wide)
  return { channels: samples as 1 | 3 | 4, expand: wide ? copyWide(samples) : copyPlain(samples) }
}

/** Grey or colour that stands for transparent, as samples of the picture's own depth. */
function keyOf(transparent: Uint8Array, colour: number, depth: number): number[] | undefined {
  const count = colour === 0 ? 1 : colour === 2 ? 3 : 0
  if (count === 0 || transparent.length < 2 * count) return undefined
  const mask = (1 << depth) - 1
  return Array.from({ length: count }, (_, at) => u16be(transparent, 2 * at) & mask)
}

function copyPlain(samples: number): Expander['expand'] {
  return (row, pixels, into, at) => into.set(row.subarray(0, pixels * samples), at)
}

function copyWide(samples: number): Expander['expand'] {
  return (row, pixels, into, at) => {
    for (let from = 0, to = at, end = pixels * samples * 2; from < end; from += 2) into[to++] = row[from]!
  }
}

function fromGreyAlpha(wide: boolean): Expander {
  const size = wide ? 2 : 1
  return {
    channels: 4,
    expand(row, pixels, into, at) {
      for (let x = 0, from = 0, to = at; x < pixels; x++, from += 2 * size, to += 4) {
        const grey = row[from]!
        into[to] = grey
        into[to + 1] = grey
        into[to + 2] = grey
        into[to + 3] = row[from + size]!
      }
    },
  }
}

function fromBits(depth: number, key: number | undefined): Expander {
  const most = (1 << depth) - 1
  const channels = key === undefined ? 1 : 4
  return {
    channels,
    expand(row, pixels, into, at) {
      for (let x = 0, to = at; x < pixels; x++, to += channels) {
        const bit = x * depth
        const value = (row[bit >> 3]! >> (8 - depth - (bit & 7))) & most
        const grey = (value * 255) / most
        into[to] = grey
        if (channels === 1) continue
        into[to + 1] = grey
        into[to + 2] = grey
        into[to + 3] = value === key ? 0 : 255
      }
    },
  }
}

function withKey(samples: number, wide: boolean, key: readonly number[]): Expander {
  const size = wide ? 2 : 1
  return {
    channels: 4,
    expand(row, pixels, into, at) {
      for (let x = 0, to = at; x < pixels; x++, to += 4) {
        let clear = true
        for (let c = 0; c < 3; c++) {
          const sample = c % samples
          const from = (x * samples + sample) * size
          into[to + c] = row[from]!
          const value = wide ? (row[from]! << 8) | row[from + 1]! : row[from]!
          if (value !== key[sample]) clear = false
        }
        into[to + 3] = clear ? 0 : 255
      }
    },
  }
}

function fromPalette({ depth, palette, transparent }: PngHeader): Expander {
  const channels = transparent === undefined ? 3 : 4
  // Entries past the palette's end are black, as browsers show them.
  const table = new Uint8Array(256 * 4).fill(255)
  for (let entry = 0; entry < 256; entry++) {
    for (let c = 0; c < 3; c++) table[entry * 4 + c] = palette?.[entry * 3 + c] ?? 0
    if (transparent !== undefined) table[entry * 4 + 3] = transparent[entry] ?? 255
  }
  const most = (1 << depth) - 1
  return {
    channels,
    expand(row, pixels, into, at) {
      for (let x = 0, to = at; x < pixels; x++, to += channels) {
        const bit = x * depth
        const index = (row[bit >> 3]! >> (8 - depth - (bit & 7))) & most
        for (let c = 0; c < channels; c++) into[to + c] = table[index * 4 + c]!
      }
    },
  }
}
