/**
 * Waits at named steps, for tests that cut the power there. Only local development can set a step; everywhere else
 * these functions hand back what they were given.
 */

/** Long enough for any test to cut the power, and not for ever. */
const PAUSE_MS = 30_000

async function pause(step: string): Promise<void> {
  console.log(`paused at ${step}`)
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
}

/** Waits once `work` is done, before its outcome is handed on. */
export function pauseAfter<A extends unknown[], R>(
  pauseAt: string | null,
  step: string,
  work: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  if (pauseAt !== step) return work
  return async (...args) => {
    const outcome = await work(...args)
    await pause(step)
    return outcome
  }
}

/** Waits before `work` begins. */
export function pauseBefore<A extends unknown[], R>(
  pauseAt: string | null,
  step: string,
  work: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  if (pauseAt !== step) return work
  return async (...args) => {
    await pause(step)
    return await work(...args)
  }
}
