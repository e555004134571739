import { type CoreJob, runJob } from '../../codec.ts'
import type { CoreFailure } from '../../core/core-failure.ts'
import type { PlaneColor } from '../../core/decode-planes.ts'
import { fail, ok, type Result } from '../../result.ts'
import { readScore, type ScoreExports } from '../../score.ts'
import { qualityOf, scaleOf } from './coarseness.ts'
import { type JpegHeader, readJpegHeader } from './header.ts'
import { type IccConversion, readIcc } from './icc.ts'
import {
  type Complexity,
  chooseSize,
  fittedInto,
  guessScale,
  largestSize,
  type Size,
  SMALLEST_SIDE,
  scaled,
  viewOf,
} from './size.ts'

/** The picture in the source, as it is stored: before its orientation is applied. */
type StoredPicture = {
  readonly width: number
  readonly height: number
  /** 1 to 8, as EXIF numbers them. */
  readonly orientation: number
}

/** What the JPEG has to be. */
export type JpegTarget = {
  /** Bytes of the file at most. */
  readonly budget: number
  /** The largest width and height, upright, that the result may have. */
  readonly bound: Size
  /** `best` (unless said) spends about twice the encoder's time on a better picture of the same bytes. */
  readonly effort?: 'best' | 'fast'
  /** 0 to 100; a picture that would look worse is made smaller, and refused under 160 pixels. 10 unless said. */
  readonly minimumQuality?: number
  /** Exact size, upright, instead of the one that looks best: for previews and comparisons. */
  readonly size?: Size
}

/** The file and how it came about. */
export type FittedJpeg = {
  readonly bytes: Uint8Array
  /** Upright. */
  readonly width: number
  readonly height: number
  /** About what libjpeg's quality of the same coarseness is, 0 to 100. */
  readonly quality: number
  /** How it looks against its source: see `readScore`. */
  readonly score: number
  /** Rows were missing in the source and were made up. */
  readonly truncated: boolean
  /** The source's data had codes that do not exist. */
  readonly damaged: boolean
  /** Bytes of the core's memory in use at the peak. */
  readonly peakBytes: number
}

/** Why there is no file. `smallest`: bytes of the smallest that was tried. */
export type JpegFitFailure = CoreFailure | { readonly code: 'cannot_fit'; readonly smallest: number }

/** Pixels of a bitmap, top to bottom, never all of them at once. */
export type RowSource = {
  readonly width: number
  readonly height: number
  /** Bytes a pixel: grey, RGB or RGBA (not premultiplied; a white page shows through). */
  readonly channels: 1 | 3 | 4
  /** How the rows have to be turned to be upright, as EXIF numbers it; 1 unless said. */
  readonly orientation?: number
  /** How to bring the samples to sRGB; they are sRGB unless said. */
  readonly icc?: IccConversion
  /** Writes the next `rows` rows, without gaps, to `into`. */
  read(into: Uint8Array, rows: number): void
}

/** Planes up to this many bytes are kept until the size is chosen; larger ones are resampled on the way. */
const KEEP_BYTES = 6_000_000
/** Rows that the core takes at once. */
const BITMAP_ROWS = 16

/** The finest tables: of a picture in its own size, which would only grow, and of one that was brought down. */
const FINEST_WHOLE = scaleOf(95)
const FINEST_SMALLER = scaleOf(99)
/** No picture of the largest size gains from more bytes than this. */
const MOST_BYTES = 8_000_000
/** Bytes that a picture in its own size may always take. */
const LEAST_WHOLE = 8192
/** Part of a picture with sharp edges of colour from which it counts as a drawing. */
const DRAWING = 0.01
/** Scale of the tables past which whole chroma costs more than it shows. */
const COARSE_FOR_WHOLE_CHROMA = 0.2
/** Most pixels of a result, and of a JPEG source, for whole chroma: it takes twice the memory. */
const MOST_WHOLE_CHROMA = 4_200_000

/** What a fit job uses of the core's exports; `wasm/job.ts` describes them. */
export interface FitExports extends ScoreExports {
  fit_profile(): number
  fit_take_profile(kind: number): void
  fit_begin(keep: number, width: number, height: number, chroma: number): void
  fit_step(): number
  bitmap_begin(
    width: number,
    height: number,
    channels: number,
    keep: number,
    toWidth: number,
    toHeight: number,
    chroma: number,
  ): void
  bitmap_pixels(): number
  bitmap_rows(top: number, rows: number): void
  fit_encode(
    width: number,
    height: number,
    orientation: number,
    chroma: number,
    budget: number,
    optimized: number,
    guess: number,
    finest: number,
    coarsest: number,
  ): number
  fit_stage(which: number): number
  fit_complexity(scale: number): number
  fit_contrast(which: number): number
  fit_chroma_detail(): number
  fit_output(): number
  fit_output_bytes(): number
  fit_smallest_bytes(): number
  fit_scale(): number
}

