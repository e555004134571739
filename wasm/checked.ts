/**
 * Only in the checked build: keeps a map of which bytes of linear memory belong to somebody, and traps on any access
 * to others. `checked.mjs` puts a `Checked.guard` around every raw access and a `Checked.region` behind every fixed region.
 */
/** For each 16 bytes of the 64 MiB there can be: how many of them, from the first, belong to somebody. */
const SHADOW: usize = memory.data(4 << 20, 16)
const GRANULE: usize = 16

// The compiler's decorator: no file needs to import it.
@global
// biome-ignore lint/complexity/noStaticOnlyClass: -- a function cannot be decorated in TypeScript's grammar
export class Checked {
  /** Gives `bytes` at `at` (a multiple of 16) to somebody, and takes the rest of the last 16 from everybody. */
  static region(at: usize, bytes: usize): void {
    const first = at / GRANULE
    const whole = bytes / GRANULE
    memory.fill(SHADOW + first, 16, whole)
    if (bytes % GRANULE) store<u8>(SHADOW + first + whole, (bytes % GRANULE) as u8)
  }

  /** Gives a constant table to everybody. Tables stand anywhere, side by side, so 16 bytes that they share count whole. */
  static table(at: usize, bytes: usize): void {
    for (let granule = at / GRANULE; granule * GRANULE < at + bytes; granule++) {
      const used = min(at + bytes - granule * GRANULE, GRANULE) as u8
      store<u8>(SHADOW + granule, max(load<u8>(SHADOW + granule), used))
    }
  }

  /** Takes everything from `at` on from everybody, up to `to`. */
  static nobody(at: usize, to: usize): void {
    const first = (at + GRANULE - 1) / GRANULE
    const last = to / GRANULE
    if (last > first) memory.fill(SHADOW + first, 0, last - first)
  }

  /** Passes `at` on when the `bytes` at `at + offset` belong to somebody, and traps when they do not. */
  static guard(at: usize, offset: usize, bytes: usize): usize {
    const from = (at as u64) + (offset as u64)
    const to = from + (bytes as u64)
    if (to > 64 << 20) stray(at + offset)
    for (let granule = from / 16; granule * 16 < to; granule++) {
      const needed = min(to - granule * 16, 16)
      if (load<u8>(SHADOW + (granule as usize)) < (needed as u8)) stray(at + offset)
    }
    return at
  }
}

let strayAddress: usize = 0

function stray(at: usize): void {
  strayAddress = at
  unreachable()
}

/** Where the access was that trapped. */
export function stray_at(): usize {
  return strayAddress
}

/** For tests of the map itself: traps when the byte at `at` belongs to nobody. */
export function touch(at: usize): void {
  Checked.guard(at, 0, 1)
}
