import { readScore } from '../../score.ts'
import type { Size } from '../jpeg/size.ts'
import type { PngExports } from './core.ts'
import { drawnManner, FINEST, type Manner, PLAIN, photoManner } from './manner.ts'

/** A palette PNG that fits. */
export type PaletteFile = {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Upright. */
  readonly width: number
  readonly height: number
  readonly colors: number
  /** Every pixel is as it was rendered. */
  readonly exact: boolean
  /** How it looks against its source: see `readScore`. */
  readonly score: number
}

/** What a look at the picture says, before anything is chosen. */
export type PaletteOutlook = {
  /** Drawn rather than photographed: text, flat areas, few colors. */
  readonly drawn: boolean
  /** Pixels can be transparent. */
  readonly transparent: boolean
  /** The best manner fits. */
  readonly finest: boolean
  /** Logarithm of the bytes that have to be saved, about. */
  readonly saved: number
}

/** The stage of a job: a picture before its orientation, at its largest. */
export type Stage = Size & {
  readonly orientation: number
  /** Width of the whole picture as a phone shows it. */
  readonly view: number
}

/** Of 1,000 pixels of a photo 10 to 600 are the same as the one before; of screenshots and drawings 700 and more. */
const DRAWN_REPEATS = 450
/** Of the others, those that differ by much: edges. A photo blown up or blurred repeats itself too, but has none. */
const DRAWN_EDGES = 100
/** A drawing without many edges has hardly anything but flat squares. */
const FLAT_REPEATS = 700
const FLAT_SQUARES = 0.9
/** The part of the budget that a prediction aims at. */
const AIM = 0.97
/** A file that fills this much of the budget is not worth another try. */
const ENOUGH = 0.9
/** Of so many bands of rows one is looked at while sizes are predicted. */
const SAMPLED = 4
/** Pixels from which a sample says enough. */
const LARGE = 600_000
/** Bytes that the thorough way of packing makes of one that the quick way makes, about. */
const THOROUGH = 0.94
/** Whole pictures that are made at most. */
const TRIES = 4

/** Predicts how a palette would do. */
export function paletteOutlook(
  core: PngExports,
  stage: Stage,
  budget: number,
  thorough: boolean,
): PaletteOutlook {
  const aim = aimOf(budget, thorough)
  const plain = sampleBytes(core, stage, PLAIN)
  const exact = core.picture_fact(4) === 1
  const drawn = exact || isDrawn(core)
  const transparent = core.picture_fact(2) === 4
  const first = drawn ? plain : sampleBytes(core, stage, photoManner(0))
  const saved = Math.log(first / aim)
  const finest = saved < 0 && !exact && sampleBytes(core, stage, FINEST) <= aim
  return { drawn, transparent, finest, saved }
}

/** Whether the picture in work was drawn, by its source and by the squares of what is rendered. */
function isDrawn(core: PngExports): boolean {
  const repeats = core.png_fact(5)
  if (repeats >= DRAWN_REPEATS && core.png_fact(6) >= DRAWN_EDGES) return true
  const [flat, lines, smooth, busy] = [8, 9, 10, 11].map((texture) => core.picture_fact(texture)) as [
    number,
    number,
    number,
    number,
  ]
  return repeats >= FLAT_REPEATS && flat + lines >= (flat + lines + smooth + busy) * FLAT_SQUARES
}

/** Bytes that a sample, packed the quick way, may come to. */
function aimOf(budget: number, thorough: boolean): number {
  return (budget * AIM) / (thorough ? THOROUGH : 1)
}

/** The manner that saves this much of such a picture. */
export function mannerFor({ drawn }: PaletteOutlook, { width, height }: Size, saved: number): Manner {
  return drawn ? drawnManner(saved, Math.max(width, height)) : photoManner(saved)
}

/** The file in the best manner that fits; `undefined` when it would be under `least` of the full width. */
export function paletteFile(
  core: PngExports,
  stage: Stage,
  budget: number,
  outlook: PaletteOutlook,
  least: number,
  thorough: boolean,
): PaletteFile | undefined {
  let { saved } = outlook
  let manner = outlook.finest ? FINEST : mannerFor(outlook, stage, saved)
  if (saved > 0) {
    saved += Math.log(sampleBytes(core, stage, manner) / aimOf(budget, thorough))
    manner = mannerFor(outlook, stage, saved)
  }
  let best: PaletteFile | undefined
  // What was given up for the best file that fitted, and for the one that just did not; and their distance from the aim.
  let enough = { saved: Infinity, off: 0 }
  let tooLittle = { saved: -Infinity, off: 0 }
  for (let tries = 0; tries < TRIES && manner.scale >= least; tries++) {
    render(core, stage, manner.scale, 1)
    core.picture_index(manner.colors, manner.drawn, manner.photographed, manner.tolerance)
    // The thorough way serves where it decides: not for what fits in the best manner, nor for what is far too large.
    let fits = core.picture_write(budget, 0) !== 0
    let bytes = core.picture_file_bytes()
    if (fits && saved <= 0) return takeFile(core, stage, manner.scale)
    if (thorough && bytes * THOROUGH < budget * 1.02) {
      fits = core.picture_write(budget, 1) !== 0
      bytes = core.picture_file_bytes()
    } else if (thorough) bytes *= THOROUGH
    const point = { saved, off: Math.log(bytes / (budget * AIM)) }
    if (fits) {
      best = takeFile(core, stage, manner.scale)
      if (bytes >= budget * ENOUGH) return best
      enough = point
    } else tooLittle = point
    saved = between(tooLittle, enough)
    manner = mannerFor(outlook, stage, saved)
  }
  return best
}

type Point = { readonly saved: number; readonly off: number }

/** The next place to try: where a straight line meets the aim, but never so near to a known place that nothing is learned. */
function between(tooLittle: Point, enough: Point): number {
  if (enough.saved === Infinity) return Math.max(tooLittle.saved, 0) + tooLittle.off + 0.02
  if (tooLittle.saved === -Infinity) return enough.saved + enough.off
  const part = tooLittle.off / (tooLittle.off - enough.off)
  return tooLittle.saved + (enough.saved - tooLittle.saved) * Math.min(0.85, Math.max(0.15, part))
}

function render(
  core: PngExports,
  { width, height, orientation }: Stage,
  scale: number,
  every: number,
): number {
  const side = (length: number) => Math.max(1, Math.round(length * scale))
  return core.picture_render(side(width), side(height), orientation, every)
}

/** Bytes of the picture in this manner, by a sample of it when it is large. */
function sampleBytes(core: PngExports, stage: Stage, manner: Manner): number {
  const pixels = stage.width * stage.height * manner.scale ** 2
  const part = render(core, stage, manner.scale, pixels > LARGE ? SAMPLED : 1)
  core.picture_index(manner.colors, manner.drawn, manner.photographed, manner.tolerance)
  // Room for nothing: the bytes are counted all the same.
  core.picture_write(0, 0)
  return core.picture_file_bytes() * part
}

function takeFile(core: PngExports, stage: Stage, scale: number): PaletteFile {
  const exact = core.picture_fact(4) === 1
  const width = Math.max(1, Math.round(stage.width * scale))
  core.score_indexed(width / stage.view, stage.width / width)
  const same = exact && width >= stage.view
  return {
    bytes: new Uint8Array(core.memory.buffer, core.picture_file(), core.picture_file_bytes()).slice(),
    width: core.picture_fact(0),
    height: core.picture_fact(1),
    colors: core.picture_fact(3),
    exact,
    score: same ? 100 : readScore(core),
  }
}
