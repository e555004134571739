import type { Clock } from '../../domain/ports.ts'

/** A few values, each remembered for a while. For this isolate alone. */
export type Recent<T> = {
  readonly get: (key: string) => T | undefined
  readonly set: (key: string, value: T) => void
}

/** Remembers at most `most` values for `lifetime` milliseconds each; the oldest makes room. */
export function createRecent<T>(lifetime: number, most: number, clock: Clock): Recent<T> {
  const entries = new Map<string, { value: T; until: number }>()
  return {
    get(key) {
      const found = entries.get(key)
      if (found === undefined) return undefined
      if (clock.now() < found.until) return found.value
      entries.delete(key)
      return undefined
    },
    set(key, value) {
      entries.delete(key)
      entries.set(key, { value, until: clock.now() + lifetime })
      if (entries.size > most) entries.delete(entries.keys().next().value as string)
    },
  }
}
