import type { Failure } from '../domain/failure.ts'
import { ok, type Result } from '../domain/result.ts'
import { evenOut, type Plan, rawSize, type WireEncoding, wireSize } from '../media/index.ts'

/** A file among several that share a number of bytes. */
export type Sharer = {
  /** Of the source. */
  readonly bytes: number
  /** Whether it takes fewer bytes when it gets fewer: pictures. */
  readonly compressible: boolean
}

/** What a fit has to say of what it made. */
type Made = { readonly bytes: number; readonly score?: number | undefined }

/** Times that the bytes are divided anew: the first comes near, the second within two points of the best there is. */
const CORRECTIONS = 2
/** Bytes that are left to each picture whatever else a message holds. */
const LEAST_PICTURE = 2_000
/** A part that would change by less than this is left as it is. */
const SLIGHT = 0.02

/**
 * Fits files to the shares of a plan, and divides the bytes anew where the scores come out uneven, so that the worst of
 * them looks as good as it can.
 *
 * @param fitOne makes file `index` fit `budget` bytes, before base64; called again for those whose share changes
 */
export async function fitEvenly<T extends Made>(
  sharers: readonly Sharer[],
  { shares, spare }: Plan,
  encoding: WireEncoding,
  fitOne: (index: number, budget: number) => Promise<Result<T, Failure>>,
): Promise<Result<readonly T[], Failure>> {
  const wire = (bytes: number): number => wireSize(bytes, encoding)
  const budgets = sharers.map((_, index) => shares[index]?.budget ?? 0)
  const room = budgets.reduce((sum, budget) => sum + wire(budget), Math.max(0, spare))
  const first = new Array<T>(sharers.length)
  const fixed = [...sharers.keys()].filter((index) => !sharers[index]?.compressible)
  // Small shares first: what they leave unused goes to the large ones.
  const pictures = [...sharers.keys()]
    .filter((index) => sharers[index]?.compressible)
    .sort((a, b) => (budgets[a] ?? 0) - (budgets[b] ?? 0))
  // What keeps its bytes can still grow by some when it is cleaned: it comes first, and the pictures share the rest.
  let left = room
  let claimed = fixed.reduce((sum, index) => sum + wire(sharers[index]?.bytes ?? 0), 0)
  for (const index of fixed) {
    claimed -= wire(sharers[index]?.bytes ?? 0)
    const most = left - claimed - pictures.length * wire(LEAST_PICTURE)
    const fitted = await fitOne(index, Math.max(budgets[index] ?? 0, rawSize(most, encoding)))
    if (!fitted.ok) return fitted
    first[index] = fitted.value
    left -= wire(fitted.value.bytes)
  }
  let wanted = pictures.reduce((sum, index) => sum + wire(budgets[index] ?? 0), 0)
  for (const [position, index] of pictures.entries()) {
    const share = wire(budgets[index] ?? 0)
    const extra = (left - wanted) / (pictures.length - position)
    const granted = Math.floor(extra >= 0 ? share + extra : (share * left) / wanted)
    const fitted = await fitOne(index, rawSize(granted, encoding))
    if (!fitted.ok) return fitted
    first[index] = fitted.value
    left -= wire(fitted.value.bytes)
    wanted -= share
  }
  let made: readonly T[] = first
  let best = made
  for (let turn = 0; turn < CORRECTIONS; turn++) {
    const even = evenOut(
      made.map(({ bytes, score }, index) => {
        const { bytes: most = bytes, compressible = false } = sharers[index] ?? {}
        return { bytes, most, ...(compressible && score !== undefined ? { score } : {}) }
      }),
      room,
      encoding,
    )
    if (even === undefined) break
    const next = [...made]
    for (const [index, one] of made.entries()) {
      const budget = even[index] ?? one.bytes
      const whole = one.score === 100
      if (budget >= one.bytes && (whole || budget < one.bytes * (1 + SLIGHT))) continue
      const fitted = await fitOne(index, budget)
      // What cannot be made that small decides: the best division before it stands.
      if (!fitted.ok) return ok(best)
      next[index] = fitted.value
    }
    const total = next.reduce((sum, { bytes }) => sum + wire(bytes), 0)
    if (total > room) break
    // One that came out worse still teaches the next one.
    made = next
    if (lowest(made) > lowest(best)) best = made
  }
  return ok(best)
}

function lowest(made: readonly Made[]): number {
  return Math.min(...made.map(({ score = 100 }) => score))
}
