import type { GifExports } from './core.ts'
import type { Film } from './film.ts'
import type { Survey } from './outlook.ts'

/** Pixels of all frames together that are written for the survey. */
const SURVEY_PIXELS = 9e6
/** The survey's width, as a part of the width that is guessed to fit. */
const SURVEY_PART = 0.8
/** Widths of the two sizes at which likeness is measured. */
const SMALLER = 0.7
/** Bytes that a byte of a GIF comes to at its own size with some loss. */
const USUAL_FALL = 0.35
/** Bits that a pixel of an animation takes, where no bytes of a source are known. */
const USUAL_BITS = 1.2
/** Frames that are looked at closely. */
const SAMPLES = 8
/** The tolerance of the survey, and those that single frames are written at. */
const TOLERANCE = 9
const TRIED = [4.5, TOLERANCE, 18] as const
/** Colours of a palette, from few to many: with the transparent one they fill a table. */
const PALETTES = [31, 63, 127, 255] as const
const SURVEY_COLORS = 127

/** The survey, and what is known of the frames besides. */
export type Surveyed = {
  readonly survey: Survey
  /** Bytes of each frame of the film in the survey; 0 where nothing changed. */
  readonly frameBytes: readonly number[]
  /** Bytes of some frames when each is written by itself. */
  readonly singles: ReadonlyMap<number, number>
  /** Milliseconds of each. */
  readonly delays: readonly number[]
  /** Pixels are taken away again, so that no frame can build on the one before. */
  readonly whole: boolean
  /** Some pixel of some frame shows what is behind it. */
  readonly holes: boolean
}

/** The size of a film at a part of its width. */
export function sizeAt({ width, height }: Film, scale: number): { width: number; height: number } {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/**
 * Plays a film twice at small sizes: once for its colours, once to write it. `bytes` is the size of the file that it comes
 * from, where that is a GIF.
 */
export async function surveyFilm(
  core: GifExports,
  film: Film,
  limits: {
    readonly frames: number
    readonly budget: number
    readonly scale: number
    readonly bytes?: number
  },
): Promise<Surveyed | undefined> {
  const { width, height } = film
  const frames = Math.min(limits.frames, film.frames)
  const guessed = limits.bytes ? limits.bytes * USUAL_FALL : (width * height * frames * USUAL_BITS) / 8
  const likely = Math.min(limits.scale, Math.sqrt(limits.budget / guessed))
  const scale = Math.min(1, likely * SURVEY_PART, Math.sqrt(SURVEY_PIXELS / (width * height * frames)))
  const counted = await countColors(core, film, limits.frames, scale * SMALLER)
  if (counted.delays.length === 0) return undefined
  const palettes = counted.palettes
  const written = await writeSmall(core, film, counted.delays.length, scale, counted.whole)
  return {
    survey: {
      ...written.survey,
      alike: [{ scale: scale * SMALLER, value: counted.alike }, written.alike],
      palettes,
      frames: counted.delays.length,
    },
    frameBytes: written.frameBytes,
    singles: written.singles,
    delays: counted.delays,
    whole: counted.whole,
    holes: counted.holes,
  }
}

/** A part of a whole. Likeness may be below 0, where a picture is another's negative; nothing is learnt from that. */
function part(some: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0.05, some / whole)) : 1
}

/** Every which frame is looked at closely. */
function sampling(frames: number): number {
  return Math.max(1, Math.floor(frames / SAMPLES))
}

/** The first run: delays, colours, and how much of the likeness a smaller size keeps. */
async function countColors(core: GifExports, film: Film, most: number, scale: number) {
  const { width, height } = sizeAt(film, scale)
  const every = sampling(Math.min(most, film.frames))
  core.anim_size(width, height, 0)
  film.rewind()
  const delays: number[] = []
  let alike = 0
  let samples = 0
  while (delays.length < most) {
    const frame = await film.next(core)
    if (frame === undefined) break
    const { left, top, width, height } = frame.part
    core.anim_shrink(left, top, width, height)
    core.anim_count(1)
    if (delays.length % every === 0) {
      alike += core.anim_likeness(0)
      samples++
    }
    delays.push(frame.delay)
  }
  const palettes = PALETTES.map((colors) => ({ colors, error: core.anim_palette(colors) }))
  core.anim_palette(SURVEY_COLORS)
  const holes = core.anim_fact(2) === 1
  const whole = core.anim_fact(3) === 1
  return { delays, palettes, holes, whole, alike: part(alike, samples) }
}

