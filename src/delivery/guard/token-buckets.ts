import type { Clock } from '../../domain/ports.ts'

/** How fast each key may go. */
export type TokenBucketLimits = {
  /** Tokens that a rested key has. */
  readonly capacity: number
  /** Tokens that come back in a minute. */
  readonly perMinute: number
  /** Keys remembered at once; past it the one untouched for longest is forgotten. */
  readonly keys: number
}

/** One bucket a key. It counts for this isolate alone: a bound on what one isolate can be made to do, not a quota. */
export type TokenBuckets = {
  /** Takes a token: 0, or the milliseconds until there is one. */
  readonly take: (key: string) => number
}

/** Makes buckets that fill by the clock, not by timers. */
export function createTokenBuckets(limits: TokenBucketLimits, clock: Clock): TokenBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>()
  const perMs = limits.perMinute / 60_000
  return {
    take(key) {
      const now = clock.now()
      const found = buckets.get(key) ?? { tokens: limits.capacity, at: now }
      // A clock that steps back gives nothing and takes nothing.
      const tokens = Math.min(limits.capacity, found.tokens + Math.max(0, now - found.at) * perMs)
      const taken = tokens >= 1
      buckets.delete(key)
      buckets.set(key, { tokens: taken ? tokens - 1 : tokens, at: now })
      if (buckets.size > limits.keys) buckets.delete(buckets.keys().next().value as string)
      return taken ? 0 : Math.ceil((1 - tokens) / perMs)
    },
  }
}
