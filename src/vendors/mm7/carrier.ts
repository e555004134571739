import { joinBytes } from '../../domain/bytes.ts'
import { ID_PATTERN } from '../../domain/ids.ts'
import type { DeliveryReason } from '../../domain/reason.ts'
import { retryAfterOf } from '../../domain/standard-webhooks.ts'
import type {
  Carrier,
  CarrierOptions,
  HookOutcome,
  HookRequest,
  Submission,
  SubmitOutcome,
} from '../contract.ts'
import { type Mm7Account, readAccount } from './account.ts'
import { mm7Limits } from './limits.ts'
import { readRequest } from './receive.ts'
import { cancelRequest, type Mm7Request, outcomeOf, replaceRequest, submitRequest } from './submit.ts'

/** Milliseconds that a relay has for an answer. */
const PATIENCE = 30_000
/** Bytes of an answer that are read; a status takes a thousand. */
const ANSWER_BYTES = 262_144

/** What became of a message that was to be taken back or replaced. */
export type ChangeOutcome = SubmitOutcome | { readonly kind: 'done' }

/** A carrier that can also take back and replace what was not delivered yet. */
export type Mm7Carrier = Carrier & {
  readonly cancel: NonNullable<Carrier['cancel']>
  readonly replace: NonNullable<Carrier['replace']>
}

const later = (reason: DeliveryReason, vendorText: string): SubmitOutcome => ({
  kind: 'later',
  reason,
  vendorCode: null,
  vendorText,
  retryAfter: null,
})

async function readBounded(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = response.body?.getReader()
  for (;;) {
    const next = await reader?.read()
    if (next === undefined || next.done) return joinBytes(chunks)
    size += next.value.byteLength
    if (size > ANSWER_BYTES) {
      await reader?.cancel().catch(() => {})
      return new Uint8Array(0)
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

/** Our side of a relay: a provider of services that submits and is delivered to. */
export function createMm7Carrier({ fetch, clock, accounts }: CarrierOptions): Mm7Carrier {
  /** Sends a request and reads what came back; nothing that the far side does throws. */
  async function post(account: Mm7Account, request: Mm7Request, transaction: string): Promise<SubmitOutcome> {
    try {
      const response = await fetch(account.url, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': request.contentType,
          soapaction: '""',
          ...(account.authorization === null ? {} : { authorization: account.authorization }),
        },
        body: request.body,
        signal: AbortSignal.timeout(PATIENCE),
      })
      const answered = {
        status: response.status,
        contentType: response.headers.get('content-type'),
        body: await readBounded(response),
        retryAfter: retryAfterOf(response.headers.get('retry-after'), clock.now()),
      }
      return outcomeOf(account, answered, transaction)
    } catch (error) {
      return { kind: 'unknown', detail: String(error).slice(0, 200) }
    }
  }

  async function connected(account: string): Promise<Mm7Account | SubmitOutcome> {
    try {
      const found = await accounts.of(account)
      const read = found === null ? null : readAccount(found)
      return read ?? later('vendor_credentials', 'The account is not connected to a relay: POST /v1/vendors.')
    } catch (error) {
      return later('vendor_unavailable', `Our own storage did not answer: ${String(error).slice(0, 200)}`)
    }
  }

  async function prepared(make: () => Promise<Mm7Request>): Promise<Mm7Request | SubmitOutcome> {
    try {
      return await make()
    } catch (error) {
      // Nothing has left yet, so that another attempt is safe.
      return later('media_unreachable', `The stored media could not be read: ${String(error).slice(0, 200)}`)
    }
  }

  async function submit(submission: Submission): Promise<SubmitOutcome> {
    if (submission.channel !== 'mms')
      return {
        kind: 'refused',
        reason: 'sender_not_allowed',
        vendorCode: null,
        vendorText: 'MM7 carries picture messages only. Switch SMS off for this number.',
      }
    const account = await connected(submission.account)
    if ('kind' in account) return account
    const request = await prepared(() => submitRequest(account, submission))
    return 'kind' in request ? request : post(account, request, submission.reference)
  }

  /** A change has no id to answer with: its success is the status alone. */
  const changed = (outcome: SubmitOutcome): ChangeOutcome =>
    outcome.kind === 'accepted' || (outcome.kind === 'unknown' && outcome.detail.endsWith('no MessageID'))
      ? { kind: 'done' }
      : outcome

  async function receive(request: HookRequest): Promise<HookOutcome> {
    const match = /\/hooks\/mm7\/([^/]+)\/([^/]+)$/.exec(request.url.pathname)
    if (request.method !== 'POST' || match === null) return { ok: false }
    const [, id, secret] = match as unknown as [string, string, string]
    const found = ID_PATTERN.test(id) ? await accounts.byId(id) : null
    const account = found === null ? null : readAccount(found)
    if (account === null || account.hookSecret === '' || !equal(secret, account.hookSecret))
      return { ok: false }
    const { hookAuthorization, allowedAddresses } = account
    if (hookAuthorization !== null && !equal(request.headers.get('authorization') ?? '', hookAuthorization))
      return { ok: false }
    const address = request.headers.get('cf-connecting-ip') ?? ''
    if (allowedAddresses.length > 0 && !allowedAddresses.includes(address)) return { ok: false }
    return readRequest(request, account)
  }

  return {
    vendor: 'mm7',
    limits: mm7Limits,
    submit,
    // MM7 has no request that asks for a message's status in any of its published schemas.
    query: async () => ({ kind: 'unsupported' }),
    receive,
    async cancel({ account, reference, vendorId }) {
      const one = await connected(account)
      const outcome =
        'kind' in one ? one : changed(await post(one, cancelRequest(one, reference, vendorId), reference))
      if (outcome.kind === 'done') return { kind: 'canceled' }
      return { kind: outcome.kind === 'refused' ? 'too_late' : 'later' }
    },
    async submitsByMember(account) {
      const found = await accounts.of(account)
      return found !== null && readAccount(found)?.group === 'each'
    },
    async replace(submission, transaction, vendorId) {
      const one = await connected(submission.account)
      if ('kind' in one) return { kind: 'refused' }
      const request = await prepared(() => replaceRequest(one, transaction, vendorId, submission))
      if ('kind' in request) return { kind: 'refused' }
      const outcome = changed(await post(one, request, transaction))
      if (outcome.kind === 'done') return { kind: 'replaced' }
      return { kind: outcome.kind === 'refused' ? 'refused' : 'later' }
    },
  }
}
