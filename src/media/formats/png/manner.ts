/** How a picture is brought to a palette, and how wide it is. */
export type Manner = {
  readonly colors: number
  /** 0 to 1: parts of the errors that are passed on to neighbours, where it was drawn and where it was photographed. */
  readonly drawn: number
  readonly photographed: number
  /** Squared error that texture may have where that saves bytes. */
  readonly tolerance: number
  /** Part of the full width. */
  readonly scale: number
}

/** Every color that a palette holds, nothing passed on: what bytes are compared with. */
export const PLAIN: Manner = { colors: 256, drawn: 0, photographed: 0, tolerance: 0, scale: 1 }
/** As good as a palette can be. */
export const FINEST: Manner = { colors: 256, drawn: 1, photographed: 1, tolerance: 0, scale: 1 }

/** What is passed on in photographs within a drawing: a sky without steps for 3 % more bytes. Letters would only blur. */
const SKY = 0.6

/** d log(bytes) / d log(width), about. */
const SLOPE = 1.5

/**
 * The way down for what was drawn: the logarithm of the bytes that it saves, and what is given up for them. Colors go
 * first, down to 32, because letters stay legible without them; then pixels and colors go together. Measured on
 * screenshots at equal bytes, by SSIM of the letters and by viewers' models of the whole.
 */
const WAY: readonly { readonly saved: number; readonly colors: number; readonly scale: number }[] = [
  { saved: 0, colors: 256, scale: 1 },
  { saved: 0.58, colors: 32, scale: 1 },
  { saved: 0.85, colors: 32, scale: 0.835 },
  { saved: 1.5, colors: 24, scale: 0.58 },
  { saved: 2.3, colors: 16, scale: 0.4 },
]

/** The manner that saves about this much: `saved` is the logarithm of what PLAIN needs over what there is. */
export function drawnManner(saved: number): Manner {
  if (saved <= 0) return PLAIN
  const last = WAY[WAY.length - 1]!
  const tolerance = Math.min(400, 400 * saved)
  if (saved >= last.saved) {
    const scale = last.scale * Math.exp((last.saved - saved) / SLOPE)
    return { colors: last.colors, drawn: 0, photographed: SKY, tolerance, scale }
  }
  const after = WAY.findIndex((point) => point.saved > saved)
  const [from, to] = [WAY[after - 1]!, WAY[after]!]
  const part = (saved - from.saved) / (to.saved - from.saved)
  const between = (a: number, b: number) => a * (b / a) ** part
  return {
    colors: Math.round(between(from.colors, to.colors)),
    drawn: 0,
    photographed: SKY,
    tolerance,
    scale: between(from.scale, to.scale),
  }
}

/** As {@link drawnManner} for photos: they keep their colors, and shrink. */
export function photoManner(saved: number): Manner {
  return {
    colors: 256,
    drawn: 0.7,
    photographed: 0.7,
    tolerance: 100,
    scale: Math.min(1, Math.exp(-saved / SLOPE)),
  }
}
