import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Failure } from '../../domain/failure.ts'
import { mintId } from '../../domain/ids.ts'
import { fail, ok, type Result } from '../../domain/result.ts'
import { masked } from './dialect-apps.ts'
import { tellApps } from './dialect-webhooks.ts'
import { invalid, missing, pageOf, read, refused, type SinchEnv } from './rpc.ts'
import {
  addressOf,
  contactOf,
  identityOf,
  type KnownContact,
  representContact,
  type SinchContact,
  writeContact,
} from './state.ts'
import { ChannelIdentity, type Recipient } from './wire.ts'

/** Contacts: people with their numbers. */

/** Characters of a name that lists show. */
const NAME = 120

const text = (most: number) => v.optional(v.nullable(v.pipe(v.string(), v.maxLength(most))))

const ContactRequest = v.object({
  channel_identities: v.pipe(v.array(ChannelIdentity), v.maxLength(20)),
  channel_priority: v.optional(v.nullable(v.pipe(v.array(v.string()), v.maxLength(20)))),
  display_name: text(512),
  email: text(254),
  external_id: text(256),
  language: text(40),
  metadata: text(1024),
})
type ContactRequest = v.InferOutput<typeof ContactRequest>

const MergeRequest = v.object({ source_id: v.string(), strategy: v.optional(v.nullable(v.string())) })

/** The numbers of identities that we reach; others are kept and never used. */
function normal(identities: readonly ChannelIdentity[]): Result<ChannelIdentity[], Failure> {
  const kept: ChannelIdentity[] = []
  for (const one of identities) {
    const ours = one.channel === 'MMS' || one.channel === 'SMS'
    const address = ours ? addressOf(one.identity) : null
    if (ours && address === null)
      return fail({ code: 'invalid_number', field: 'channel_identities', typed: one.identity })
    const identity = address === null ? one.identity : identityOf(address)
    kept.push({ channel: one.channel, identity, app_id: one.app_id ?? '' })
  }
  return ok(kept)
}

const addressesOf = (contact: SinchContact): string[] => [
  ...new Set(
    contact.channel_identities
      .filter((one) => one.channel === 'MMS' || one.channel === 'SMS')
      .map((one) => addressOf(one.identity))
      .filter((one) => one !== null),
  ),
]

/** The contact of an id; `missing` for one of nobody. */
export async function contactById(c: Context<SinchEnv>, id: string): Promise<Result<KnownContact, Failure>> {
  const found = await c.get('records').find(c.get('caller').account, 'sinch_contact', id)
  return found === null ? missing('contact') : ok({ id, contact: found.body as SinchContact })
}

/** Somebody to write to: their number, and who they are, where that is known. */
export type Reached = { readonly address: string; readonly known: KnownContact | null }

/** The number at which a recipient is reached, on the first of the channels that they are on. */
export async function reach(
  c: Context<SinchEnv>,
  recipient: Recipient,
  order: readonly string[],
): Promise<Result<Reached, Failure>> {
  const id = recipient.contact_id ?? null
  const known = id === null ? null : await contactById(c, id)
  if (known !== null && !known.ok) return known
  const identities = known?.value.contact.channel_identities ?? recipient.identified_by?.channel_identities
  if (identities === undefined) return invalid('recipient', 'Give a contact_id, or identified_by.')
  const channels = order.length === 0 ? ['MMS', 'SMS'] : order
  // A phone has one number for both: whoever is known on one channel is reached on the other.
  const ours = identities.filter((one) => one.channel === 'MMS' || one.channel === 'SMS')
  const rank = (channel: string): number => (channels.includes(channel) ? channels.indexOf(channel) : 99)
  const [first] = [...ours].sort((a, b) => rank(a.channel) - rank(b.channel))
  if (first === undefined) return invalid('recipient', 'They have no identity on MMS or SMS.')
  const address = addressOf(first.identity)
  if (address === null) return fail({ code: 'invalid_number', field: 'recipient', typed: first.identity })
  return ok({
    address,
    known: known?.value ?? (await contactOf(c.get('records'), c.get('caller').account, address)),
  })
}

/** Tells of a contact. */
async function tell(
  c: Context<SinchEnv>,
  trigger: 'CONTACT_CREATE' | 'CONTACT_UPDATE' | 'CONTACT_DELETE',
  contact: KnownContact,
): Promise<void> {
  const services = { records: c.get('records'), webhooks: c.get('webhooks') }
  const name = `${trigger.toLowerCase()}_notification`
  await tellApps(services, c.get('caller').account, trigger, {
    [name]: { contact: representContact(contact) },
  })
}

/** Tells that somebody became known by being written to. */
export const tellCreated = (c: Context<SinchEnv>, contact: KnownContact): Promise<void> =>
  tell(c, 'CONTACT_CREATE', contact)

const filled = (request: ContactRequest, identities: ChannelIdentity[], origin: string): SinchContact => ({
  channel_identities: identities,
  channel_priority: request.channel_priority ?? [],
  display_name: request.display_name ?? '',
  email: request.email ?? '',
  external_id: request.external_id ?? '',
  metadata: request.metadata ?? '',
  language: request.language ?? 'UNSPECIFIED',
  origin,
})

async function remove(c: Context<SinchEnv>, { id, contact }: KnownContact): Promise<void> {
  const { account } = c.get('caller')
  for (const address of addressesOf(contact)) {
    const held = await c.get('records').find(account, 'sinch_identity', address)
    if (held?.parent === id) await c.get('records').remove(account, 'sinch_identity', address)
  }
  await c.get('records').remove(account, 'sinch_contact', id)
}

