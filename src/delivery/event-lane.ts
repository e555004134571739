import type { EventSink } from '../domain/event.ts'
import type { Clock } from '../domain/ports.ts'
import type { EventRows } from './event-rows.ts'
import { projectionWait } from './schedule.ts'

/** Events a call: each may carry a whole message. */
const BATCH = 50

/** What the lane is given. */
export type EventLanePorts = {
  readonly clock: Clock
  readonly events: EventSink
  readonly log: (event: string, facts: Record<string, string | number | null>) => void
}

/**
 * Hands the events of one conversation to its account's log, in order and at least once. It waits on an object of ours,
 * never on a customer's endpoint.
 */
export class EventLane {
  readonly #rows: EventRows
  readonly #ports: EventLanePorts
  readonly #account: () => string | null
  #failures = 0
  #due = 0

  constructor(rows: EventRows, ports: EventLanePorts, account: () => string | null) {
    this.#rows = rows
    this.#ports = ports
    this.#account = account
  }

  /** When this lane wants to run next; null when nothing waits. */
  nextDue(now: number): number | null {
    return this.#rows.waiting() ? Math.max(now, this.#due) : null
  }

  /** Works until nothing waits or the log does not answer. Never throws. */
  async run(): Promise<void> {
    const account = this.#account()
    if (account === null || this.#ports.clock.now() < this.#due) return
    for (;;) {
      const waiting = this.#rows.next(BATCH)
      if (waiting === null) return
      try {
        await this.#ports.events.append(account, waiting.events)
      } catch (error) {
        this.#failures++
        this.#due = this.#ports.clock.now() + projectionWait(this.#failures)
        this.#ports.log('events_failed', { error: String(error).slice(0, 200) })
        return
      }
      this.#failures = 0
      this.#due = 0
      this.#rows.done(waiting.last)
    }
  }
}