/**
 * Plays a film at its full size, where drawings have only a few colours and photos have grain. Counts the colours again;
 * the palette is still to be made. Returns what the survey says of the full size now.
 */
export async function surveyFull(core: GifExports, film: Film, surveyed: Surveyed): Promise<Survey> {
  const { survey, singles } = surveyed
  const { width, height } = film
  core.anim_recount()
  core.anim_size(width, height, width * height * 2 + 4096)
  film.rewind()
  let [full, small] = [0, 0]
  for (let i = 0; i < surveyed.delays.length; i++) {
    const frame = await film.next(core)
    if (frame === undefined) break
    const { left, top, width, height } = frame.part
    core.anim_shrink(left, top, width, height)
    core.anim_count(1)
    const single = singles.get(i)
    if (single === undefined || i % 2 === 1) continue
    full += Math.max(0, core.anim_write(TOLERANCE ** 2, 1, 1))
    core.anim_drop()
    small += single
  }
  return small > 0 ? { ...survey, full: full / small } : survey
}

/** The second run: all frames written, some of them at other tolerances too. */
async function writeSmall(core: GifExports, film: Film, frames: number, scale: number, takenAway: boolean) {
  const { width, height } = sizeAt(film, scale)
  const whole = takenAway ? 1 : 0
  const every = sampling(frames)
  const frameBytes: number[] = []
  const singles = new Map<number, number>()
  const sums = { tried: TRIED.map(() => 0), alike: 0, written: 0, waited: 0, waits: 0, samples: 0 }
  // A pixel never takes more than a code of 12 bits.
  core.anim_size(width, height, Math.max(width * height * 2, 100_000) + 4096)
  core.anim_header(0)
  film.rewind()
  for (let i = 0; i < frames; i++) {
    const frame = await film.next(core)
    if (frame === undefined) break
    const { left, top, width, height } = frame.part
    core.anim_shrink(left, top, width, height)
    const sampled = i % every === 0
    const alike = sampled ? core.anim_likeness(0) : 0
    if (sampled) {
      sums.alike += alike
      sums.samples++
      if (i > 0) {
        sums.waited += alike > 0 ? core.anim_likeness(1) / alike : 1
        sums.waits++
      }
      // Frames of their own: what is shown has the survey's tolerance, which no other would have left.
      for (const [k, tolerance] of TRIED.entries()) {
        const bytes = Math.max(0, core.anim_write(tolerance ** 2, 1, 1))
        core.anim_drop()
        sums.tried[k]! += bytes
        if (tolerance === TOLERANCE) singles.set(i, bytes)
      }
    }
    const bytes = Math.max(0, core.anim_write(TOLERANCE ** 2, whole, i === 0 ? 1 : 0))
    if (bytes > 0) core.anim_keep(whole)
    if (sampled) sums.written += whole ? core.anim_likeness(0) : core.anim_likeness(1)
    // Only its length is wanted.
    core.anim_drop()
    frameBytes.push(bytes)
  }
  const falls = TRIED.map((tolerance, k) => ({ tolerance, part: sums.tried[k]! / sums.tried[1]! }))
  return {
    frameBytes,
    singles,
    alike: { scale, value: part(sums.alike, sums.samples) },
    survey: {
      scale,
      tolerance: TOLERANCE,
      colors: SURVEY_COLORS,
      bytes: frameBytes.reduce((sum, bytes) => sum + bytes, 0),
      falls,
      afterWriting: Math.min(0.999, part(sums.written, sums.alike)),
      afterWaiting: sums.waits === 0 ? 1 : part(sums.waited, sums.waits),
    },
  }
}
