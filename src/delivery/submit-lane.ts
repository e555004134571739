import { advance } from '../domain/state.ts'
import type { Log } from './log.ts'
import type { LoggedMessage } from './log-rows.ts'
import { Outcomes } from './outcomes.ts'
import type { DeliveryPorts } from './ports.ts'
import { PATIENCE } from './schedule.ts'
import { advanceAll, standingOf } from './standing.ts'
import { callVendor } from './vendor-call.ts'

/** How many waiting messages one look at the outbox considers: those behind a held one that may pass. */
const LOOK_AHEAD = 50

/** Submits the messages of one conversation: one at a time, in the order of their sequence numbers. */
export class SubmitLane {
  readonly #log: Log
  readonly #ports: DeliveryPorts
  readonly #outcomes: Outcomes

  constructor(log: Log, ports: DeliveryPorts) {
    this.#log = log
    this.#ports = ports
    this.#outcomes = new Outcomes(log, ports)
  }

  /** When this lane wants to run next; null when nothing waits. */
  nextDue(now: number): number | null {
    let earliest: number | null = null
    const sooner = (at: number): void => {
      earliest = earliest === null ? at : Math.min(earliest, at)
    }
    for (const waiting of this.#log.outbox(LOOK_AHEAD)) {
      const due = waiting.dueAt ?? now
      sooner(due)
      if (due <= now) break
      // The ones behind it may go when its hold ends, if that is sooner than its own next attempt.
      const heldUntil = waiting.holdUntil ?? now
      if (heldUntil > now) {
        sooner(heldUntil)
        break
      }
    }
    return earliest
  }

  /** Works until nothing is due. Never throws for what the far side does. */
  async run(): Promise<void> {
    for (;;) {
      const next = this.#nextDueMessage()
      if (next === null) return
      await this.#handle(next)
    }
  }

  #nextDueMessage(): LoggedMessage | null {
    const now = this.#ports.clock.now()
    let passed: LoggedMessage | null = null
    for (const waiting of this.#log.outbox(LOOK_AHEAD)) {
      if (waiting.dueAt !== null && waiting.dueAt <= now) {
        if (passed !== null && waiting.attempts === 0)
          this.#log.note(
            waiting.message.id,
            {
              event: 'passed',
              detail: `Sent before message ${passed.message.sequence}, which has been retrying for more than ${PATIENCE.hold / 60_000} minutes.`,
              attempt: null,
              vendorCode: null,
            },
            now,
          )
        return waiting
      }
      if ((waiting.holdUntil ?? now) > now) return null
      passed = waiting
    }
    return null
  }

  async #handle(waiting: LoggedMessage): Promise<void> {
    const { message } = waiting
    const now = this.#ports.clock.now()
    const cut = this.#log.openAttempt(message.id)
    if (cut !== null) {
      this.#log.endAttempt(message.id, cut, 'unknown', 'cut before an answer came', now)
      this.#log.change(
        message.id,
        {
          outcomeUnknown: true,
          entry: {
            event: 'attempt_unknown',
            detail: 'The attempt was cut before an answer came.',
            attempt: cut,
            vendorCode: null,
          },
        },
        now,
      )
      return await this.#outcomes.resolve({ ...waiting, outcomeUnknown: true })
    }
    if (waiting.outcomeUnknown) return await this.#outcomes.resolve(waiting)
    if (now >= waiting.validUntil)
      return this.#outcomes.end(message, { state: 'expired', reason: 'expired' }, null, null, now)
    await this.#attempt(waiting)
  }

  async #attempt(waiting: LoggedMessage): Promise<void> {
    const { message } = waiting
    const started = this.#ports.clock.now()
    const n = waiting.attempts + 1
    this.#log.beginAttempt(message.id, n, started)
    this.#log.change(
      message.id,
      {
        standing: advance(standingOf(message), { state: 'submitting' }),
        recipients: advanceAll(message.recipients, { state: 'submitting' }),
        attempts: n,
        firstAttemptAt: waiting.firstAttemptAt ?? started,
        holdUntil: waiting.holdUntil ?? started + PATIENCE.hold,
        entry: { event: 'submitting', detail: null, attempt: n, vendorCode: null },
      },
      started,
    )
    const outcome = await callVendor(this.#ports, message, waiting.validUntil)
    const now = this.#ports.clock.now()
    this.#log.endAttempt(message.id, n, outcome.kind, 'detail' in outcome ? outcome.detail : null, now)
    this.#outcomes.settle(message.id, n, outcome, now)
  }
}
