import { DurableObject } from 'cloudflare:workers'
import type { Thread } from '../domain/conversation.ts'
import type { Halted } from '../domain/forget.ts'
import type { Envelope, Message, MessageWithTimeline, Recipient } from '../domain/message.ts'
import type { Inbound, Report } from '../domain/ports.ts'
import type { Replacement, ReplaceResult } from '../domain/replacement.ts'
import { advance, combine, isFinal } from '../domain/state.ts'
import { Alarm } from './alarm.ts'
import { EventLane } from './event-lane.ts'
import { haltedOf, markOf, takeBackAll, wipeAll } from './forget-log.ts'
import { Log } from './log.ts'
import type { LoggedMessage } from './log-rows.ts'
import { reportedOnMms } from './other-channel.ts'
import { entryOf, recipientsAfter } from './piece-reports.ts'
import type { DeliveryPorts } from './ports.ts'
import { putInstead } from './put-instead.ts'
import { reportedForSize, subjectOf } from './refit.ts'
import { PATIENCE, projectionWait } from './schedule.ts'
import { confirm, copyMedia, keepIndex } from './side-lanes.ts'
import { advanceAll, standingOf } from './standing.ts'
import { SubmitLane } from './submit-lane.ts'
import { takeBack } from './take-back.ts'
import { takeIn } from './take-in.ts'

/** What a conversation's object answers; the stub has the same methods. */
export interface ConversationObject {
  accept(
    conversation: string,
    thread: Thread,
    envelope: Envelope,
  ): Promise<{ message: Message; duplicate: boolean } | null>
  receive(
    conversation: string,
    thread: Thread,
    inbound: Inbound,
  ): Promise<{ message: string; duplicate: boolean } | null>
  report(account: string, report: Report): Promise<'applied' | 'repeated' | 'unknown_message'>
  message(account: string, id: string): Promise<MessageWithTimeline | null>
  page(
    account: string,
    before: number | null,
    limit: number,
  ): Promise<{ messages: Message[]; more: boolean } | null>
  /** Takes a message back that was not handed over yet. */
  cancel(account: string, id: string): Promise<'canceled' | 'too_late' | 'unknown_message'>
  /** Puts another content in the place of a message's that nobody has got yet. */
  replace(account: string, id: string, content: Replacement): Promise<ReplaceResult>
  /** Deletes a message for its readers, or brings it back; null when there is no such message. */
  hide(account: string, id: string, hidden: boolean): Promise<MessageWithTimeline | null>
  /** As `ForgetfulConversations` has them. */
  halt(account: string): Promise<Halted | null>
  wipe(account: string, mark: string): Promise<boolean>
  wake(): Promise<void>
  rebuild(): Promise<void>
}

/** The class of a conversation's object, built around its ports: workerd builds it with (ctx, env) alone. */
export type ConversationClass<Env> = new (
  ctx: DurableObjectState,
  env: Env,
) => DurableObject<Env> & ConversationObject

/** Milliseconds after which the alarm looks whether lanes that were started still live. */
const SAFETY = 3000

/** How often, and with what pause in milliseconds, a halt looks whether all lanes ended. */
const HALT = { looks: 50, pause: 100 } as const

type Lane = 'submit' | 'project' | 'copy' | 'events'

/**
 * Makes the Durable Object class of conversations. An object is one thread: it keeps the order, submits, and holds the
 * one truth of its messages. Lanes run side by side; none waits on another.
 *
 * @param portsOf builds the ports from the environment; called once an object
 */