/** Gives the numbers of a contact its name where people read them. */
async function nameEverywhere(c: Context<SinchEnv>, contact: SinchContact): Promise<void> {
  const name = contact.display_name
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, NAME)
    .toWellFormed()
  if (name === '') return
  const named = addressesOf(contact).map((address) => ({ address, name }))
  await c.get('people').putContacts(c.get('caller'), named)
}

/** `/contacts`. */
export function contactRoutes(): Hono<SinchEnv> {
  const routes = new Hono<SinchEnv>()

  routes.get('/contacts', async (c) => {
    const { account } = c.get('caller')
    const { cursor, limit } = pageOf(c, 100)
    const { channel, identity, external_id } = c.req.query()
    const records = c.get('records')
    if (identity !== undefined) {
      const address = addressOf(identity)
      const known = address === null ? null : await contactOf(records, account, address)
      const has = known?.contact.channel_identities.some((one) => !channel || one.channel === channel)
      return c.json({ contacts: known !== null && has ? [representContact(known)] : [], next_page_token: '' })
    }
    const contacts: ReturnType<typeof representContact>[] = []
    let before = cursor
    // Whoever looks for one id among many gets a page of what was looked through, and goes on.
    for (let rounds = 0; rounds < 5 && contacts.length < limit; rounds++) {
      const rows = await records.page(account, 'sinch_contact', { before, limit })
      for (const row of rows) {
        if (contacts.length === limit) break
        before = row.id
        const contact = row.body as SinchContact
        if (!external_id || contact.external_id === external_id)
          contacts.push(representContact({ id: row.id, contact }))
      }
      if (rows.length < limit) return c.json({ contacts, next_page_token: '' })
    }
    const more = await records.page(account, 'sinch_contact', { before, limit: 1 })
    return c.json({ contacts, next_page_token: more.length === 0 ? '' : before })
  })

  // The numbers of contacts are unique here.
  routes.get('/contacts:identityConflicts', (c) => c.json({ conflicts: [], next_page_token: '' }))

  routes.post('/contacts', async (c) => {
    const request = await read(c, ContactRequest)
    if (!request.ok) return refused(request.failure)
    const { account } = c.get('caller')
    const identities = normal(request.value.channel_identities)
    if (!identities.ok) return refused(identities.failure)
    const contact = filled(request.value, identities.value, 'api')
    for (const address of addressesOf(contact))
      if ((await contactOf(c.get('records'), account, address)) !== null)
        return refused({
          code: 'invalid_field',
          field: 'channel_identities',
          problem: `A contact with ${identityOf(address)} exists.`,
        })
    const now = Date.now()
    const made = { id: mintId('dia', now), contact }
    await writeContact(c.get('records'), account, made, now)
    await nameEverywhere(c, contact)
    await tell(c, 'CONTACT_CREATE', made)
    return c.json(representContact(made))
  })

  routes.get('/contacts/:id', async (c) => {
    const known = await contactById(c, c.req.param('id'))
    return known.ok ? c.json(representContact(known.value)) : refused(known.failure)
  })

  routes.patch('/contacts/:id', async (c) => {
    const known = await contactById(c, c.req.param('id'))
    if (!known.ok) return refused(known.failure)
    const request = await read(c, v.partial(ContactRequest))
    if (!request.ok) return refused(request.failure)
    const before = known.value.contact
    const change = masked(request.value, c.req.query('update_mask'))
    const merged = { ...before, ...change } as unknown as ContactRequest
    const identities = normal(merged.channel_identities)
    if (!identities.ok) return refused(identities.failure)
    const next = { id: known.value.id, contact: filled(merged, identities.value, before.origin) }
    const kept = new Set(addressesOf(next.contact))
    for (const address of addressesOf(before))
      if (!kept.has(address))
        await c.get('records').remove(c.get('caller').account, 'sinch_identity', address)
    await writeContact(c.get('records'), c.get('caller').account, next, Date.now())
    await nameEverywhere(c, next.contact)
    await tell(c, 'CONTACT_UPDATE', next)
    return c.json(representContact(next))
  })

  routes.delete('/contacts/:id', async (c) => {
    const known = await contactById(c, c.req.param('id'))
    if (!known.ok) return refused(known.failure)
    await remove(c, known.value)
    await tell(c, 'CONTACT_DELETE', known.value)
    return c.json({})
  })

  routes.post('/contacts/:target{[^:/]+:merge}', async (c) => {
    const target = await contactById(c, c.req.param('target').replace(/:merge$/, ''))
    if (!target.ok) return refused(target.failure)
    const request = await read(c, MergeRequest)
    if (!request.ok) return refused(request.failure)
    const source = await contactById(c, request.value.source_id)
    if (!source.ok) return refused(source.failure)
    const theirs = source.value.contact.channel_identities.filter(
      (one) =>
        !target.value.contact.channel_identities.some(
          (own) => own.channel === one.channel && own.identity === one.identity,
        ),
    )
    const { contact } = target.value
    const merged = {
      id: target.value.id,
      contact: { ...contact, channel_identities: [...contact.channel_identities, ...theirs] },
    }
    await remove(c, source.value)
    await writeContact(c.get('records'), c.get('caller').account, merged, Date.now())
    const services = { records: c.get('records'), webhooks: c.get('webhooks') }
    await tellApps(services, c.get('caller').account, 'CONTACT_MERGE', {
      contact_merge_notification: {
        preserved_contact: representContact(merged),
        deleted_contact: representContact(source.value),
      },
    })
    return c.json(representContact(merged))
  })

  // No phone has a profile that a carrier would tell.
  routes.post('/contacts:getChannelProfile', (c) => c.json({ profile_name: '' }))

  return routes
}
