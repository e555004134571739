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

/** The long side at which pictures are looked at, about what phones show: fewer pixels are a step that everybody sees. */
const VIEW = 2048

/** A place on the way down: the logarithm of the bytes saved, and what was given up for them. */
type Point = { readonly saved: number; readonly colors: number; readonly scale: number }

/**
 * The way down for what was drawn. Colors go first, down to 64, because letters stay legible without them; then pixels
 * that nobody sees; then colors again, and at last both. Measured on screenshots at equal bytes, by SSIM of the letters
 * and by viewers' models of the whole.
 */
function wayDown(longSide: number): readonly Point[] {
  const view = Math.min(1, VIEW / longSide)
  const seen = 0.37 + SLOPE * Math.log(1 / view)
  return [
    { saved: 0, colors: 256, scale: 1 },
    { saved: 0.37, colors: 64, scale: 1 },
    { saved: seen, colors: 64, scale: view },
    { saved: seen + 0.2, colors: 32, scale: view },
    { saved: seen + 1.3, colors: 26, scale: view / 2 },
    { saved: seen + 2.6, colors: 16, scale: view / 4 },
  ]
}

/**
 * The manner that saves about this much: `saved` is the logarithm of what PLAIN needs over what there is.
 *
 * @param longSide of the picture at its largest, pixels
 */
export function drawnManner(saved: number, longSide: number): Manner {
  if (saved <= 0) return PLAIN
  const way = wayDown(longSide)
  const last = way[way.length - 1]!
  const common = { drawn: 0, photographed: SKY, tolerance: Math.min(400, 400 * saved) }
  if (saved >= last.saved)
    return { ...common, colors: last.colors, scale: last.scale * Math.exp((last.saved - saved) / SLOPE) }
  const after = way.findIndex((point) => point.saved > saved)
  const [from, to] = [way[after - 1]!, way[after]!]
  const part = (saved - from.saved) / (to.saved - from.saved)
  const between = (a: number, b: number) => a * (b / a) ** part
  return {
    ...common,
    colors: Math.round(between(from.colors, to.colors)),
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
