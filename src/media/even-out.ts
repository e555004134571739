import { rawSize, type WireEncoding, wireSize } from './wire-size.ts'

/** A file of a message once it was fitted to what the plan gave it. */
export type FittedShare = {
  /** Bytes that it became. */
  readonly bytes: number
  /** Bytes that it has at most: those of the source. */
  readonly most: number
  /** How it looks, 0 to 100; none for what is no picture and keeps its bytes. */
  readonly score?: number
}

/** Scores that lie no farther apart than this are even enough: nobody sees the difference, and a fit takes time. */
const EVEN = 3
/** What is above this looks as good as anybody asks: nothing is taken from others for it. */
const GOOD = 92
/** d log(what is missing of the score) / d log(bytes), about, of photos. */
const FALL = 0.78
/** Added to what is missing, so that the logarithm has an end. */
const REST = 1
/** No part changes by more than this factor at once: the line above is only straight nearby. */
const MOST_CHANGE = 3
/** Under this no picture is worth sending. */
const LEAST = 2_000

/**
 * Divides the bytes anew once it is known what they came to: each picture's score is taken to follow its own line, and
 * all get what brings them to the same score. `undefined` when they are even enough already.
 *
 * @param room bytes on the wire for all of them together
 * @returns bytes for each file, before base64
 */
export function evenOut(
  fitted: readonly FittedShare[],
  room: number,
  encoding: WireEncoding,
): readonly number[] | undefined {
  const scores = fitted.flatMap(({ score }) => (score === undefined ? [] : [Math.min(GOOD, score)]))
  if (scores.length < 2 || Math.max(...scores) - Math.min(...scores) <= EVEN) return undefined
  const at = (wanted: number): number[] => fitted.map((part) => bytesFor(part, wanted))
  const wire = (shares: readonly number[]): number =>
    shares.reduce((sum, bytes) => sum + wireSize(bytes, encoding), 0)
  let [low, high] = [0, 100]
  // Thirty halvings are finer than a byte; the sum only grows with the score.
  for (let turn = 0; turn < 30; turn++) {
    const middle = (low + high) / 2
    if (wire(at(middle)) <= room) low = middle
    else high = middle
  }
  const shares = at(low)
  const left = room - wire(shares)
  // What the bounds leave over goes to those that can take it.
  const open = shares.flatMap((bytes, i) =>
    (fitted[i]?.most ?? 0) > bytes && fitted[i]?.score !== undefined ? [i] : [],
  )
  if (left <= 0 || open.length === 0) return left < 0 ? undefined : shares
  const extra = Math.floor(left / open.length)
  return shares.map((bytes, i) =>
    open.includes(i)
      ? Math.min(fitted[i]?.most ?? bytes, rawSize(wireSize(bytes, encoding) + extra, encoding))
      : bytes,
  )
}

/** The bytes at which a part about has this score. */
function bytesFor({ bytes, most, score }: FittedShare, wanted: number): number {
  if (score === undefined) return bytes
  const missing = 100 - Math.min(GOOD, score) + REST
  const factor = (missing / (100 - wanted + REST)) ** (1 / FALL)
  const change = Math.min(MOST_CHANGE, Math.max(1 / MOST_CHANGE, factor))
  return Math.floor(Math.min(most, Math.max(LEAST, bytes * change)))
}
