import * as v from 'valibot'
import { joinBytes } from '../../domain/bytes.ts'
import { ID_PATTERN } from '../../domain/ids.ts'
import { retryAfterOf } from '../../domain/standard-webhooks.ts'
import { StorageError } from '../../domain/storage-error.ts'
import type {
  Carrier,
  CarrierOptions,
  HookOutcome,
  HookRequest,
  QueryOutcome,
  Submission,
  SubmitOutcome,
} from '../contract.ts'
import { readAccount, type SinchAccount } from './account.ts'
import { eventsOfPostback, outcomeOfMms, readPostback, sendMms } from './json-api.ts'
import { sinchLimits } from './limits.ts'
import { eventsOf } from './receive.ts'
import { isSigned } from './signature.ts'
import { type Answered, outcomeOf, readJson, sendRequest } from './submit.ts'
import { createTokens } from './token.ts'
import { Callback } from './wire.ts'

/** Milliseconds that the vendor has for an answer, and for the question who somebody is, while its callback waits. */
const PATIENCE = { submit: 30_000, contact: 5_000 } as const
/** Bytes of an answer that are read. */
const ANSWER_BYTES = 1_048_576
/** Pages of a list that are looked through for one message, of so many messages each. */
const PAGES = 5
const PAGE = 200
/** Milliseconds before a message was made at which the vendor's clock may have taken it. */
const SKEW = 60_000

type Conversation = Extract<SinchAccount, { transport: 'conversation' }>

const Contact = v.object({
  channel_identities: v.array(v.object({ channel: v.string(), identity: v.string() })),
})
const Messages = v.object({
  messages: v.optional(v.array(v.object({ id: v.string(), metadata: v.optional(v.nullable(v.string())) }))),
  next_page_token: v.optional(v.nullable(v.string())),
})

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = response.body?.getReader()
  for (;;) {
    const next = await reader?.read()
    if (next === undefined || next.done) return new TextDecoder().decode(joinBytes(chunks))
    size += next.value.byteLength
    if (size > ANSWER_BYTES) {
      await reader?.cancel().catch(() => {})
      return ''
    }
    chunks.push(next.value)
  }
}

/** Whether two texts are equal, in a time that depends on the length of the second alone. */
function equal(given: string, wanted: string): boolean {
  let differs = given.length ^ wanted.length
  for (let i = 0; i < wanted.length; i++) differs |= given.charCodeAt(i) ^ wanted.charCodeAt(i)
  return differs === 0
}

const later = (
  reason: 'vendor_credentials' | 'vendor_unavailable' | 'media_unreachable',
  vendorText: string,
) => ({ kind: 'later', reason, vendorCode: null, vendorText, retryAfter: null }) as const

