/** When a message is tried again. Pure: chance is given, so that tests repeat. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Waits after the first, second, third ... attempt; the last one repeats. */
const WAITS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE] as const

/** Belino's own limits of patience, in milliseconds. */
export const PATIENCE = {
  /** A message is tried for this long (the longest that large vendors promise too). */
  giveUp: 10 * HOUR,
  /** A message that retries holds the ones behind it for this long at most. */
  hold: 2 * MINUTE,
  /** An attempt that was cut is looked at again after this long even if nothing else wakes the object. */
  watchdog: 15 * SECOND,
  /** How long an event's claim is remembered: vendors repeat for up to 3 days. */
  claims: 8 * 24 * HOUR,
  /** A message to somebody who wrote within this is a reply, and goes before bulk. */
  reply: 24 * HOUR,
  /** A reply of a number or of a choice's words answers what was offered within this. */
  choice: 7 * 24 * HOUR,
  /** When the line of a number did not answer, it is asked again after this. */
  pacer: SECOND,
  /** A vendor that asks for a pause without saying how long gets this. */
  pause: 5 * SECOND,
  /** Waits for a turn that are shorter than this are not worth a line of history. */
  untold: 5 * SECOND,
} as const

/** Spread around a wait, so that many messages of one outage do not return at once. */
const JITTER = 0.2

/**
 * Milliseconds until the next attempt after `attempts` (1 or more) have failed, or null when the message has been tried
 * for long enough. A wait that the vendor asked for is kept exactly, never shortened.
 *
 * @param random a number from 0 to 1
 */
export function nextWait(
  attempts: number,
  triedForMs: number,
  retryAfterMs: number | null,
  random: number,
): number | null {
  const base = WAITS[Math.min(attempts, WAITS.length) - 1] ?? WAITS[0]
  const wait = retryAfterMs ?? Math.round(base * (1 + JITTER * (2 * random - 1)))
  return triedForMs + wait > PATIENCE.giveUp ? null : wait
}

/** Milliseconds until the index is tried again after `failures` failures in a row. */
export const projectionWait = (failures: number): number =>
  Math.min(MINUTE, SECOND * 2 ** Math.min(failures, 6))

/** Waits between tries to copy inbound media: 10 tries within about an hour; null after the last. */
export function copyWait(tries: number): number | null {
  const waits = [2, 5, 10, 30, 60, 180, 420, 900, 1800]
  const seconds = waits[tries - 1]
  return seconds === undefined ? null : seconds * SECOND
}
