/** How often and how patiently a storage operation is tried. */
export type Retry = {
  /** Attempts in all, from 1. */
  readonly tries: number
  /** Longest pause before the second attempt, in milliseconds; it doubles before each later one. */
  readonly pause: number
  /** Waits for a number of milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>
  /** A number from 0 up to 1. */
  readonly random: () => number
}

/** At most 5 attempts within about three quarters of a second: a request is waiting behind them. */
export const RETRY: Retry = {
  tries: 5,
  pause: 50,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: Math.random,
}

/**
 * Runs `attempt` until it succeeds, `worthwhile` says that another try cannot help, or the tries are used up; then
 * throws what the last attempt threw. The pause is drawn from its whole range, so that callers who failed together do
 * not come back together.
 */
export async function retrying<T>(
  retry: Retry,
  worthwhile: (error: unknown) => boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt()
    } catch (error) {
      if (tried >= retry.tries || !worthwhile(error)) throw error
      await retry.sleep(retry.pause * 2 ** (tried - 1) * retry.random())
    }
  }
}
