import * as v from 'valibot'
import type { VendorLimits } from '../src/domain/policy.ts'
import type { DeliveryReason } from '../src/domain/reason.ts'
import type { Carrier, CarrierOptions, HookOutcome, VendorKind } from '../src/vendors/contract.ts'

// A whole vendor: `src/vendors/acme/carrier.ts`, if there were one. Acme takes JSON, fetches media by URL and signs nothing.

const Credentials = v.strictObject({ api_key: v.string() })
const read = <S extends v.GenericSchema>(schema: S, text: string) =>
  v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text)
const Answer = v.object({ id: v.string() })
const Refusal = v.object({ error: v.picklist(['bad_number', 'too_big', 'stopped', 'busy']) })
const Hook = v.object({
  id: v.string(),
  reference: v.optional(v.string()),
  failed: v.optional(v.string()),
  from: v.optional(v.string(), ''),
  to: v.optional(v.string(), ''),
  text: v.optional(v.string()),
  media: v.optional(v.array(v.string()), []),
})
const REASONS: Record<string, DeliveryReason> = {
  bad_number: 'invalid_recipient',
  too_big: 'too_large',
  stopped: 'opted_out',
  busy: 'rate_limited',
}
const LIMITS: VendorLimits = {
  ...{ messageBytes: 1_000_000, encoding: 'base64', maxSide: 2592, types: ['image/jpeg', 'image/png'] },
  ...{ parts: 10, recipients: 10, textLength: 1600, subjectLength: 40, international: false },
}

function createCarrier({ fetch, accounts }: CarrierOptions): Carrier {
  async function submit({ account, reference, from, to, text, parts }: Parameters<Carrier['submit']>[0]) {
    const ours = await accounts.of(account)
    const media = await Promise.all(parts.map((part) => part.url()))
    const headers = { authorization: `Bearer ${ours?.credentials.api_key}` }
    const body = JSON.stringify({ reference, from, to: to[0], text, media })
    try {
      const answered = await fetch('https://api.acme.example/messages', { method: 'POST', headers, body })
      const said = await answered.text()
      const [taken, refused] = [read(Answer, said), read(Refusal, said)]
      if (taken.success) return { kind: 'accepted', vendorId: taken.output.id } as const
      if (!refused.success) return { kind: 'unknown', detail: `status ${answered.status}` } as const
      const vendorCode = refused.output.error
      const why = { reason: REASONS[vendorCode] ?? 'carrier_rejected', vendorCode, vendorText: null }
      if (vendorCode !== 'busy') return { kind: 'refused', ...why } as const
      return { kind: 'later', ...why, retryAfter: null } as const
    } catch (error) {
      // It may have arrived, for all that we know.
      return { kind: 'unknown', detail: String(error) } as const
    }
  }

  async function receive(request: Parameters<Carrier['receive']>[0]): Promise<HookOutcome> {
    const [id = '', secret] = request.url.pathname.split('/').slice(-2)
    const ours = await accounts.byId(id)
    const hook = read(Hook, new TextDecoder().decode(request.body))
    // Nothing is signed, so that the address itself is the proof: its last segment is of 131 bits.
    if (ours === null || secret !== ours.hookSecret || !hook.success) return { ok: false }
    const { account } = ours
    const { reference, failed, from, to, text = null, media } = hook.output
    const common = { eventId: `${ours.id}:${hook.output.id}`, at: request.now }
    if (reference === undefined) {
      const parts = media.map((url) => ({ kind: 'url', url, typeHint: null, nameHint: null }) as const)
      const shown = { channel: 'mms', from, to, others: [], subject: null, text, parts } as const
      return { ok: true, account, events: [{ kind: 'message', ...common, ...shown }] }
    }
    const state = failed === undefined ? 'delivered' : 'failed'
    const reason = failed === undefined ? null : (REASONS[failed] ?? 'carrier_rejected')
    const said = { certainty: 'carrier', reason, vendorCode: failed ?? null, vendorText: null } as const
    const whose = { reference, vendorId: hook.output.id, recipient: null }
    return { ok: true, account, events: [{ kind: 'receipt', ...common, ...whose, state, ...said }] }
  }

  // Its own name, once VENDOR_NAMES of `src/domain/number.ts` has it.
  return {
    vendor: 'bandwidth',
    limits: () => LIMITS,
    submit,
    query: async () => ({ kind: 'unsupported' }),
    submitsByMember: async () => true,
    receive,
  }
}

/** Its line in `src/vendors/registry.ts` is `acme: ACME`. */
export const ACME: VendorKind = {
  createCarrier,
  check(credentials, settings) {
    const known = v.safeParse(Credentials, credentials)
    return known.success
      ? { ok: true, credentials: known.output, settings: settings as Record<string, unknown> }
      : { ok: false, field: 'credentials', problem: known.issues[0].message }
  },
}
