import { runJob } from '../../codec.ts'
import type { CoreFailure } from '../../core/core-failure.ts'
import { fail, ok, type Result } from '../../result.ts'
import {
  type Attempt,
  complexityOf,
  Fit,
  type FittedJpeg,
  giveProfile,
  type JpegFitFailure,
  type JpegTarget,
  untilItFits,
} from '../jpeg/fit.ts'
import type { IccConversion } from '../jpeg/icc.ts'
import { chooseSize, type Size, SMALLEST_SIDE, viewOf } from '../jpeg/size.ts'
import type { PngExports } from './core.ts'
import type { PngHeader } from './header.ts'
import {
  mannerFor,
  type PaletteFile,
  type PaletteOutlook,
  paletteFile,
  paletteOutlook,
  type Stage,
} from './palette-search.ts'
import { pngSamples } from './samples.ts'

/** The header of a PNG that has data. */
type Header = PngHeader & { readonly data: number }

/** What the picture may become. */
export type PngTarget = {
  /** Bytes of a PNG at most. */
  readonly budget: number
  /** What a JPEG has to be; its bound holds for PNG as well. */
  readonly jpeg: JpegTarget
  /** Which of the two may leave, at least one. */
  readonly types: { readonly png: boolean; readonly jpeg: boolean }
}

/** The file and how it came about. */
export type FittedPng = {
  readonly bytes: Uint8Array
  readonly type: 'image/png' | 'image/jpeg'
  /** Upright. */
  readonly width: number
  readonly height: number
  /** Of a JPEG: about what libjpeg's quality of the same coarseness is, 0 to 100. */
  readonly quality?: number
  /** How it looks against its source: see `readScore`. */
  readonly score: number
  /** Of a PNG: colors of its palette, and whether they are all that the picture has. */
  readonly palette?: { readonly colors: number; readonly exact: boolean }
  /** Transparency was laid on white. */
  readonly flattened: boolean
  readonly truncated: boolean
  readonly damaged: boolean
  /** Bytes of the core's memory in use at the peak. */
  readonly peakBytes: number
}

/** Pixels that the stage holds at most, without and with alpha, so that it and a second size fit the core's memory. */
const STAGE_PIXELS = 6_800_000
const STAGE_PIXELS_ALPHA = 5_000_000
/** Pixels a byte of the budget that even a drawing does not use. */
const PIXELS_A_BYTE = 40
/** A PNG narrower than this part of the JPEG loses more than its sharp edges gain. */
const WORTH = 0.62
/** Transparency is worth more, but not everything. */
const WORTH_ALPHA = 0.3

/**
 * Makes of a PNG what looks best within a budget: a palette PNG of what was drawn or can be seen through, a JPEG of what
 * was photographed.
 *
 * @example
 * const fitted = await fitPng(bytes, header, colour, { budget, jpeg: { budget, bound }, types: { png: true, jpeg: true } })
 */
export async function fitPng(
  source: Uint8Array,
  header: Header,
  colour: IccConversion,
  target: PngTarget,
): Promise<Result<FittedPng, JpegFitFailure>> {
  let job: PngFit | undefined
  let paletteTried = false
  const attempt = (bound: Size): Promise<Result<Attempt, CoreFailure>> => {
    job = new PngFit(header, colour, target, bound, paletteTried)
    // What no palette fitted once will not fit at a smaller bound of JPEG's either.
    paletteTried = true
    return runJob(source, job)
  }
  const fitted = await untilItFits(header, target.jpeg, attempt)
  if (!fitted.ok) return fail(fitted.failure)
  return ok(job!.describe(fitted.value))
}

/** One attempt at a PNG, as a job of the core. */
export class PngFit extends Fit<PngExports> {
  readonly #header: Header
  readonly #colour: IccConversion
  readonly #goal: PngTarget
  readonly #palette: boolean
  #file: PaletteFile | undefined
  #transparent = false