/** Our side of Sinch: the Conversation API, or the older MMS JSON API where the account is set to it. */
export function createSinchCarrier({ fetch, clock, accounts }: CarrierOptions): Carrier {
  async function call(url: string, init: RequestInit, patience: number): Promise<Answered> {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(patience),
    })
    return {
      status: response.status,
      text: await readBounded(response),
      retryAfter: retryAfterOf(response.headers.get('retry-after'), clock.now()),
    }
  }
  const tokens = createTokens(call, clock)

  /** Asks the Conversation API. A token that it does not take any more is got anew, once; null without any. */
  async function ask(
    account: Conversation,
    path: string,
    init: RequestInit,
    patience: number,
  ): Promise<Answered | SubmitOutcome> {
    for (let again = false; ; again = true) {
      const token = await tokens.of(account, patience)
      if ('kind' in token) return token
      const answered = await call(
        `${account.apiUrl}/v1/projects/${encodeURIComponent(account.project)}/${path}`,
        {
          ...init,
          headers: { ...init.headers, authorization: `Bearer ${token.token}`, accept: 'application/json' },
        },
        patience,
      )
      if (answered.status !== 401 || again) return answered
      tokens.forget(account)
    }
  }

  async function connected(account: string): Promise<SinchAccount | SubmitOutcome> {
    try {
      const found = await accounts.of(account)
      const read = found === null ? null : readAccount(found)
      return read ?? later('vendor_credentials', 'The account is not connected to Sinch: POST /v1/vendors.')
    } catch (error) {
      return later('vendor_unavailable', `Our own storage did not answer: ${String(error).slice(0, 200)}`)
    }
  }

  async function submit(submission: Submission): Promise<SubmitOutcome> {
    const account = await connected(submission.account)
    if ('kind' in account) return account
    if (account.transport === 'mms' && submission.channel !== 'mms')
      return {
        kind: 'refused',
        reason: 'sender_not_allowed',
        vendorCode: null,
        vendorText: 'The MMS JSON API carries picture messages only. Switch SMS off for this number.',
      }
    let body: string
    try {
      body = JSON.stringify(
        account.transport === 'mms'
          ? await sendMms(account, submission)
          : await sendRequest(account.app, submission, clock.now()),
      )
    } catch (error) {
      // Nothing has left yet, so that another attempt is safe.
      return later('media_unreachable', `The media has no address: ${String(error).slice(0, 200)}`)
    }
    const headers = { 'content-type': 'application/json' }
    try {
      if (account.transport === 'mms') {
        const url = `${account.apiUrl}/ep/v2/`
        const init = { method: 'POST', headers: { ...headers, 'x-api-key': account.apiKey }, body }
        return outcomeOfMms(account, await call(url, init, PATIENCE.submit))
      }
      const answered = await ask(account, 'messages:send', { method: 'POST', headers, body }, PATIENCE.submit)
      return 'kind' in answered ? answered : outcomeOf(account, answered)
    } catch (error) {
      return { kind: 'unknown', detail: String(error).slice(0, 200) }
    }
  }

  /** Looks through what the app sent to the recipient lately. That it is not among it proves nothing: lists lag behind. */
  async function query(
    submission: Pick<Submission, 'account' | 'reference' | 'to' | 'createdAt'>,
  ): Promise<QueryOutcome> {
    const account = await connected(submission.account)
    if ('kind' in account) return { kind: 'later' }
    if (account.transport === 'mms') return { kind: 'unsupported' }
    const [recipient = ''] = submission.to
    let token = ''
    try {
      for (let page = 0; page < PAGES; page++) {
        const search = new URLSearchParams({
          app_id: account.app,
          channel_identity: recipient,
          direction: 'TO_CONTACT',
          start_time: new Date(submission.createdAt - SKEW).toISOString(),
          view: 'WITH_METADATA',
          page_size: String(PAGE),
          ...(token === '' ? {} : { page_token: token }),
        })
        const answered = await ask(account, `messages?${search}`, { method: 'GET' }, PATIENCE.submit)
        const list = 'kind' in answered || answered.status !== 200 ? null : readJson(Messages, answered.text)
        if (list === null) return { kind: 'later' }
        const found = list.messages?.find((one) => one.metadata === submission.reference)
        if (found !== undefined) return { kind: 'found', vendorId: found.id }
        token = list.next_page_token ?? ''
        if (token === '') break
      }
      return { kind: 'unsupported' }
    } catch {
      return { kind: 'later' }
    }
  }

  /** Who a contact is: some callbacks name nobody else. Throws when the vendor does not say, so that it tells us again. */
  async function identityOf(account: Conversation, contact: string): Promise<string> {
    const answered = await ask(
      account,
      `contacts/${encodeURIComponent(contact)}`,
      { method: 'GET' },
      PATIENCE.contact,
    ).catch(() => null)
    const read = answered === null || 'kind' in answered ? null : readJson(Contact, answered.text)
    const all = read?.channel_identities ?? []
    const found = all.find((one) => one.channel === 'MMS') ?? all.find((one) => one.channel === 'SMS')
    if (found === undefined) throw new StorageError('The vendor did not say who wrote')
    return found.identity
  }

  async function receive(request: HookRequest): Promise<HookOutcome> {
    const match = /\/hooks\/sinch\/([^/]+)\/([^/]+)$/.exec(request.url.pathname)
    if (request.method !== 'POST' || match === null) return { ok: false }
    const [, id, secret] = match as unknown as [string, string, string]
    const found = ID_PATTERN.test(id) ? await accounts.byId(id) : null
    const account = found === null ? null : readAccount(found)
    if (account === null || account.hookSecret === '' || !equal(secret, account.hookSecret))
      return { ok: false }
    if (account.transport === 'mms') {
      const postback = readPostback(new TextDecoder().decode(request.body))
      if (postback === null) return { ok: false }
      return { ok: true, account: account.account, events: eventsOfPostback(account, postback, request.now) }
    }
    if (!(await isSigned(account.webhookSecret, request.headers, request.body, request.now)))
      return { ok: false }
    const callback = readJson(Callback, new TextDecoder().decode(request.body))
    if (callback === null) return { ok: false }
    const { message } = callback
    const contact = message?.channel_identity == null ? message?.contact_id : null
    const from = contact == null ? null : await identityOf(account, contact)
    return { ok: true, account: account.account, events: eventsOf(account, callback, from, request.now) }
  }

  return {
    vendor: 'sinch',
    limits: sinchLimits,
    submit,
    query,
    // Neither API has a group in one request.
    submitsByMember: async () => true,
    receive,
  }
}
