import { compileCore } from '#core'
import { type CoreFailure, trapFailure } from './core/core-failure.ts'
import type { CoreExports } from './core/exports.ts'
import { type CoreJob, runJobOn } from './core/run-job.ts'
import { fail, ok, type Result } from './result.ts'

export type { CoreJob }

/** An instance whose memory grew past this is dropped after its job: memory never shrinks. */
const KEPT_MEMORY = 32 * 2 ** 20

let compiled: Promise<WebAssembly.Module> | undefined
let kept: CoreExports | undefined

/** Compiles the core. Every job waits for it by itself; calling it early hides the time. */
export function readyCore(): Promise<WebAssembly.Module> {
  // A failed compile is not kept: a browser's fetch may succeed the next time.
  compiled ??= compileCore().catch((reason: unknown) => {
    compiled = undefined
    throw reason
  })
  return compiled
}

/** An instance larger than this makes room for a decoder of another kind. */
const SLIM_MEMORY = 16 * 2 ** 20

/** Lets go of the kept instance if it has grown: somebody else's decoder is about to take its memory. */
export function slimCore(): void {
  if (kept !== undefined && kept.memory.buffer.byteLength > SLIM_MEMORY) kept = undefined
}

/**
 * Runs a job on the one instance that the isolate keeps; it is dropped after a trap and when its memory grew large.
 * From the moment the core is compiled until the job's end nothing else runs, so two jobs never meet in it.
 */
export async function runJob<E extends CoreExports, T>(
  input: Uint8Array,
  job: CoreJob<E, T>,
): Promise<Result<T, CoreFailure>> {
  const module = await readyCore()
  const core = kept ?? (new WebAssembly.Instance(module, {}).exports as unknown as CoreExports)
  // Whatever leaves this by an exception leaves the instance in an unknown state.
  kept = undefined
  const { result, trapped } = runJobOn(core as E, input, job)
  if (!trapped && core.memory.buffer.byteLength <= KEPT_MEMORY) kept = core
  return result
}

/**
 * Lends the kept instance to work that waits for others in between, such as decoders of frames: jobs that come
 * meanwhile get an instance of their own. Ends as {@link runJob} does; `work` must not use the core afterwards.
 */
export async function lendCore<E extends CoreExports, T>(
  work: (core: E) => Promise<T>,
): Promise<Result<T, CoreFailure>> {
  const module = await readyCore()
  const core = kept ?? (new WebAssembly.Instance(module, {}).exports as unknown as CoreExports)
  kept = undefined
  try {
    const value = await work(core as E)
    if (core.memory.buffer.byteLength <= KEPT_MEMORY) kept = core
    return ok(value)
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    return fail(trapFailure(new DataView(core.memory.buffer).getInt32(core.status_ptr(), true)))
  }
}