  constructor(
    header: Header,
    colour: IccConversion,
    target: PngTarget,
    bound: Size,
    withoutPalette: boolean,
  ) {
    const palette = target.types.png && !withoutPalette
    const stage = palette ? { stage: stageSize(header, bound, target.budget) } : {}
    super(header, target.jpeg, bound, { wholeChroma: header.colour !== 0, ...stage })
    this.#header = header
    this.#colour = colour
    this.#goal = target
    this.#palette = palette
  }

  begin(core: PngExports): void {
    const { width, height, depth, interlaced, data } = this.#header
    const { kind, parts, colors, key } = pngSamples(this.#header)
    const { stage } = this
    core.png_begin(width, height, depth, kind, parts, interlaced ? 1 : 0, data, stage.width, stage.height)
    new Uint8Array(core.memory.buffer, core.png_colors(), colors.length).set(colors)
    if (key !== undefined) core.png_key(...key)
    giveProfile(core, this.#colour, parts === 1 ? 'grey' : 'rgb')
  }

  step(core: PngExports): number {
    return core.png_step()
  }

  override isTruncated(core: PngExports): boolean {
    return core.png_fact(0) === 1
  }

  override isDamaged(core: PngExports): boolean {
    return core.png_fact(1) === 1
  }

  override end(core: PngExports): Attempt {
    this.#transparent = core.png_fact(3) === 1
    this.#file = this.#palette ? this.#tryPalette(core) : undefined
    if (this.#file === undefined) {
      if (!this.#goal.types.jpeg)
        return { smallest: core.picture_file_bytes(), size: { width: 1, height: 1 } }
      core.picture_flatten()
      return super.end(core)
    }
    const { bytes, width, height, score } = this.#file
    return {
      fitted: {
        bytes,
        width,
        height,
        quality: 100,
        score,
        truncated: this.isTruncated(core),
        damaged: this.isDamaged(core),
        peakBytes: core.peak_bytes(),
      },
    }
  }

  #tryPalette(core: PngExports): PaletteFile | undefined {
    const { budget, types, jpeg } = this.#goal
    const view = viewOf(this.#header, this.#header).width
    const stage: Stage = { ...this.stage, orientation: this.#header.orientation, view }
    core.score_stage()
    const thorough = jpeg.effort !== 'fast'
    const outlook = paletteOutlook(core, stage, budget, thorough)
    const least = types.jpeg
      ? this.#leastScale(core, outlook)
      : SMALLEST_SIDE / Math.max(stage.width, stage.height)
    // The prediction may be off by a little.
    if (mannerFor(outlook, stage, outlook.saved).scale < least * 0.9) return undefined
    return paletteFile(core, stage, budget, outlook, Math.min(1, least), thorough)
  }

  /** The part of the full width under which a JPEG is the better picture. */
  #leastScale(core: PngExports, { drawn, transparent }: PaletteOutlook): number {
    if (!drawn && !transparent) return Infinity
    const size = chooseSize(this.stage, complexityOf(core), this.#goal.jpeg.budget)
    const photo = size.width / this.stage.width
    if (transparent) return Math.min(WORTH_ALPHA, photo * WORTH)
    return photo * WORTH
  }

  /** What the job came to, once its attempt fitted. */
  describe({ quality, ...common }: FittedJpeg): FittedPng {
    if (this.#file === undefined)
      return { ...common, type: 'image/jpeg', quality, flattened: this.#transparent }
    const { colors, exact } = this.#file
    return { ...common, type: 'image/png', palette: { colors, exact }, flattened: false }
  }
}

/** The largest size that is asked for, in the source's orientation; a palette wants as much as there is. */
function stageSize({ width, height, colour, transparent }: PngHeader, bound: Size, budget: number): Size {
  const most = colour >= 4 || transparent !== undefined ? STAGE_PIXELS_ALPHA : STAGE_PIXELS
  const pixels = Math.min(most, Math.max(SMALLEST_SIDE ** 2, budget * PIXELS_A_BYTE))
  const scale = Math.min(1, bound.width / width, bound.height / height, Math.sqrt(pixels / (width * height)))
  const side = (length: number) => Math.max(1, Math.floor(length * scale + 1e-6))
  return { width: side(width), height: side(height) }
}