export function createConversation<Env>(
  portsOf: (env: Env, ctx: DurableObjectState) => DeliveryPorts,
): ConversationClass<Env> {
  return class Conversation extends DurableObject<Env> implements ConversationObject {
    readonly #ports: DeliveryPorts
    readonly #log: Log
    readonly #alarm: Alarm
    readonly #submitLane: SubmitLane
    readonly #eventLane: EventLane
    /** Lanes that run now. In memory only: after a crash nothing runs, and the alarm starts what is due. */
    readonly #running = new Set<Lane>()
    #projectionFailures = 0
    #projectionDue = 0

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env)
      this.#ports = portsOf(env, ctx)
      this.#log = new Log(ctx.storage.sql)
      this.#alarm = new Alarm(() => this.ctx.storage)
      this.#submitLane = new SubmitLane(this.#log, this.#ports)
      this.#eventLane = new EventLane(
        this.#log.events,
        this.#ports,
        () => this.#log.thread()?.account ?? null,
      )
    }

    async accept(
      conversation: string,
      thread: Thread,
      envelope: Envelope,
    ): Promise<{ message: Message; duplicate: boolean } | null> {
      if (!this.#isOurs(conversation, thread)) return null
      const now = this.#ports.clock.now()
      const existing = this.#log.find(envelope.id)
      if (existing !== null) return { message: existing.message, duplicate: true }
      const message = this.ctx.storage.transactionSync(() => {
        this.#log.begin(conversation, thread)
        const recipients = envelope.to.map((address): Recipient => ({ address, state: 'accepted' }))
        const added = this.#log.add(envelope, {
          direction: 'outbound',
          state: 'accepted',
          recipients,
          dueAt: Math.max(now, envelope.sendAt ?? now),
          validUntil: envelope.validUntil,
          now,
        })
        if (added === null) throw new Error('The message was there already')
        this.#log.note(envelope.id, { event: 'accepted', detail: null, attempt: null, vendorCode: null }, now)
        return added
      })
      // In the same implicit transaction as the rows above: no await stands between.
      this.#arm()
      void this.#kick()
      return { message, duplicate: false }
    }

    async receive(
      conversation: string,
      thread: Thread,
      inbound: Inbound,
    ): Promise<{ message: string; duplicate: boolean } | null> {
      if (!this.#isOurs(conversation, thread)) return null
      const now = this.#ports.clock.now()
      const before = this.#log.claimed(inbound.claim)
      if (before !== null) return { message: before, duplicate: true }
      const id = this.ctx.storage.transactionSync(() => takeIn(this.#log, conversation, thread, inbound, now))
      this.#arm()
      void this.#kick()
      return { message: id, duplicate: false }
    }

    async report(account: string, report: Report): Promise<'applied' | 'repeated' | 'unknown_message'> {
      if (this.#log.thread()?.account !== account) return 'unknown_message'
      const result = this.#apply(report)
      if (result === 'applied') {
        this.#arm()
        void this.#kick()
      }
      return result
    }

    async message(account: string, id: string): Promise<MessageWithTimeline | null> {
      return this.#log.thread()?.account === account ? this.#log.withTimeline(id) : null
    }

    async page(
      account: string,
      before: number | null,
      limit: number,
    ): Promise<{ messages: Message[]; more: boolean } | null> {
      if (this.#log.thread()?.account !== account) return null
      const messages = this.#log.page(before, limit + 1)
      return { messages: messages.slice(0, limit), more: messages.length > limit }
    }

    async cancel(account: string, id: string): Promise<'canceled' | 'too_late' | 'unknown_message'> {
      const outcome = await takeBack(this.#log, this.#ports, account, id)
      if (outcome === 'canceled') {
        this.#arm()
        void this.#kick()
      }
      return outcome
    }

    async replace(account: string, id: string, content: Replacement): Promise<ReplaceResult> {
      const outcome = await putInstead(this.#log, this.#ports, account, id, content)
      if (outcome === 'replaced') {
        this.#arm()
        void this.#kick()
      }
      return outcome
    }

    async hide(account: string, id: string, hidden: boolean): Promise<MessageWithTimeline | null> {
      if (this.#log.thread()?.account !== account || this.#log.find(id) === null) return null
      const now = this.#ports.clock.now()
      this.#log.change(id, { hiddenAt: hidden ? now : null }, now)
      this.#arm()
      void this.#kick()
      return this.#log.withTimeline(id)
    }

    async halt(account: string): Promise<Halted | null> {
      const owner = this.#log.thread()?.account
      if (owner !== undefined && owner !== account) return null
      for (let look = 0; look < HALT.looks; look++) {
        takeBackAll(this.ctx.storage.sql)
        if (this.#running.size === 0) return haltedOf(this.ctx.storage.sql)
        await new Promise((resolve) => setTimeout(resolve, HALT.pause))
      }
      return null
    }

    async wipe(account: string, mark: string): Promise<boolean> {
      const owner = this.#log.thread()?.account
      if (owner === undefined) return true
      const { sql } = this.ctx.storage
      if (owner !== account || this.#running.size > 0 || markOf(sql) !== mark) return false
      this.ctx.storage.transactionSync(() => wipeAll(sql))
      await this.#alarm.set(null)
      return true
    }

    /** Starts what is due; asked by the sweep, which cannot know whether anything is. */
    async wake(): Promise<void> {
      this.#projectionDue = 0
      void this.#kick()
      await this.#rearm()
    }

    /** Projects the whole conversation into the index again. */
    async rebuild(): Promise<void> {
      this.#log.reproject()
      await this.wake()
    }

    override async alarm(): Promise<void> {
      // An alarm that throws is given up by the platform after six tries, so nothing here may.
      try {
        // A crash while lanes run must find an alarm set.
        this.#alarm.wentOff()
        await this.#alarm.set(this.#ports.clock.now() + PATIENCE.watchdog)
        this.#log.forgetClaims(this.#ports.clock.now() - PATIENCE.claims)
        await this.#kick()
      } catch (error) {
        this.#ports.log('alarm_failed', { error: String(error).slice(0, 200) })
      } finally {
        await this.#rearm().catch(() => this.#alarm.set(Date.now() + PATIENCE.watchdog).catch(() => {}))
      }
    }

    #isOurs(conversation: string, thread: Thread): boolean {
      const known = this.#log.thread()
      return known === null || (known.account === thread.account && known.id === conversation)
    }

    #apply(report: Report): 'applied' | 'repeated' | 'unknown_message' {
      const { message: id, stale } = subjectOf(this.#log, report)
      const found = this.#log.find(id)
      if (found === null || found.message.direction !== 'outbound') return 'unknown_message'
      const now = this.#ports.clock.now()
      if (!this.#log.claim(report.claim, id, now)) return 'repeated'
      // What became of bytes that were replaced is history, unless they arrived after all.
      if (stale && report.state !== 'delivered') this.#log.note(id, entryOf(report), now)
      else if (
        !reportedForSize(this.#log, this.#ports, found, report, now) &&
        !reportedOnMms(this.#log, found, report, now)
      )
        this.#moveForward(found, report, now)
      return 'applied'
    }

    #moveForward(found: LoggedMessage, report: Report, now: number): void {
      const { message } = found
      const reported = {
        state: report.state,
        ...(report.certainty === null ? {} : { certainty: report.certainty }),
        ...(report.reason === null ? {} : { reason: report.reason }),
      }
      const recipients = recipientsAfter(this.#log.pieces, message, report, reported)
      // One piece's report says nothing of those that still wait: they go on, and the whole is judged when all went.
      if (recipients === null) {
        this.#log.note(message.id, entryOf(report), now)
        return
      }
      // A report proves that the vendor has the message, so whatever was still to be submitted or asked is done.
      const others = advanceAll(recipients, { state: 'submitted' })
      const standing = advance(standingOf(message), combine(others))
      const moved =
        standing.state !== message.state || standing.certainty !== (message.certainty ?? undefined)
      const failed = standing.state === 'failed' || standing.state === 'expired'
      this.#log.change(
        message.id,
        {
          recipients: others,
          ...(moved ? { standing } : {}),
          ...(failed && moved ? { vendorCode: report.vendorCode, vendorText: report.vendorText } : {}),
          ...(report.vendorId !== null && message.vendorId === null ? { vendorId: report.vendorId } : {}),
          dueAt: null,
          outcomeUnknown: false,
          ...(isFinal(standing.state) ? { confirmAt: null } : {}),
          entry: entryOf(report),
        },
        now,
      )
    }

    /** Starts every lane that is not running; resolves when the ones it started are done. */
    #kick(): Promise<unknown> {
      return Promise.all([
        this.#start('submit', () => this.#submitLane.run()),
        this.#start('project', () => this.#project()),
        this.#start('copy', () => copyMedia(this.#log, this.#ports)),
        this.#start('events', () => this.#eventLane.run()),
      ])
    }

    async #start(lane: Lane, run: () => Promise<void>): Promise<void> {
      if (this.#running.has(lane)) return
      this.#running.add(lane)
      try {
        await run()
      } catch (error) {
        this.#ports.log('lane_failed', { lane, error: String(error).slice(0, 200) })
      } finally {
        this.#running.delete(lane)
      }
      // What it did is told at once; what else came up while it ended (a new message, a change) is started by the alarm.
      if (lane !== 'events' && this.#eventLane.nextDue(0) !== null)
        void this.#start('events', () => this.#eventLane.run())
      await this.#rearm()
    }

    async #project(): Promise<void> {
      if (this.#ports.clock.now() < this.#projectionDue) return
      confirm(this.#log, this.#ports)
      const thread = this.#log.thread()
      const resting = (): { conversation: string; seenAt: number } | null => {
        const seenAt = this.#ports.clock.now()
        // A report that is waited for is no work: its alarm is set, and waking for it every two minutes would be waste.
        return thread === null || this.#otherWork(seenAt) !== null
          ? null
          : { conversation: thread.id, seenAt }
      }
      const begun = this.#ports.clock.now()
      const kept = await keepIndex(this.#log, this.#ports, (report) => this.#apply(report), resting)
      const took = kept !== 'unanswered'
      this.#projectionFailures = took ? 0 : this.#projectionFailures + 1
      this.#projectionDue = took ? 0 : this.#ports.clock.now() + projectionWait(this.#projectionFailures)
      // There was work when it was written down, or nothing to write.
      if (kept === 'open' && thread !== null && this.#nextWork(begun) === null)
        await this.#ports.index.settle(thread.id, begun).catch(() => {})
    }

    /** The earliest due of all lanes; null when the conversation rests. */
    #nextDue(now: number): number | null {
      const work = this.#nextWork(now)
      const confirmation = this.#log.nextConfirm()
      return work === null || confirmation === null ? (work ?? confirmation) : Math.min(work, confirmation)
    }

    #nextWork(now: number): number | null {
      const other = this.#otherWork(now)
      if (this.#log.unprojected(1).length === 0 && this.#log.toUnpark(1).length === 0) return other
      return Math.min(other ?? Number.MAX_SAFE_INTEGER, Math.max(now, this.#projectionDue))
    }

    /** The earliest due of all lanes but the index's. */
    #otherWork(now: number): number | null {
      const dues = [this.#submitLane.nextDue(now), this.#log.nextCopy(), this.#eventLane.nextDue(now)]
      const set = dues.filter((due) => due !== null)
      return set.length === 0 ? null : Math.min(...set)
    }

    /** Sets the alarm that a crash would leave behind; lanes that end normally set it anew. */
    #arm(): void {
      const now = this.#ports.clock.now()
      void this.#alarm.by(now + SAFETY, now)
    }

    async #rearm(): Promise<void> {
      const now = this.#ports.clock.now()
      const due = this.#nextDue(now)
      // A running lane takes up what becomes due meanwhile, and arms again when it ends; until then the watchdog is enough.
      if (this.#running.size > 0) await this.#alarm.by(Math.max(due ?? 0, now + SAFETY), now)
      else await this.#alarm.set(due === null ? null : Math.max(due, now))
    }
  }
}
