import type { Clock } from '../domain/ports.ts'

/** A place at the gate; `end` gives it back, once, early or late. */
export type Place = { readonly end: () => void }

/** The gate before everything that holds a file in memory: it counts bytes over all requests of an isolate. */
export type Admission = {
  /** A place for `bytes`, or null when the isolate holds too much already. One file alone is always let in. */
  enter(bytes: number): Place | null
  /** Bytes held now. */
  held(): number
}

/**
 * Makes a gate. Places also end by the clock: a request that dies without a word (a client gone, a limit hit) must not
 * close the gate for the rest of the isolate's life.
 *
 * @param limit bytes held at once
 * @param lifetime milliseconds after which a place ends by itself
 */
export function createAdmission(limit: number, lifetime: number, clock: Clock): Admission {
  const places = new Map<symbol, { bytes: number; endsAt: number }>()
  const sum = (): number => {
    const now = clock.now()
    let total = 0
    for (const [key, place] of places) {
      if (place.endsAt <= now) places.delete(key)
      else total += place.bytes
    }
    return total
  }
  return {
    held: sum,
    enter(bytes) {
      const held = sum()
      if (held > 0 && held + bytes > limit) return null
      const key = Symbol('place')
      places.set(key, { bytes, endsAt: clock.now() + lifetime })
      return { end: () => places.delete(key) }
    },
  }
}
