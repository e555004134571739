import type { Message, Recipient } from '../domain/message.ts'
import type { DeliveryReason } from '../domain/reason.ts'
import { advance, rank, type Standing } from '../domain/state.ts'
import type { Carrier, Submission, SubmitOutcome } from '../vendors/contract.ts'
import type { Change, Log, LoggedMessage } from './log.ts'
import type { DeliveryPorts } from './ports.ts'
import { nextWait, PATIENCE } from './schedule.ts'

/** How many waiting messages one look at the outbox considers: those behind a held one that may pass. */
const LOOK_AHEAD = 50
/** After a time-out the vendor is given this long before it is asked what became of the message. */
const ASK_AFTER = 3000

/** Every recipient's standing moved forward with the message's own. */
export const advanceAll = (recipients: readonly Recipient[], standing: Standing): Recipient[] =>
  recipients.map((one) => ({ address: one.address, ...advance(one, standing) }))

/** Submits the messages of one conversation: one at a time, in the order of their sequence numbers. */
export class SubmitLane {
  readonly #log: Log
  readonly #ports: DeliveryPorts

  constructor(log: Log, ports: DeliveryPorts) {
    this.#log = log
    this.#ports = ports
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
      return await this.#resolve({ ...waiting, outcomeUnknown: true })
    }
    if (waiting.outcomeUnknown) return await this.#resolve(waiting)
    if (now >= waiting.validUntil)
      return this.#end(message, { state: 'expired', reason: 'expired' }, null, null, now)
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
    const outcome = await this.#submit(message, waiting.validUntil)
    const now = this.#ports.clock.now()
    this.#log.endAttempt(message.id, n, outcome.kind, 'detail' in outcome ? outcome.detail : null, now)
    this.#settle(message.id, n, outcome, now)
  }

  async #submit(message: Message, validUntil: number): Promise<SubmitOutcome> {
    const carrier = this.#ports.carrier(message.vendor)
    if (carrier === null)
      return {
        kind: 'later',
        reason: 'vendor_credentials',
        vendorCode: null,
        vendorText: `The vendor ${message.vendor} is not set up here.`,
        retryAfter: null,
      }
    try {
      const number = await this.#ports.numbers.find(message.account, message.from)
      if (number === null)
        return {
          kind: 'refused',
          reason: 'sender_not_allowed',
          vendorCode: null,
          vendorText: 'The sending number was removed from the account.',
        }
      const parts = message.parts.map((part) => this.#submissionPart(message.account, part))
      // Storage is asked before the vendor is: a failure there must not look like an attempt of unknown outcome.
      const bodies = new Map<string, Uint8Array>()
      for (const part of parts) bodies.set(part.name, await part.read())
      const submission: Submission = {
        account: message.account,
        reference: message.id,
        channel: message.channel,
        from: message.from,
        fromType: number.type,
        to: message.to,
        subject: message.subject,
        text: message.text,
        parts: parts.map((part) => ({ ...part, read: async () => bodies.get(part.name) ?? part.read() })),
        createdAt: message.createdAt,
        validUntil,
      }
      return await this.#call(carrier, submission)
    } catch (error) {
      this.#ports.log('submit_storage_failed', { message: message.id, error: String(error).slice(0, 200) })
      return {
        kind: 'later',
        reason: 'vendor_unavailable',
        vendorCode: null,
        vendorText: 'Our own storage did not answer.',
        retryAfter: null,
      }
    }
  }

  /** A carrier that throws has a bug; the request may have left all the same. */
  async #call(carrier: Carrier, submission: Submission): Promise<SubmitOutcome> {
    try {
      return await carrier.submit(submission)
    } catch (error) {
      this.#ports.log('carrier_threw', {
        message: submission.reference,
        vendor: carrier.vendor,
        error: String(error).slice(0, 200),
      })
      return { kind: 'unknown', detail: 'The adapter failed while it spoke to the vendor.' }
    }
  }

  #submissionPart(account: string, part: Message['parts'][number]): Submission['parts'][number] {
    const { media, name, type, bytes, width, height } = part
    return {
      name,
      type,
      bytes,
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      url: () => this.#ports.publicUrl(media, name),
      read: async () => {
        const stored = await this.#ports.media.find(account, media)
        const body = stored === null ? null : await this.#ports.media.read(stored)
        if (body === null) throw new Error(`The media ${media} is gone`)
        return body
      },
    }
  }

  /** Writes down what an attempt came to. A report may have overtaken the answer: the state moves forward only. */
  #settle(id: string, n: number, outcome: SubmitOutcome, now: number): void {
    const current = this.#log.find(id)
    if (current === null) return
    const { message } = current
    // A report that overtook the answer already proved that the vendor has it: sending again would double it.
    if (outcome.kind !== 'accepted' && rank(standingOf(message)) >= rank({ state: 'submitted' })) return
    switch (outcome.kind) {
      case 'accepted': {
        this.#submitted(
          current,
          outcome.vendorId,
          { event: 'submitted', detail: null, attempt: n, vendorCode: null },
          now,
        )
        return
      }
      case 'refused': {
        this.#end(
          message,
          { state: 'failed', reason: outcome.reason },
          outcome.vendorCode,
          outcome.vendorText,
          now,
          n,
        )
        return
      }
      case 'later': {
        const tried = now - (current.firstAttemptAt ?? now)
        const wait = nextWait(n, tried, outcome.retryAfter, this.#ports.random())
        if (wait === null) {
          this.#end(
            message,
            { state: 'failed', reason: outcome.reason },
            outcome.vendorCode,
            outcome.vendorText,
            now,
            n,
          )
          return
        }
        this.#log.change(
          id,
          {
            dueAt: now + wait,
            vendorCode: outcome.vendorCode,
            vendorText: outcome.vendorText,
            entry: {
              event: 'retrying',
              detail: `${outcome.reason}; next attempt in ${Math.round(wait / 1000)} s`,
              attempt: n,
              vendorCode: outcome.vendorCode,
            },
          },
          now,
        )
        return
      }
      case 'unknown': {
        this.#log.change(
          id,
          {
            outcomeUnknown: true,
            dueAt: now + ASK_AFTER,
            entry: { event: 'attempt_unknown', detail: outcome.detail, attempt: n, vendorCode: null },
          },
          now,
        )
        return
      }
    }
  }

  /** Asks the vendor about an attempt whose outcome is not known, before anything is sent again. */
  async #resolve(waiting: LoggedMessage): Promise<void> {
    const { message } = waiting
    const carrier = this.#ports.carrier(message.vendor)
    const answer =
      carrier === null
        ? ({ kind: 'later' } as const)
        : await carrier
            .query({ account: message.account, reference: message.id })
            .catch(() => ({ kind: 'later' }) as const)
    const now = this.#ports.clock.now()
    const current = this.#log.find(message.id)
    if (current === null) return
    const attempt = current.attempts
    switch (answer.kind) {
      case 'found':
        return this.#submitted(
          current,
          answer.vendorId,
          {
            event: 'submitted',
            detail: 'The vendor has it: found by our reference.',
            attempt,
            vendorCode: null,
          },
          now,
        )
      case 'absent':
        return this.#log.change(
          message.id,
          {
            outcomeUnknown: false,
            dueAt: now,
            entry: {
              event: 'attempt_void',
              detail: 'The vendor never got it; it is sent again.',
              attempt,
              vendorCode: null,
            },
          },
          now,
        )
      case 'later': {
        const wait = nextWait(
          Math.max(1, attempt),
          now - (current.firstAttemptAt ?? now),
          null,
          this.#ports.random(),
        )
        if (wait === null)
          return this.#end(
            current.message,
            { state: 'failed', reason: 'outcome_unknown' },
            null,
            null,
            now,
            attempt,
          )
        return this.#log.change(message.id, { dueAt: now + wait }, now)
      }
      case 'unsupported': {
        if (current.message.maybeDuplicate)
          return this.#end(
            current.message,
            { state: 'failed', reason: 'outcome_unknown' },
            null,
            null,
            now,
            attempt,
          )
        return this.#log.change(
          message.id,
          {
            outcomeUnknown: false,
            maybeDuplicate: true,
            dueAt: now,
            entry: {
              event: 'maybe_duplicate',
              detail: 'The vendor cannot be asked; it is sent once more, and may arrive twice.',
              attempt,
              vendorCode: null,
            },
          },
          now,
        )
      }
    }
  }

  #submitted(
    current: LoggedMessage,
    vendorId: string,
    entry: NonNullable<Change['entry']>,
    now: number,
  ): void {
    const { message } = current
    const standing = advance(standingOf(message), { state: 'submitted' })
    this.#log.change(
      message.id,
      {
        standing,
        recipients: advanceAll(message.recipients, { state: 'submitted' }),
        vendorId,
        dueAt: null,
        outcomeUnknown: false,
        unpark: true,
        confirmAt: standing.state === 'submitted' ? Math.max(current.validUntil, now) : null,
        entry,
      },
      now,
    )
  }

  #end(
    message: Message,
    ending: Standing & { reason: DeliveryReason },
    vendorCode: string | null,
    vendorText: string | null,
    now: number,
    attempt: number | null = null,
  ): void {
    const standing = advance(standingOf(message), ending)
    this.#log.change(
      message.id,
      {
        standing,
        recipients: advanceAll(message.recipients, ending),
        vendorCode,
        vendorText,
        dueAt: null,
        outcomeUnknown: false,
        confirmAt: null,
        entry: { event: ending.state, detail: vendorText ?? ending.reason, attempt, vendorCode },
      },
      now,
    )
  }
}

/** The standing of a message as a value. */
export const standingOf = (message: Pick<Message, 'state' | 'certainty' | 'reason'>): Standing => ({
  state: message.state,
  ...(message.certainty === null ? {} : { certainty: message.certainty }),
  ...(message.reason === null ? {} : { reason: message.reason }),
})
