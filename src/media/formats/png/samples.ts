import type { PngHeader } from './header.ts'

/** How the core is to take the samples of a PNG. */
export type PngSamples = {
  /** 0 looked up in `colors`, 1 grey, 2 RGB, 3 grey with alpha, 4 RGB with alpha. */
  readonly kind: number
  /** Planes that the picture needs: 1 grey, 3 RGB, 4 RGB with alpha. */
  readonly parts: 1 | 3 | 4
  /** 256 colors of four bytes, red first. */
  readonly colors: Uint8Array<ArrayBuffer>
  /** The one transparent value, in the samples' depth. */
  readonly key: readonly [number, number, number] | undefined
}

const KINDS: Readonly<Record<number, number>> = { 0: 1, 2: 2, 3: 0, 4: 3, 6: 4 }

/** Reads palette and transparency into what the core takes. Indices past the palette's end are black. */
export function pngSamples(header: PngHeader): PngSamples {
  const { colour, depth, transparent } = header
  const colors = new Uint8Array(1024)
  for (let at = 3; at < 1024; at += 4) colors[at] = 255
  if (colour === 3) return indexed(header, colors)
  if (colour >= 4) return { kind: KINDS[colour]!, parts: 4, colors, key: undefined }
  if (colour === 0 && (depth < 8 || (depth === 8 && transparent !== undefined))) return grey(header, colors)
  const key = transparent && keyOf(transparent, colour)
  return { kind: KINDS[colour]!, parts: key ? 4 : colour === 0 ? 1 : 3, colors, key }
}

function indexed({ palette, transparent }: PngHeader, colors: Uint8Array<ArrayBuffer>): PngSamples {
  const count = Math.min(256, Math.floor((palette?.length ?? 0) / 3))
  for (let i = 0; i < count; i++) {
    colors.set(palette!.subarray(i * 3, i * 3 + 3), i * 4)
    colors[i * 4 + 3] = transparent?.[i] ?? 255
  }
  return { kind: 0, parts: transparent === undefined ? 3 : 4, colors, key: undefined }
}

/** Grey of few bits, and grey with a transparent value, as a palette of greys. */
function grey({ depth, transparent }: PngHeader, colors: Uint8Array<ArrayBuffer>): PngSamples {
  const most = 2 ** depth - 1
  for (let value = 0; value <= most; value++)
    colors.fill(Math.round((value * 255) / most), value * 4, value * 4 + 3)
  const key = transparent && keyOf(transparent, 0)
  if (key !== undefined && key[0] <= most) colors[key[0] * 4 + 3] = 0
  return { kind: 0, parts: key === undefined ? 1 : 4, colors, key: undefined }
}

/** The transparent value of a tRNS chunk: one sample of grey, or three. */
function keyOf(transparent: Uint8Array, colour: number): [number, number, number] | undefined {
  const sample = (at: number) => (transparent[at]! << 8) | transparent[at + 1]!
  if (transparent.length < (colour === 0 ? 2 : 6)) return undefined
  return colour === 0 ? [sample(0), sample(0), sample(0)] : [sample(0), sample(2), sample(4)]
}
