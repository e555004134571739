import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { type ConversationObject, createConversation } from '../../src/delivery/conversation.ts'
import type { DeliveryPorts } from '../../src/delivery/ports.ts'
import type { Thread } from '../../src/domain/conversation.ts'
import type { AccountEvent } from '../../src/domain/event.ts'
import { mintMessageId } from '../../src/domain/ids.ts'
import type { Envelope, Message } from '../../src/domain/message.ts'
import { numberOf, type OwnNumber } from '../../src/domain/number.ts'
import type { VendorLimits } from '../../src/domain/policy.ts'
import type { ParkedEvent, Projection, Report } from '../../src/domain/ports.ts'
import { EVERYTHING } from '../../src/domain/profile.ts'
import type { Refit, RefitRequest } from '../../src/domain/refit.ts'
import type {
  CancelOutcome,
  QueryOutcome,
  ReplaceOutcome,
  Submission,
  SubmitOutcome,
} from '../../src/vendors/contract.ts'

const LIMITS: VendorLimits = {
  messageBytes: 1_000_000,
  encoding: 'binary',
  parts: 10,
  recipients: 10,
  textLength: 2048,
  subjectLength: 80,
  maxSide: 2592,
  types: ['image/jpeg'],
  international: false,
}

/** A conversation's object on real storage, with a clock, a carrier and an index that the test plays. */
export class Stage {
  now = Date.UTC(2026, 0, 1)
  readonly submissions: { id: string; at: number; submission: Submission }[] = []
  readonly queries: string[] = []
  readonly projected = new Map<string, Projection>()
  readonly parked: ParkedEvent[] = []
  settled = 0
  indexDown = false
  /** Answers of the carrier, by message; the rest is accepted. */
  answer: (submission: Submission, nth: number) => SubmitOutcome | Promise<SubmitOutcome> = (submission) => ({
    kind: 'accepted',
    vendorId: `v-${submission.reference}`,
  })
  queryAnswer: () => QueryOutcome = () => ({ kind: 'absent' })
  media: (url: string) => { ok: true } | { ok: false } = () => ({ ok: false })
  object!: ConversationObject & { alarm(): Promise<void> }
  readonly conversation = `cnv_${crypto.randomUUID().replaceAll('-', '').slice(0, 22)}`
  readonly thread: Thread = { account: 'acc_stage', own: '+14165550100', members: ['+16135550123'] }

  readonly events: AccountEvent[] = []
  eventsDown = false

  readonly pauses: { number: string; until: number }[] = []
  reserve: DeliveryPorts['pacer']['reserve'] = async () => 0

  /** Who opted out. */
  readonly out = new Set<string>()
  consentsDown = false

  /** What makes media smaller; nobody does unless a test says how. */
  fit: ((request: RefitRequest) => Promise<Refit>) | null = null
  /** Numbers that the account has beside the thread's own. */
  readonly others: OwnNumber[] = []
  /** Whether the carrier takes one request a member of a group. */
  byMember = false
  takenBack: ((vendorId: string) => CancelOutcome) | null = null
  replaced: ((submission: Submission, vendorId: string) => ReplaceOutcome) | null = null

