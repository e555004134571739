import type { Pace } from '../domain/number.ts'

/**
 * How one number's messages take turns, across conversations: replies before bulk, so many a second, a minute, a day.
 * Pure: whoever asks too early is told when to ask again, and its place is kept meanwhile.
 */

/** Whether a message answers somebody who wrote lately, or starts by itself. */
export type Urgency = 'reply' | 'bulk'

/** A place in the line, and the time that was promised for it. */
export type Ticket = { readonly urgency: Urgency; readonly place: number; readonly promised: number }

/** Places given out, and those whose messages have left or were given up. */
type Queue = { readonly taken: number; readonly gone: number }

/** Messages that left within a stretch of time; `from` is milliseconds since 1970. */
type Stretch = { readonly from: number; readonly count: number }

/** What a number remembers of its messages. */
export type Line = {
  /** The earliest time of the next message by the pace of seconds. */
  readonly next: number
  /** Until then the vendor wants none. */
  readonly pausedUntil: number
  readonly reply: Queue
  readonly bulk: Queue
  readonly minute: readonly Stretch[]
  readonly day: readonly Stretch[]
}

/** A number that never sent. */
export const EMPTY_LINE: Line = {
  next: 0,
  pausedUntil: 0,
  reply: { taken: 0, gone: 0 },
  bulk: { taken: 0, gone: 0 },
  minute: [],
  day: [],
}

/** The answer to whoever asks: with `notBefore` now or earlier it may go, and has no ticket any more. */
export type Turn = { readonly line: Line; readonly ticket: Ticket | null; readonly notBefore: number }

/**
 * Who comes late makes the ones behind come late: this much is caught up, in milliseconds, so that the pace holds over
 * time. More would be a burst.
 */
const CATCH_UP = 2_000

/** A ticket whose message did not come back for this long after its time is given up, in milliseconds. */
export const GIVEN_UP = 60_000

/** The windows of the caps: counted in stretches, so that their state stays small; a stretch leaves as a whole. */
const MINUTE = { length: 60_000, grain: 1_000 } as const
const DAY = { length: 86_400_000, grain: 900_000 } as const

const waiting = (queue: Queue): number => Math.max(0, queue.taken - queue.gone)

/** Asks for a turn at `now`. Time may stand still between calls, and does not run backwards. */
export function ask(line: Line, pace: Pace, held: Ticket | null, urgency: Urgency, now: number): Turn {
  const kind = held?.urgency ?? urgency
  const queue = line[kind]
  const place = held?.place ?? queue.taken
  const before = Math.max(0, place - queue.gone)
  const ahead = kind === 'reply' ? before : before + waiting(line.reply)
  const interval = pace.perSecond === null ? 0 : 1000 / pace.perSecond
  const minute = kept(line.minute, MINUTE, now)
  const day = kept(line.day, DAY, now)
  const notBefore = Math.ceil(
    Math.max(
      line.pausedUntil,
      interval === 0 ? 0 : Math.max(line.next, line.pausedUntil) + ahead * interval,
      pace.perMinute === null ? 0 : free(minute, MINUTE, pace.perMinute, ahead, now),
      pace.perDay === null ? 0 : free(day, DAY, pace.perDay, ahead, now),
    ),
  )
  if (notBefore > now)
    return {
      line: {
        ...line,
        minute,
        day,
        ...(held === null ? { [kind]: { ...queue, taken: queue.taken + 1 } } : {}),
      },
      ticket: { urgency: kind, place, promised: notBefore },
      notBefore,
    }
  const others = waiting(line.reply) + waiting(line.bulk) - (held === null ? 0 : 1)
  return {
    line: {
      ...line,
      next: interval === 0 ? line.next : Math.max(line.next, others > 0 ? now - CATCH_UP : now) + interval,
      minute: pace.perMinute === null ? [] : counted(minute, MINUTE, now),
      day: pace.perDay === null ? [] : counted(day, DAY, now),
      ...(held === null ? {} : { [kind]: { ...queue, gone: queue.gone + 1 } }),
    },
    ticket: null,
    notBefore,
  }
}

/** A vendor wants a pause: nothing goes before `until`. A longer one stands. */
export const pause = (line: Line, until: number): Line => ({
  ...line,
  pausedUntil: Math.max(line.pausedUntil, until),
})

/** The place of a message that does not come back goes to the ones behind it. */
export const giveUp = (line: Line, ticket: Pick<Ticket, 'urgency'>): Line => ({
  ...line,
  [ticket.urgency]: { ...line[ticket.urgency], gone: line[ticket.urgency].gone + 1 },
})

type Window = typeof MINUTE | typeof DAY

const leaves = (stretch: Stretch, window: Window): number => stretch.from + window.grain + window.length

const kept = (stretches: readonly Stretch[], window: Window, now: number): readonly Stretch[] =>
  stretches.some((one) => leaves(one, window) <= now)
    ? stretches.filter((one) => leaves(one, window) > now)
    : stretches

/** When a message may go that `ahead` others precede, so that no window holds more than `cap`. */
function free(
  stretches: readonly Stretch[],
  window: Window,
  cap: number,
  ahead: number,
  now: number,
): number {
  if (cap < 1) return now + window.length
  // What is ahead beyond one cap's worth fills whole windows of its own.
  const later = Math.floor(ahead / cap) * window.length
  const room = cap - 1 - (ahead % cap)
  let inside = stretches.reduce((sum, one) => sum + one.count, 0)
  let at = later === 0 ? 0 : now + later
  for (const one of stretches) {
    if (inside <= room) break
    inside -= one.count
    at = leaves(one, window) + later
  }
  return at
}

function counted(stretches: readonly Stretch[], window: Window, now: number): readonly Stretch[] {
  const from = Math.floor(now / window.grain) * window.grain
  const last = stretches.at(-1)
  if (last?.from === from) return [...stretches.slice(0, -1), { from, count: last.count + 1 }]
  return [...stretches, { from, count: 1 }]
}
