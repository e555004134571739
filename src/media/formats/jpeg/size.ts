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
/** Bits a pixel under which the view's own size was never best. */
const STARVED = 0.15
/** The core's scale at which more quality hardly shows, so that more pixels serve better. */
const PLENTY = 0.12

/**
 * The constants of the rule, fitted by scripts/calibrate-size.mjs. Shown at its own size a picture is not enlarged, which
 * is worth some quality: the best size is the view's own, or, with fewer than `bits` a pixel (less where the picture is
 * quiet), a clearly smaller one, by a straight line over what there is against what luma takes.
 */
const RULE = { bits: 0.29, quiet: 0.5, slope: 2.5, most: 0.475, half: 0.36 } as const

/** Bits of a whole file against luma's alone, and how bits follow pixels and scale. */
const BITS = { start: -0.25, pixels: 0.892, scale: 1.13 } as const

/** A picture at the size at which results are judged: its own, or what fits into the bound and the view. */
export function viewOf(picture: Size, bound: Size): Size {
  return fittedInto(fittedInto(picture, bound), { width: VIEW, height: VIEW })
}

/**
 * The largest size that may turn out best: what a picture has to be decoded for. Never larger than it is.
 *
 * @param sourceBytes of the compressed source, when there is one: what it spends tells what the view will take
 */
export function largestSize(picture: Size, bound: Size, budget: number, sourceBytes?: number): Size {
  const view = viewOf(picture, bound)
  if (budget * 8 < STARVED * pixelsOf(view)) return scaled(view, Math.sqrt(RULE.most))
  const share = pixelsOf(view) / pixelsOf(picture)
  const plenty = (sourceBytes === undefined ? (pixelsOf(view) * 3) / 8 : sourceBytes * share * 1.2) < budget
  return plenty ? fittedInto(picture, bound) : view
}

/**
 * The size at which a picture looks best within a budget.
 *
 * @param view from {@link viewOf}
 * @param largest from {@link largestSize}: the most there may be, where that is not the view
 */
export function chooseSize(view: Size, complexity: Complexity, budget: number, largest: Size = view): Size {
  const pixels = pixelsOf(view)
  const fine = Math.max(complexity.fine, 0.01) * (complexity.samples / pixels) ** (1 - BITS.pixels)
  const given = (budget * 8) / pixels
  if (given < RULE.bits * Math.min(1, fine / RULE.quiet)) {
    const part = Math.min(RULE.most, RULE.slope * (given / fine))
    // Half of the view, a quarter of its pixels, is enlarged better than what lies next to it.
    return within(scaled(view, part < RULE.half ? 0.5 : Math.sqrt(part)), largest)
  }
  if (view.width > largest.width || view.height > largest.height) return largest
  // The view is best of what was measured; past it more pixels are taken as long as quality stays high.
  const scale = guessScale(view, complexity, budget)
  if (scale >= PLENTY) return view
  const more = scaled(view, (PLENTY / scale) ** (fallOf(complexity) / 2))
  const longest = (size: Size): number => Math.max(size.width, size.height)
  return longest(more) >= longest(largest) * 0.96 ? largest : within(more, largest)
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

function within(size: Size, largest: Size): Size {
  return size.width > largest.width || size.height > largest.height ? largest : size
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