  readonly ports: DeliveryPorts = {
    fitter: {
      refit: async (request) => (await this.fit?.(request)) ?? { kind: 'cannot', why: 'Nobody can.' },
    },
    events: {
      append: async (_account, events) => {
        if (this.eventsDown) throw new Error('The account does not answer')
        this.events.push(...events)
      },
    },
    pacer: {
      reserve: (request) => this.reserve(request),
      pause: async (_account, number, until) => {
        this.pauses.push({ number, until })
      },
    },
    clock: { now: () => this.now },
    random: () => 0.5,
    log: () => {},
    publicUrl: async (media, name) => `https://gateway.example/m/${media}/${name}`,
    keepInboundUntil: async (_account, now) => now + 1000,
    profiles: { of: async () => EVERYTHING },
    numbers: {
      list: async () => [
        numberOf({
          account: this.thread.account,
          address: this.thread.own,
          vendor: 'simulator',
          failover: true,
        }),
        ...this.others,
      ],
      find: async (account: string, address: string) => ({
        account,
        address,
        type: 'long-code',
        country: 'CA',
        sms: true,
        mms: true,
        vendor: 'simulator',
        budget: null,
        isDefault: true,
        label: null,
      }),
    } as never,
    consents: {
      of: async (_account, addresses) => {
        if (this.consentsDown) throw new Error('Network connection lost')
        const out = addresses.filter((one) => this.out.has(one))
        return new Map(
          out.map((address) => [
            address,
            [{ address, programme: null, state: 'out', source: 'words', at: this.now } as const],
          ]),
        )
      },
    },
    media: {
      put: async (media: { chunks: Uint8Array[] }) => ({
        id: 'med_stored0000000000000000',
        type: 'image/jpeg',
        bytes: media.chunks[0]?.length ?? 0,
        sha256: 'aa',
        width: null,
        height: null,
      }),
    } as never,
    fetcher: {
      fetchMedia: async (url: string) =>
        this.media(url).ok
          ? { ok: true, value: { chunks: [new Uint8Array([1])], bytes: 1, typeHint: null, nameHint: null } }
          : { ok: false, failure: { code: 'media_unreachable', retryable: true } },
    } as never,
    gather: 0,
    index: {
      project: async (projections: Projection[], rest: unknown) => {
        if (this.indexDown) throw new Error('Network connection lost')
        if (rest !== null) this.settled++
        for (const one of projections) {
          const before = this.projected.get(one.message.id)
          if (before === undefined || before.revision < one.revision) this.projected.set(one.message.id, one)
        }
      },
      settle: async () => {
        this.settled++
      },
      parkedFor: async (_vendor: string, vendorId: string) =>
        this.parked.filter((one) => one.vendorId === vendorId),
      unpark: async (_vendor: string, eventId: string) => {
        const at = this.parked.findIndex((one) => one.eventId === eventId)
        if (at >= 0) this.parked.splice(at, 1)
      },
    } as never,
    carrier: () => ({
      vendor: 'simulator',
      limits: () => LIMITS,
      submitsByMember: async () => this.byMember,
      cancel: async ({ vendorId }) => this.takenBack?.(vendorId) ?? { kind: 'too_late' },
      replace: async (submission, _transaction, vendorId) =>
        this.replaced?.(submission, vendorId) ?? { kind: 'refused' },
      submit: async (submission) => {
        this.submissions.push({ id: submission.reference, at: this.now, submission })
        const nth = this.submissions.filter((one) => one.id === submission.reference).length
        return await this.answer(submission, nth)
      },
      query: async ({ reference }) => {
        this.queries.push(reference)
        return this.queryAnswer()
      },
      receive: async () => ({ ok: false }),
    }),
  }

  envelope(more: Partial<Envelope> = {}): Envelope {
    return {
      id: mintMessageId(this.conversation, this.now),
      account: this.thread.account,
      conversation: this.conversation,
      channel: 'mms',
      vendor: 'simulator',
      from: this.thread.own,
      to: this.thread.members,
      subject: null,
      text: 'Hello',
      parts: [],
      budget: 300_000,
      wireBytes: 1000,
      warnings: [],
      createdAt: this.now,
      validUntil: this.now + 10 * 3_600_000,
      ...more,
    }
  }

  report(message: string, state: Report['state'], more: Partial<Report> = {}): Report {
    return {
      claim: `${message}:${state}:${more.certainty ?? ''}`,
      message,
      recipient: null,
      state,
      certainty: null,
      reason: null,
      vendorCode: null,
      vendorText: null,
      vendorId: null,
      at: this.now,
      ...more,
    }
  }

  /** Commits a message and lets what it started come to rest. */
  async send(more: Partial<Envelope> = {}): Promise<string> {
    const envelope = this.envelope(more)
    await this.object.accept(this.conversation, this.thread, envelope)
    await this.rest()
    return envelope.id
  }

  /** Moves the clock and rings the alarm as the platform would. */
  async later(ms: number): Promise<void> {
    this.now += ms
    await this.object.alarm()
    await this.rest()
  }

  async rest(): Promise<void> {
    for (let i = 0; i < 6; i++) await new Promise((resolve) => setTimeout(resolve, 0))
  }

  async find(
    id: string,
  ): Promise<Message & { timeline: readonly { event: string; detail: string | null; at: number }[] }> {
    const found = await this.object.message(this.thread.account, id)
    if (found === null) throw new Error(`No message ${id}`)
    return found
  }
}

/** Runs a scene inside a real Durable Object, whose storage the stage's object uses. */
export async function onStage(
  scene: (stage: Stage, restart: () => void, state: DurableObjectState) => Promise<void>,
): Promise<void> {
  const namespace = (env as unknown as { CONVERSATION: DurableObjectNamespace }).CONVERSATION
  const stub = namespace.get(namespace.newUniqueId())
  await runInDurableObject(stub, async (_instance, state) => {
    const stage = new Stage()
    const Class = createConversation(() => stage.ports)
    // The platform's own alarm would reach the Worker's object, which has other ports: the test rings by hand.
    const storage = new Proxy(state.storage, {
      get(target, name) {
        if (name === 'setAlarm' || name === 'deleteAlarm') return async () => {}
        const value = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const ctx = new Proxy(state, {
      get(target, name) {
        if (name === 'storage') return storage
        const value = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const restart = (): void => {
      stage.object = new Class(state, {}) as never
      Object.defineProperty(stage.object, 'ctx', { value: ctx })
    }
    restart()
    await scene(stage, restart, state)
  })
}