/**
 * Makes the best-looking JPEG of a JPEG within a budget: upright, no metadata, baseline.
 *
 * @example
 * const fitted = await fitJpeg(bytes, { budget: 300_000, bound: { width: 2592, height: 2592 } })
 */
export async function fitJpeg(
  source: Uint8Array,
  target: JpegTarget,
): Promise<Result<FittedJpeg, JpegFitFailure>> {
  const header = readJpegHeader(source)
  if (header === undefined) return fail({ code: 'malformed' })
  return untilItFits(header, target, (bound) =>
    runJob(source, new JpegFit(header, target, bound, source.length)),
  )
}

/**
 * Makes the best-looking JPEG of rows of pixels within a budget. `open` is called once an attempt (nearly always once)
 * and gives the rows from the top.
 */
export function fitRows(
  open: () => RowSource,
  target: JpegTarget,
): Promise<Result<FittedJpeg, JpegFitFailure>> {
  const first = open()
  const picture = { width: first.width, height: first.height, orientation: first.orientation ?? 1 }
  let rows: RowSource | undefined = first
  return untilItFits(picture, target, (bound) => {
    const job = new RowsFit(rows ?? open(), picture, target, bound)
    rows = undefined
    return runJob(new Uint8Array(0), job)
  })
}

/** What one attempt came to; one that did not fit says how far off it was. */
export type Attempt = { readonly fitted: FittedJpeg } | { readonly smallest: number; readonly size: Size }

/** Tries smaller sizes until one fits. The first nearly always does. */
export async function untilItFits(
  picture: StoredPicture,
  target: JpegTarget,
  attempt: (bound: Size) => Promise<Result<Attempt, CoreFailure>>,
): Promise<Result<FittedJpeg, JpegFitFailure>> {
  let bound = target.size ?? target.bound
  if (picture.orientation >= 5) bound = turned(bound)
  let crowded = false
  for (;;) {
    const done = await attempt(bound)
    if (!done.ok) {
      if (done.failure.code !== 'out_of_memory' || crowded || target.size !== undefined) return done
      // Nothing but noise at a budget of megabytes takes that much: half the pixels do.
      crowded = true
      bound = scaled(fittedInto(picture, bound), Math.SQRT1_2)
      continue
    }
    if ('fitted' in done.value) return ok(done.value.fitted)
    const { size, smallest } = done.value
    // A third more room than the size that failed seemed to need, and at least a fifth fewer pixels.
    const shrink = Math.min(0.9, Math.sqrt(target.budget / smallest) * 0.9)
    bound = { width: Math.floor(size.width * shrink), height: Math.floor(size.height * shrink) }
    if (target.size !== undefined || Math.max(bound.width, bound.height) < SMALLEST_SIDE)
      return fail({ code: 'cannot_fit', smallest: Math.max(smallest, target.budget + 1) })
  }
}

function turned(size: Size): Size {
  return { width: size.height, height: size.width }
}

/** What all sources have in common: the end of the job. `stage` is the largest size that is asked for, unless said. */
export abstract class Fit<E extends FitExports = FitExports> implements CoreJob<E, Attempt> {
  protected readonly stage: Size
  /** Luma samples a chroma sample of the stage covers along each axis. */
  protected readonly stageChroma: 1 | 2
  readonly #picture: StoredPicture
  readonly #target: JpegTarget
  readonly #bytes: number
  readonly #view: Size

  constructor(
    picture: StoredPicture,
    target: JpegTarget,
    bound: Size,
    source: { wholeChroma: boolean; bytes?: number; stage?: Size },
  ) {
    this.#picture = picture
    this.#target = target
    this.#view = viewOf(picture, bound)
    this.#bytes = source.bytes ?? Number.POSITIVE_INFINITY
    const { stage = largestSize(picture, bound, target.budget, source.bytes) } = source
    this.stage = target.size === undefined ? stage : bound
    const small = this.stage.width * this.stage.height <= MOST_WHOLE_CHROMA
    this.stageChroma = source.wholeChroma && small ? 1 : 2
  }

  abstract begin(core: E): void
  abstract step(core: E): number

