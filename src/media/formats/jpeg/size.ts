/** Width and height in pixels. */
export type Size = { readonly width: number; readonly height: number }

/** What the core says of a picture before its final size is known. */
export type Complexity = {
  /** Samples of the plane that was looked at. */
  readonly samples: number
  /** Bits a sample of luma at scale 0.3 of the core's tables (about quality 85), and at scale 1 (about 50). */
  readonly fine: number
  readonly coarse: number
}

/** The long side at which results are judged: about what phones show. More pixels show only where bytes are plenty. */
const VIEW = 2048
/** The longer side under which a picture is no picture any more. */
export const SMALLEST_SIDE = 160
/** Bits a pixel under which no size was ever best. */
const LEAST_BITS = 0.3
/** The core's scale at which more quality hardly shows, so that more pixels serve better. */
const PLENTY = 0.12

/**
 * The constants of the rule, fitted by scripts/calibrate-size.mjs: pixels of the best size over pixels of the view, as a
 * straight line in logarithms of the bits there are for those that luma takes, of how much it takes and of how slowly
 * that falls with coarser tables.
 */
const RULE = { start: 1.667, room: 1.815, busy: 0.927, fall: 0.47 } as const

/** Bits of a whole file against luma's alone, and how bits follow pixels and scale. */
const BITS = { start: -0.268, pixels: 0.927, scale: 1.112 } as const

/**
 * The largest size that may turn out best: what a picture has to be decoded for. Never larger than it is.
 *
 * @param sourceBytes of the compressed source, when there is one: what it spends tells what the view will take
 */
export function largestSize(picture: Size, bound: Size, budget: number, sourceBytes?: number): Size {
  const bounded = fittedInto(picture, bound)
  const view = fittedInto(bounded, { width: VIEW, height: VIEW })
  const share = pixelsOf(view) / pixelsOf(picture)
  const plenty = (sourceBytes === undefined ? (pixelsOf(view) * 3) / 8 : sourceBytes * share * 1.2) < budget
  const largest = plenty ? bounded : view
  const starved = Math.sqrt((budget * 8) / LEAST_BITS / pixelsOf(largest))
  return snapped(picture, scaled(largest, Math.min(1, starved)))
}

/** A decoder that halves gives these sizes for less: one that is nearly as large is taken. */
function snapped(picture: Size, size: Size): Size {
  for (let half = 1; half <= 4; half *= 2) {
    const width = Math.ceil(picture.width / half)
    const height = Math.ceil(picture.height / half)
    if (width <= size.width && height <= size.height && width >= size.width * 0.93) return { width, height }
  }
  return size
}

/** The size at which a picture looks best within a budget; `largest` is the most there may be. */
export function chooseSize(largest: Size, complexity: Complexity, budget: number): Size {
  const view = fittedInto(largest, { width: VIEW, height: VIEW })
  const pixels = pixelsOf(view)
  const fine = Math.max(complexity.fine, 0.01) * (complexity.samples / pixels) ** (1 - BITS.pixels)
  const room = (budget * 8) / pixels / fine
  const part =
    RULE.start +
    RULE.room * Math.log(room) +
    RULE.busy * Math.log(fine) +
    RULE.fall * (fallOf(complexity) - 0.7)
  if (part < 0) return near(largest, scaled(view, Math.exp(part / 2)))
  // The view is best of what was measured; past it more pixels are taken as long as quality stays high.
  const scale = guessScale(view, complexity, budget)
  if (scale >= PLENTY) return near(largest, view)
  return near(largest, scaled(view, (PLENTY / scale) ** (fallOf(complexity) / 2)))
}

/** The scale of the core's tables at which a picture of this size about fills the budget. */
export function guessScale(size: Size, complexity: Complexity, budget: number): number {
  const { samples, coarse } = complexity
  const bits = Math.log(budget * 8) - Math.log(samples * Math.max(coarse, 0.005))
  const at = BITS.start + BITS.pixels * Math.log(pixelsOf(size) / samples)
  return Math.min(8, Math.max(0.02, Math.exp((at - bits) / (BITS.scale * fallOf(complexity)))))
}

/** How fast bits fall with the scale: the exponent between the two that were counted. */
function fallOf({ fine, coarse }: Complexity): number {
  const exponent = Math.log(Math.max(fine, 0.01) / Math.max(coarse, 0.005)) / Math.log(1 / 0.3)
  return Math.min(1.5, Math.max(0.3, exponent))
}

/** A size next to the largest is the largest: the picture then needs no resampling. */
function near(largest: Size, size: Size): Size {
  return size.width >= largest.width * 0.96 ? largest : size
}

function pixelsOf({ width, height }: Size): number {
  return width * height
}

/** The size of the same shape that fits into `bound`. */
export function fittedInto(size: Size, bound: Size): Size {
  return scaled(size, Math.min(1, bound.width / size.width, bound.height / size.height))
}

/** `size` times `factor`, rounded down: a limit holds for both sides. */
export function scaled(size: Size, factor: number): Size {
  return {
    width: Math.max(1, Math.floor(size.width * factor + 1e-6)),
    height: Math.max(1, Math.floor(size.height * factor + 1e-6)),
  }
}
