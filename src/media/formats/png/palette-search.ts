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
export type Stage = Size & { readonly orientation: number }

/** Of 1,000 pixels of a photo 100 to 300 are the same as the one before; of screenshots and drawings 600 and more. */
const DRAWN_REPEATS = 450
/** The part of the budget that a prediction aims at. */
const AIM = 0.97
/** A file that fills this much of the budget is not worth another try. */
const ENOUGH = 0.92
/** Of so many bands of rows one is looked at while sizes are predicted. */
const SAMPLED = 4
/** Pixels from which a sample says enough. */
const LARGE = 600_000
/** Whole pictures that are made at most. */
const TRIES = 4

/** Predicts how a palette would do. */
export function paletteOutlook(core: PngExports, stage: Stage, budget: number): PaletteOutlook {
  const plain = sampleBytes(core, stage, PLAIN)
  const exact = core.picture_fact(4) === 1
  const drawn = exact || core.picture_fact(6) >= DRAWN_REPEATS
  const transparent = core.picture_fact(2) === 4
  const first = drawn ? plain : sampleBytes(core, stage, photoManner(0))
  const saved = Math.log(first / (budget * AIM))
  const finest = saved < 0 && !exact && sampleBytes(core, stage, FINEST) <= budget * AIM
  return { drawn, transparent, finest, saved }
}

/** The manner that saves this much of such a picture. */
export function mannerFor({ drawn }: PaletteOutlook, saved: number): Manner {
  return drawn ? drawnManner(saved) : photoManner(saved)
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
  let manner = outlook.finest ? FINEST : mannerFor(outlook, saved)
  if (saved > 0) {
    saved += Math.log(sampleBytes(core, stage, manner) / (budget * AIM))
    manner = mannerFor(outlook, saved)
  }
  let best: PaletteFile | undefined
  for (let tries = 0; tries < TRIES && manner.scale >= least; tries++) {
    render(core, stage, manner.scale, 1)
    core.picture_index(manner.colors, manner.strength, manner.tolerance)
    const fits = core.picture_write(budget, thorough ? 1 : 0) !== 0
    const bytes = core.picture_file_bytes()
    if (fits) {
      if (best === undefined || bytes > best.bytes.length) best = takeFile(core)
      const done = bytes >= budget * ENOUGH || saved <= 0 || tries > 1
      if (done) return best
    } else if (best !== undefined) return best
    // A step too far is worse than one too short: what does not fit is no picture at all.
    saved = Math.max(saved, 0) + Math.log(bytes / (budget * AIM)) + (fits ? 0 : 0.01 * tries)
    manner = mannerFor(outlook, saved)
  }
  return best
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
  core.picture_index(manner.colors, manner.strength, manner.tolerance)
  // Room for nothing: the bytes are counted all the same.
  core.picture_write(0, 0)
  return core.picture_file_bytes() * part
}

function takeFile(core: PngExports): PaletteFile {
  return {
    bytes: new Uint8Array(core.memory.buffer, core.picture_file(), core.picture_file_bytes()).slice(),
    width: core.picture_fact(0),
    height: core.picture_fact(1),
    colors: core.picture_fact(3),
    exact: core.picture_fact(4) === 1,
  }
}
