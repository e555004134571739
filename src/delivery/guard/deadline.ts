/** Runs a function after some milliseconds; the answer calls it off. */
export type Timer = (milliseconds: number, run: () => void) => () => void

/** The timer of the platform. */
export const platformTimer: Timer = (milliseconds, run) => {
  const handle = setTimeout(run, milliseconds)
  return () => clearTimeout(handle)
}

/** Why a deadline rejects. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/** One end for a piece of work, as a signal for what listens to signals and as a race for what does not. */
export type Deadline = {
  readonly signal: AbortSignal
  /** The work's own outcome, or a rejection with `DeadlineError` as soon as the time is up. */
  readonly race: <T>(work: Promise<T>) => Promise<T>
  /** Ends the time early unless called off within `milliseconds`. */
  readonly within: (milliseconds: number, what: string) => () => void
  /** Stops the clock. The signal stays as it is. */
  readonly stop: () => void
}

/** A deadline `milliseconds` from now. Call `stop` when the work is over. */
export function createDeadline(milliseconds: number, timer: Timer): Deadline {
  const controller = new AbortController()
  const { signal } = controller
  const end = (what: string): void => controller.abort(new DeadlineError(what))
  const stop = timer(milliseconds, () => end('total'))
  return {
    signal,
    stop,
    within: (part, what) => timer(part, () => end(what)),
    race: <T>(work: Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        const late = (): void => reject(signal.reason)
        if (signal.aborted) late()
        else signal.addEventListener('abort', late, { once: true })
        work.then(resolve, reject).finally(() => signal.removeEventListener('abort', late))
      }),
  }
}
