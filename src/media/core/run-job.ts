import { fail, ok, type Result } from '../result.ts'
import { type CoreFailure, coreFailure, trapFailure } from './core-failure.ts'
import type { CoreExports } from './exports.ts'

/** Outcomes of a step that are understood here; every other one above 0 is the job's own event. */
const DONE = 0
const NEED_INPUT = 1

/**
 * A job of the core: what is called, in this order. All of it is synchronous, so jobs never interleave.
 *
 * @typeParam E the exports that the job uses
 * @typeParam T what it gives
 */
export interface CoreJob<E extends CoreExports, T> {
  /** Starts the job: it resets the arena. */
  begin(core: E): void
  /** Goes on: 0 done, 1 input wanted, below 0 a failure, else an event. */
  step(core: E): number
  /** Answers an event, before the next step. A failure ends the job. */
  event?(core: E, event: number): CoreFailure | undefined
  /** Takes the result out of the core's memory. */
  end(core: E): T
}

/** How a job ended, and whether its instance can take another. */
export interface JobEnd<T> {
  readonly result: Result<T, CoreFailure>
  readonly trapped: boolean
}

/**
 * Runs a job on an instance. The input stays where it is: the core asks for windows of it and gets each copied. A
 * trap ends the instance, not the process, and comes back as a value. Throws what the job's own code throws.
 */
export function runJobOn<E extends CoreExports, T>(
  core: E,
  input: Uint8Array,
  job: CoreJob<E, T>,
): JobEnd<T> {
  try {
    return { result: pump(core, input, job), trapped: false }
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    const status = new DataView(core.memory.buffer).getInt32(core.status_ptr(), true)
    return { result: fail(trapFailure(status)), trapped: true }
  }
}

function pump<E extends CoreExports, T>(
  core: E,
  input: Uint8Array,
  job: CoreJob<E, T>,
): Result<T, CoreFailure> {
  job.begin(core)
  for (;;) {
    const outcome = job.step(core)
    if (outcome === NEED_INPUT) giveInput(core, input)
    else if (outcome === DONE) return ok(job.end(core))
    else if (outcome < 0) return fail(coreFailure(outcome))
    else {
      const failure = job.event?.(core, outcome)
      if (failure) return fail(failure)
    }
  }
}

function giveInput(core: CoreExports, input: Uint8Array): void {
  const from = Math.min(core.input_offset() >>> 0, input.length)
  const to = Math.min(from + core.input_capacity(), input.length)
  new Uint8Array(core.memory.buffer, core.input_ptr(), to - from).set(input.subarray(from, to))
  core.input_given(to - from, to === input.length ? 1 : 0)
}
