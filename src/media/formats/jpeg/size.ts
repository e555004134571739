/** Width and height in pixels. */
export type Size = { readonly width: number; readonly height: number }

/** What the core says of a picture before its final size is known. */
export type Complexity = {
  /** Samples of the plane that was looked at. */
  readonly samples: number
  /** Bits a sample of luma at scale 0.3 of the core's tables (about quality 85), and at scale 1 (about 50). */
  readonly fine: number
  readonly coarse: number
  /** Part (0 to 1) of blocks with a hard edge, and of blocks with nothing in them. */
  readonly hard: number
  readonly flat: number
}

/** The long side at which results are judged: about what phones show. More pixels show only where bytes are plenty. */
const VIEW = 2048
/** The longer side under which a picture is no picture any more. */
export const SMALLEST_SIDE = 160
/** Bits a pixel under which the view's own size was never best, and the part of its pixels that was never passed then. */
const STARVED = 0.15
const STARVED_PART = 0.475
/** The core's scale at which more quality hardly shows, so that more pixels serve better. */
const PLENTY = 0.12

/**
 * The constants of the rule, fitted by scripts/calibrate-size.mjs. A picture of few bytes looks best at the size whose
 * tables have a certain scale: fine ones where little has hard edges, which lose nothing by being enlarged, coarse ones
 * where much has (`rise` a part of blocks with hard edges above `soft`). Shown at its own size a picture is not enlarged
 * at all, which is worth a `view` times coarser scale. Half of the view, a quarter of its pixels, is enlarged better
 * than what lies below `half` of the pixels otherwise.
 */
const RULE = { soft: 0.178, rise: 2.87, view: 1.24, half: 0.43, most: 0.8 } as const
/** The scale up to which the view's own size is always best. */
const FINE_VIEW = 0.42
/** Part of blocks with nothing in them from which a picture is drawn: its lines must not be enlarged. */
const DRAWN = 0.45

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
  if (budget * 8 < STARVED * pixelsOf(view)) return scaled(view, Math.sqrt(STARVED_PART))
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
  const scale = guessScale(view, complexity, budget)
  const best = RULE.soft + RULE.rise * complexity.hard
  if (complexity.flat < DRAWN && scale > Math.max(FINE_VIEW, best * RULE.view)) {
    const part = Math.min(RULE.most, (best / scale) ** ((BITS.scale * fallOf(complexity)) / BITS.pixels))
    return within(scaled(view, part < RULE.half ? 0.5 : Math.sqrt(part)), largest)
  }
  if (view.width > largest.width || view.height > largest.height) return largest
  // The view is best of what was measured; past it more pixels are taken as long as quality stays high.
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
