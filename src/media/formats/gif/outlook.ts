/** What was learnt of an animation by playing it at a small size. */
export type Survey = {
  /** Part of the full width that it was written at, the tolerance, and the colours. */
  readonly scale: number
  readonly tolerance: number
  readonly colors: number
  /** Bytes of all frames there. */
  readonly bytes: number
  /** How the bytes fall with the tolerance: times the bytes of `tolerance`. */
  readonly falls: readonly { readonly tolerance: number; readonly part: number }[]
  /** Likeness of frames that were only made smaller, at two sizes. */
  readonly alike: readonly { readonly scale: number; readonly value: number }[]
  /** Part of that which is left after writing at `tolerance`. */
  readonly afterWriting: number
  /** Part of that which is left when a frame stays in the place of the next one. */
  readonly afterWaiting: number
  /** The mean squared error of palettes, for each number of colours. */
  readonly palettes: readonly { readonly colors: number; readonly error: number }[]
  readonly frames: number
  /** Bytes at the full width, times those of the survey, where that was tried. */
  readonly full?: number
}

/** One way to write it. */
export type Manner = {
  readonly scale: number
  readonly tolerance: number
  readonly colors: number
  /** Every how many frames one is kept. */
  readonly every: number
}

/** What a manner is expected to come to. */
export type Outlook = Manner & { readonly bytes: number; readonly likeness: number }

/** How bytes grow with the width. */
const WIDTH_POWER = 1.8
/**
 * At the full width nothing is smoothed, and the grain of a picture that was brought to few colours before stays: in
 * bytes, and in what writing does to it. This much for all of the likeness that no smaller size can keep.
 */
const GRAIN = 5.5
/** How they fall when frames are left out. */
const FRAME_POWER = 0.85
/** How the loss of likeness grows with the tolerance. */
const LOSS_POWER = 1.5
/** What is left after writing is measured on light, in windows; steps in even areas and lost colours look worse. */
const LOSS_WEIGHT = 1.4
/** What jerks take away, besides what is out of date. */
const JERK = 0.95
/** Bytes that half as many colours cost. */
const HALF_COLORS = 0.92
/** A palette's mean squared error may be this part of the squared tolerance: then what is allowed hides it. */
const PALETTE_SHARE = 0.16
/** Tolerances that are weighed: under the least nothing is seen, over the most it looks like a smear. */
const LEAST_TOLERANCE = 2
export const MOST_TOLERANCE = 26
const STEP = 1.06

/** Fewest frames that are kept of those that have more. */
export const LEAST_FRAMES = 12

/** What the survey says a manner comes to. */
export function outlook(survey: Survey, manner: Manner): Outlook {
  const { scale, tolerance, colors, every } = manner
  const palette = HALF_COLORS ** Math.log2(survey.colors / colors)
  const grain = scale >= 1 ? 1 + GRAIN * Math.max(0, 1 - alikeBelow(survey, 1)) : 1
  const guessed = (scale / survey.scale) ** WIDTH_POWER * grain
  const growth = scale >= 1 ? (survey.full ?? guessed) : guessed
  const bytes = survey.bytes * growth * fallAt(survey, tolerance) * palette * every ** -FRAME_POWER
  const harm = (-grain * LOSS_WEIGHT * Math.log(survey.afterWriting)) / survey.tolerance ** LOSS_POWER
  const waiting = waitingAt(survey.afterWaiting, every)
  const likeness = alikeAt(survey, scale) * Math.exp(-harm * tolerance ** LOSS_POWER) * waiting
  return { ...manner, bytes, likeness }
}

/** The manner of the greatest likeness within the budget; `undefined` when none has `least` pixels of width or height. */
export function bestManner(
  survey: Survey,
  budget: number,
  scales: { readonly least: number; readonly most: number },
): Outlook | undefined {
  let best: Outlook | undefined
  const slowest = Math.max(1, Math.floor(survey.frames / LEAST_FRAMES))
  for (let scale = scales.most; ; scale = Math.max(scales.least, scale / STEP)) {
    for (let every = 1; every <= slowest; every++) {
      const found = finestAt(survey, budget, scale, every)
      if (found !== undefined && (best === undefined || found.likeness > best.likeness)) best = found
    }
    if (scale <= scales.least) return best
  }
}

/** The least tolerance at which a scale and a pace fit. */
function finestAt(survey: Survey, budget: number, scale: number, every: number): Outlook | undefined {
  for (let tolerance = LEAST_TOLERANCE; tolerance <= MOST_TOLERANCE; tolerance *= STEP) {
    const found = outlook(survey, { scale, tolerance, colors: colorsFor(survey, tolerance), every })
    if (found.bytes <= budget) return found
  }
  return undefined
}

/** The fewest colours whose error is hidden by what is allowed anyway. */
export function colorsFor({ palettes }: Survey, tolerance: number): number {
  const enough = palettes.find(({ error }) => error <= tolerance ** 2 * PALETTE_SHARE)
  return (enough ?? palettes.at(-1))!.colors
}

/** Bytes at a tolerance as a part of those of the survey: between what was tried, and a little beyond, straight in logarithms. */
export function fallAt({ falls }: Pick<Survey, 'falls'>, tolerance: number): number {
  let i = 0
  while (i < falls.length - 2 && tolerance > falls[i + 1]!.tolerance) i++
  const [a, b] = [falls[i]!, falls[i + 1]!]
  const slope = Math.log(b.part / a.part) / Math.log(b.tolerance / a.tolerance)
  return a.part * (tolerance / a.tolerance) ** Math.min(-0.05, slope)
}

/** Likeness at a scale, when nothing is lost by writing. */
function alikeAt(survey: Survey, scale: number): number {
  return scale >= 1 ? 1 : alikeBelow(survey, scale)
}

/** Straight in the logarithm of the scale. */
function alikeBelow({ alike }: Survey, scale: number): number {
  const [a, b] = [alike[0]!, alike[1]!]
  const slope = Math.log(b.scale / a.scale) === 0 ? 0 : (b.value - a.value) / Math.log(b.scale / a.scale)
  return Math.min(1, Math.max(0.05, b.value + Math.max(0, slope) * Math.log(scale / b.scale)))
}

/** The mean of what is left over the frames of a group, of which the first is shown for all. */
function waitingAt(one: number, every: number): number {
  let sum = 0
  for (let late = 0; late < every; late++) sum += one ** Math.min(late, 3)
  return (sum / every) * JERK ** (every - 1)
}
