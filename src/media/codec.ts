import { compileCore } from '#core'
import { type CoreFailure, coreFailure, trapFailure } from './core/core-failure.ts'
import type { CoreExports } from './core/exports.ts'
import { fail, ok, type Result } from './result.ts'

/** An instance whose memory grew past this is dropped after its job: memory never shrinks. */
const KEPT_MEMORY = 32 * 2 ** 20

/** Outcomes of a step that the pump itself understands; every other one above 0 is the job's own event. */
const DONE = 0
const NEED_INPUT = 1

/**
 * A job of the core: what `runJob` calls, in this order. All of it is synchronous, so jobs never interleave.
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

let compiled: Promise<WebAssembly.Module> | undefined
let kept: CoreExports | undefined

/** Waits until the core can run. Every job does it by itself; calling it early hides the compile time. */
export async function readyCore(): Promise<void> {
  // A failed compile is not kept: a browser's fetch may succeed the next time.
  compiled ??= compileCore().catch((reason: unknown) => {
    compiled = undefined
    throw reason
  })
  const module = await compiled
  kept ??= new WebAssembly.Instance(module, {}).exports as unknown as CoreExports
}

/**
 * Runs a job on the one instance that the isolate keeps. The input stays where it is: the core asks for windows of it
 * and gets each copied. A trap ends the instance, not the process, and comes back as a value.
 */
export async function runJob<E extends CoreExports, T>(
  input: Uint8Array,
  job: CoreJob<E, T>,
): Promise<Result<T, CoreFailure>> {
  await readyCore()
  const core = kept as E
  // Whatever leaves this block by an exception leaves the instance in an unknown state.
  kept = undefined
  let result: Result<T, CoreFailure>
  try {
    result = pump(core, input, job)
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    return fail(trapFailure(new DataView(core.memory.buffer).getInt32(core.status_ptr(), true)))
  }
  if (core.memory.buffer.byteLength <= KEPT_MEMORY) kept = core
  return result
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
