import { advance } from '../domain/state.ts'
import { failover } from './failover.ts'
import type { Log } from './log.ts'
import type { LoggedMessage } from './log-rows.ts'
import { divideByMember } from './members.ts'
import { refusedOnMms } from './other-channel.ts'
import { Outcomes } from './outcomes.ts'
import { messageOfPiece } from './piece-rows.ts'
import type { DeliveryPorts } from './ports.ts'
import { refit, refusedForSize } from './refit.ts'
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
  /** The number's line wants this thread to ask again then. In memory only: asked earlier, the line says the same. */
  #turnAt = 0
  #toldOf: string | null = null

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
    return earliest === null ? null : Math.max(earliest, this.#turnAt)
  }

  /** Works until nothing is due. Never throws for what the far side does. */
  async run(): Promise<void> {
    for (;;) {
      const next = this.#ports.clock.now() < this.#turnAt ? null : this.#nextDueMessage()
      if (next === null) return
      await this.#handle(next)
    }
  }

  #nextDueMessage(): LoggedMessage | null {
    const now = this.#ports.clock.now()
    let passed: LoggedMessage | null = null
    for (const waiting of this.#log.outbox(LOOK_AHEAD)) {
      if (waiting.dueAt !== null && waiting.dueAt <= now) {
        if (passed !== null && passed.attempts > 0 && waiting.attempts === 0)
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
    if (await refit(this.#log, this.#ports, this.#outcomes, waiting)) return
    if (now >= waiting.validUntil)
      return this.#outcomes.end(message, { state: 'expired', reason: 'expired' }, null, null, now)
    if (!(await this.#turn(waiting))) return
    // While the number's line was asked, somebody may have canceled it, or a report proved that it went.
    const current = this.#log.find(message.id)
    if (current === null || current.dueAt === null) return
    try {
      await divideByMember(this.#log, this.#ports, current.message)
    } catch (error) {
      this.#ports.log('divide_failed', { message: message.id, error: String(error).slice(0, 200) })
      return this.#log.change(message.id, { dueAt: this.#ports.clock.now() + PATIENCE.pause }, now)
    }
    await this.#attempt(this.#log.find(message.id) ?? current)
  }

  /** Whether the number's line lets the message go now; else the lane comes back when it says. */
  async #turn({ message, validUntil }: LoggedMessage): Promise<boolean> {
    const { account, id } = message
    const number = message.via ?? message.from
    const asked = this.#ports.clock.now()
    let notBefore: number
    try {
      const reply = this.#log.heardSince(asked - PATIENCE.reply)
      notBefore = await this.#ports.pacer.reserve({ account, number, message: id, reply })
    } catch (error) {
      this.#ports.log('pacer_failed', { message: id, error: String(error).slice(0, 200) })
      notBefore = asked + PATIENCE.pacer
    }
    const now = this.#ports.clock.now()
    if (notBefore <= now) return true
    // It must still be seen to expire.
    this.#turnAt = Math.min(notBefore, Math.max(validUntil, now))
    if (notBefore - now >= PATIENCE.untold && this.#toldOf !== id) {
      this.#toldOf = id
      const detail = `Waits about ${Math.round((notBefore - now) / 1000)} s for its turn among the messages of ${number}.`
      this.#log.note(id, { event: 'paced', detail, attempt: null, vendorCode: null }, now)
    }
    return false
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
    const piece = this.#log.pieces.next(message.id)
    const travels = piece === null ? message : messageOfPiece(message, piece)
    const others = message.to.filter((one) => !travels.to.includes(one))
    const outcome = await callVendor(this.#ports, travels, waiting.validUntil, others)
    const now = this.#ports.clock.now()
    this.#log.endAttempt(message.id, n, outcome.kind, 'detail' in outcome ? outcome.detail : null, now)
    if (refusedForSize(this.#log, this.#ports, message.id, n, outcome, piece)) return
    if (refusedOnMms(this.#log, this.#ports, message.id, n, outcome)) return
    if (await failover(this.#log, this.#ports, message.id, n, outcome)) return
    this.#outcomes.settle(message.id, n, outcome, now, piece)
    if (outcome.kind === 'later' && outcome.reason === 'rate_limited')
      await this.#ports.pacer
        .pause(message.account, message.via ?? message.from, now + (outcome.retryAfter ?? PATIENCE.pause))
        .catch((error) =>
          this.#ports.log('pacer_failed', { message: message.id, error: String(error).slice(0, 200) }),
        )
  }
}
