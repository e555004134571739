import type { Clock } from '../domain/ports.ts'

/** A place at the gate; `end` gives it back, once, early or late. */
export type Place = { readonly end: () => void }

/** The gate before everything that holds a file in memory: it counts bytes over all requests of an isolate. */
export type Admission = {
  /** A place for `bytes`, waiting a little for one; null when the isolate still holds too much. One file alone is always let in. */
  enter(bytes: number): Promise<Place | null>
  /** Bytes held now. */
  held(): number
}

/** How often a waiting request looks again. It looks by its own timer: another request must not have to wake it. */
const LOOK_MS = 20

/**
 * Makes a gate. Places also end by the clock: a request that dies without a word (a client gone, a limit hit) must not
 * close the gate for the rest of the isolate's life.
 */
export function createAdmission(options: {
  /** Bytes held at once. */
  readonly limit: number
  /** Milliseconds after which a place ends by itself. */
  readonly lifetime: number
  /** Milliseconds that a request waits for a place. */
  readonly patience: number
  readonly clock: Clock
}): Admission {
  const { limit, lifetime, patience, clock } = options
  const places = new Map<symbol, { bytes: number; endsAt: number }>()
  const held = (): number => {
    const now = clock.now()
    let total = 0
    for (const [key, place] of places) {
      if (place.endsAt <= now) places.delete(key)
      else total += place.bytes
    }
    return total
  }
  return {
    held,
    async enter(bytes) {
      for (let waited = 0; ; waited += LOOK_MS) {
        const before = held()
        if (before === 0 || before + bytes <= limit) {
          const key = Symbol('place')
          places.set(key, { bytes, endsAt: clock.now() + lifetime })
          return { end: () => places.delete(key) }
        }
        if (waited >= patience) return null
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
    },
  }
}
