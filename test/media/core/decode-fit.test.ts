import { beforeAll, describe, expect, test } from 'vitest'
import type { CoreExports } from '../../../src/media/core/exports.ts'
import { type CoreJob, runJobOn } from '../../../src/media/core/run-job.ts'
import { coreInstances } from './instances.ts'
import { seeded } from './jpeg-writer.ts'
import { mutate } from './mutate.ts'
import { sampleFiles } from './samples.ts'

/** What the fit job exports, as far as it is used here. */
interface FitExports extends CoreExports {
  fit_begin(keep: number, width: number, height: number, chroma: number): void
  fit_step(): number
  fit_encode(...numbers: number[]): number
  fit_output(): number
  fit_output_bytes(): number
}

interface Choice {
  /** Bytes of planes kept whole: 0 has them resampled on the way. */
  readonly keep: number
  readonly width: number
  readonly height: number
  readonly orientation: number
  readonly chroma: number
  readonly budget: number
  readonly best: number
}

/** A whole fit, from file to file, with everything chosen beforehand. */
class Fit implements CoreJob<FitExports, string> {
  readonly #choice: Choice
  constructor(choice: Choice) {
    this.#choice = choice
  }
  begin(core: FitExports): void {
    const { keep, width, height, chroma } = this.#choice
    core.fit_begin(keep, width, height, chroma)
  }
  step(core: FitExports): number {
    return core.fit_step()
  }
  end(core: FitExports): string {
    const { width, height, orientation, chroma, budget, best } = this.#choice
    if (!core.fit_encode(width, height, orientation, chroma, budget, best, 1, 0.05, 6)) return 'does not fit'
    return Buffer.from(core.memory.buffer, core.fit_output(), core.fit_output_bytes()).toString('latin1')
  }
}

function choose(random: () => number): Choice {
  const below = (limit: number) => Math.floor(random() * limit)
  return {
    keep: random() < 0.5 ? 0 : 6_000_000,
    width: 1 + below(random() < 0.3 ? 12 : 82),
    height: 1 + below(random() < 0.3 ? 12 : 60),
    orientation: 1 + below(8),
    chroma: 1 + below(2),
    budget: 700 + below(6000),
    best: below(2),
  }
}

let fresh: () => FitExports
let freshChecked: () => FitExports
const samples = sampleFiles()

beforeAll(async () => {
  fresh = (await coreInstances('release')) as () => FitExports
  freshChecked = (await coreInstances('debug')) as () => FitExports
}, 120_000)

describe('the fit job as a whole', () => {
  test('B-19: no stray access in the checked build, and the same file, whole sources or broken', () => {
    const random = seeded(11)
    const core = fresh()
    const checked = freshChecked()
    let made = 0
    for (let n = 0; n < 1500; n++) {
      const source = samples[n % samples.length]!
      const bytes = n % 3 ? source : mutate(source, random, samples[(n + 2) % samples.length]!)
      const choice = choose(random)
      const ours = runJobOn(core, bytes, new Fit(choice))
      const theirs = runJobOn(checked, bytes, new Fit(choice))
      if (ours.trapped || theirs.trapped) throw new Error(`${n} traps: ${JSON.stringify(choice)}`)
      expect(theirs.result).toEqual(ours.result)
      if (ours.result.ok && ours.result.value !== 'does not fit') made++
    }
    expect(made).toBeGreaterThan(600)
  })
  test('job B after job A is B on a fresh instance', () => {
    const random = seeded(12)
    const core = fresh()
    for (let n = 0; n < 150; n++) {
      const before = samples[Math.floor(random() * samples.length)]!
      runJobOn(core, n % 2 ? before : mutate(before, random, before), new Fit(choose(random)))
      const source = samples[n % samples.length]!
      const choice = choose(random)
      const after = runJobOn(core, source, new Fit(choice))
      expect(after).toEqual(runJobOn(fresh(), source, new Fit(choice)))
    }
  })
})
