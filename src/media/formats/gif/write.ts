import type { GifExports } from './core.ts'
import type { Film } from './film.ts'
import { fallAt, type Manner, MOST_TOLERANCE } from './outlook.ts'
import { joined, type Part } from './part.ts'
import { type Surveyed, sizeAt } from './survey.ts'

/** A file, or how far the frames came. */
export type Written =
  | { readonly fits: true; readonly bytes: Uint8Array; readonly frames: number; readonly tolerance: number }
  /** `done`: the part of the frames that fitted. */
  | { readonly fits: false; readonly done: number }

/** How far the tolerance may go from the one that was planned: up, and down, where what is saved may be needed later. */
const FREEDOM = 1.7
const FINER = 1.15
/** The part of what is to come that can be made to fit, under which the rest is not worth writing. */
const HOPELESS = 0.94
/** Part of the film from which a frame that does not fit is tried with so many times the tolerance. */
const LATE = 0.85
const COARSER = [1.6, 2.5, 4] as const
/** What the plan counts against what was seen so far: as much as this part of the film. */
const TRUST = 0.08

/**
 * Writes a film in a manner. The tolerance follows what the frames before came to, so that the end of the file and of
 * the budget meet; `aim` is the part of the budget to be used.
 */
export async function writeFilm(
  core: GifExports,
  film: Film,
  surveyed: Surveyed,
  manner: Manner,
  budget: number,
  aim: number,
): Promise<Written> {
  const { width, height } = sizeAt(film, manner.scale)
  const whole = surveyed.whole ? 1 : 0
  const pace = new Pace(surveyed, manner, budget * aim)
  core.anim_size(width, height, budget)
  core.anim_header(film.loops === 0 ? 0 : film.loops === 1 ? -1 : film.loops - 1)
  film.rewind()
  let part: Part | undefined
  let place = -1
  let shownFor = 0
  let time = 0
  let frames = 0
  for (let i = 0; i < surveyed.delays.length; i++) {
    const frame = await film.next(core)
    if (frame === undefined) break
    part = joined(part, frame.part)
    if (i % manner.every === 0) {
      core.anim_shrink(part.left, part.top, part.width, part.height)
      part = undefined
      let bytes = core.anim_write(pace.tolerance ** 2, whole, i === 0 ? 1 : 0)
      for (const coarser of COARSER) {
        // Near the end it is better to draw a frame badly than all of them again.
        if (bytes >= 0 || i < surveyed.delays.length * LATE) break
        core.anim_drop()
        bytes = core.anim_write((pace.tolerance * coarser) ** 2, whole, 0)
      }
      if (bytes < 0) return { fits: false, done: i / surveyed.delays.length }
      if (bytes > 0) {
        if (place >= 0) core.anim_delay(place, hundredths(shownFor, time))
        place = core.anim_keep(whole)
        shownFor = time
        frames++
      }
      pace.wrote(i, core.anim_file_bytes())
      if (pace.fitting < HOPELESS) return { fits: false, done: pace.fitting }
    }
    time += frame.delay
  }
  // A source that gave frames before and gives none now.
  if (place < 0) return { fits: false, done: 1 }
  core.anim_delay(place, hundredths(shownFor, time))
  if (core.anim_end() === 0) return { fits: false, done: 1 }
  const bytes = new Uint8Array(core.memory.buffer, core.anim_file(), core.anim_file_bytes()).slice()
  return { fits: true, bytes, frames, tolerance: pace.mean() }
}

/** The hundredths between two times, so that the sum over all frames is right. */
function hundredths(from: number, to: number): number {
  return Math.min(65_535, Math.max(2, Math.round(to / 10) - Math.round(from / 10)))
}

/** Chooses the tolerance of each frame from what is left of the budget. */
class Pace {
  tolerance: number
  /** Part of the whole file that fits when the rest is as coarse as it may be. */
  fitting = 1
  readonly #planned: number
  readonly #surveyed: Surveyed
  /** Bytes of the survey that are still to come behind each frame. */
  readonly #rest: number[]
  readonly #all: number
  readonly #aim: number
  #sum = 0
  #weight = 0

  constructor(surveyed: Surveyed, manner: Manner, aim: number) {
    this.tolerance = manner.tolerance
    this.#planned = manner.tolerance
    this.#surveyed = surveyed
    this.#aim = aim
    let rest = 0
    this.#rest = surveyed.frameBytes.map(() => 0)
    for (let i = this.#rest.length - 1; i >= 0; i--) {
      this.#rest[i] = rest
      rest += surveyed.frameBytes[i]!
    }
    this.#all = rest
  }

  /** Frame `i` is written, and the file has `bytes` now. */
  wrote(i: number, bytes: number): void {
    const mine = this.#surveyed.frameBytes[i]!
    this.#sum += this.tolerance * mine
    this.#weight += mine
    const rest = this.#rest[i]!
    const done = this.#all - rest
    if (rest <= 0 || done <= 0) return
    // What the rest comes to at the planned tolerance, by the plan and by what the frames before came to.
    const { survey } = this.#surveyed
    const asPlanned = bytes * (fallAt(survey, this.#planned) / fallAt(survey, this.mean()))
    const expected = (rest * (asPlanned + TRUST * this.#aim)) / (done + TRUST * this.#all)
    const room = this.#aim - bytes
    const least = bytes + (expected * fallAt(survey, this.#coarsest())) / fallAt(survey, this.#planned)
    this.fitting = done > 2 * TRUST * this.#all ? Math.min(1, this.#aim / least) : 1
    this.tolerance = room <= 0 ? this.#coarsest() : this.#toleranceFor(room / expected)
  }

  /** The tolerance so far, each frame counting as its bytes. */
  mean(): number {
    return this.#weight > 0 ? this.#sum / this.#weight : this.#planned
  }

  #coarsest(): number {
    return Math.min(MOST_TOLERANCE * FREEDOM, this.#planned * FREEDOM)
  }

  /** The tolerance at which bytes are `part` of those at the planned one. */
  #toleranceFor(part: number): number {
    const { survey } = this.#surveyed
    const planned = fallAt(survey, this.#planned)
    let low = this.#planned / FINER
    let high = this.#coarsest()
    for (let step = 0; step < 20; step++) {
      const middle = Math.sqrt(low * high)
      if (fallAt(survey, middle) / planned > part) low = middle
      else high = middle
    }
    return high
  }
}