  end(core: E): Attempt {
    const { effort, minimumQuality = 10 } = this.#target
    const { orientation } = this.#picture
    const complexity = complexityOf(core)
    const wanted = Math.min(this.#target.budget, MOST_BYTES)
    const size =
      this.#target.size === undefined ? chooseSize(this.#view, complexity, wanted, this.stage) : this.stage
    const whole = size.width === this.#picture.width && size.height === this.#picture.height
    // A picture in its own size gains nothing from more bytes than it came with.
    const budget = whole ? Math.min(wanted, Math.max(this.#bytes * 1.1, LEAST_WHOLE)) : wanted
    const guess = guessScale(size, complexity, budget)
    core.score_stage()
    const drawing = this.stageChroma === 1 && core.fit_chroma_detail() > DRAWING
    const fits = core.fit_encode(
      size.width,
      size.height,
      orientation,
      drawing && guess < COARSE_FOR_WHOLE_CHROMA ? 1 : 2,
      budget,
      effort === 'fast' ? 0 : 1,
      guess,
      whole ? FINEST_WHOLE : FINEST_SMALLER,
      scaleOf(minimumQuality),
    )
    if (fits === 0) return { smallest: core.fit_smallest_bytes(), size }
    const upright = orientation >= 5 ? turned(size) : size
    core.score_encoded(
      size.width / viewOf(this.#picture, this.#picture).width,
      core.fit_stage(0) / size.width,
    )
    return {
      fitted: {
        bytes: new Uint8Array(core.memory.buffer, core.fit_output(), core.fit_output_bytes()).slice(),
        ...upright,
        quality: qualityOf(core.fit_scale()),
        score: readScore(core),
        truncated: this.isTruncated(core),
        damaged: this.isDamaged(core),
        peakBytes: core.peak_bytes(),
      },
    }
  }

  isTruncated(_core: E): boolean {
    return false
  }

  isDamaged(_core: E): boolean {
    return false
  }
}

class JpegFit extends Fit {
  readonly #header: JpegHeader

  constructor(header: JpegHeader, target: JpegTarget, bound: Size, bytes: number) {
    const { width, height, components } = header
    const wholeChroma =
      width * height <= MOST_WHOLE_CHROMA &&
      components.length === 3 &&
      components.every(({ h, v }) => h * v === 1)
    super(header, target, bound, { wholeChroma, bytes })
    this.#header = header
  }

  begin(core: FitExports): void {
    core.fit_begin(KEEP_BYTES, this.stage.width, this.stage.height, this.stageChroma)
    if (this.#header.icc !== undefined) giveProfile(core, readIcc(this.#header.icc), this.#header.color)
  }

  step(core: FitExports): number {
    return core.fit_step()
  }

  override isTruncated(core: FitExports): boolean {
    return core.decode_fact(7) === 1
  }

  override isDamaged(core: FitExports): boolean {
    return core.decode_fact(8) === 1
  }
}

/** What the core says of the stage. */
export function complexityOf(core: FitExports): Complexity {
  return {
    samples: core.fit_stage(0) * core.fit_stage(1),
    fine: core.fit_complexity(0.3),
    coarse: core.fit_complexity(1),
    hard: core.fit_contrast(0),
    flat: core.fit_contrast(1),
  }
}

/** Hands a profile to the core where it is of the samples' own kind. Others are converted plainly. */
export function giveProfile(core: FitExports, icc: IccConversion, color: PlaneColor): void {
  const numbers = new Float32Array(core.memory.buffer, core.fit_profile(), 9 + 3 * 256)
  if (icc.kind === 'matrix' && (color === 'ycbcr' || color === 'rgb')) {
    numbers.set(icc.matrix)
    for (const [c, curve] of icc.curves.entries()) numbers.set(curve, 9 + 256 * c)
    core.fit_take_profile(1)
  } else if (icc.kind === 'grey' && color === 'grey') {
    numbers.set(icc.curve, 9)
    core.fit_take_profile(2)
  }
}

class RowsFit extends Fit {
  readonly #rows: RowSource

  constructor(rows: RowSource, picture: StoredPicture, target: JpegTarget, bound: Size) {
    super(picture, target, bound, { wholeChroma: rows.channels > 1 })
    this.#rows = rows
  }

  begin(core: FitExports): void {
    const { width, height, channels, icc } = this.#rows
    core.bitmap_begin(
      width,
      height,
      channels,
      KEEP_BYTES,
      this.stage.width,
      this.stage.height,
      this.stageChroma,
    )
    if (icc !== undefined) giveProfile(core, icc, channels === 1 ? 'grey' : 'rgb')
  }

  step(core: FitExports): number {
    const { width, height, channels } = this.#rows
    for (let top = 0; top < height; top += BITMAP_ROWS) {
      const rows = Math.min(BITMAP_ROWS, height - top)
      this.#rows.read(new Uint8Array(core.memory.buffer, core.bitmap_pixels(), rows * width * channels), rows)
      core.bitmap_rows(top, rows)
    }
    return 0
  }
}
