import { type Address, parseAddress } from '../../domain/address.ts'
import type { DialectRecord, DialectRecords } from '../../domain/dialect-records.ts'
import { mintId } from '../../domain/ids.ts'
import type { ChannelIdentity, Trigger } from './wire.ts'

/** What the dialect keeps because the vendor does. */

/** An app: who sends, and what it is set to. */
export type SinchApp = {
  readonly display_name: string
  readonly channel_credentials: readonly Record<string, unknown>[]
  /** Everything else that was set, given back as it came. */
  readonly settings: Readonly<Record<string, unknown>>
  /** The number that sends where a message names none. */
  readonly default_sender: Address | null
}

/** An endpoint of an app. Its id is that of the webhook that carries it. */
export type SinchWebhook = {
  readonly target: string
  readonly triggers: readonly Trigger[]
  /** Stands for the `callback_url` of messages, and is listed nowhere. */
  readonly override?: true
}

/** A URL without its query: one endpoint, whatever each message adds to tell itself apart. Null for what is no URL. */
export function placeOf(url: string): string | null {
  const parsed = URL.parse(url)
  return parsed === null ? null : `${parsed.origin}${parsed.pathname}`
}

/** A contact. */
export type SinchContact = {
  readonly channel_identities: readonly ChannelIdentity[]
  readonly channel_priority: readonly string[]
  readonly display_name: string
  readonly email: string
  readonly external_id: string
  readonly metadata: string
  readonly language: string
  /** What made it: a request, or the event of a first message. */
  readonly origin: string
}

/** What the vendor keeps of a conversation beside what it is. */
export type SinchConversation = {
  readonly app_id: string
  readonly contact_id: string
  readonly active: boolean
  readonly active_channel: string
  readonly metadata: string
  readonly metadata_json: Readonly<Record<string, unknown>>
  readonly correlation_id: string
}

/** What was sent, as it was said. */
export type SinchMessage = { readonly app_message: unknown; readonly metadata?: string }

/** A number in the vendor's form: no plus. */
export const identityOf = (address: Address): string => address.replace(/^\+/, '')

/** The number of an identity, or null when it is none. */
export function addressOf(identity: string): Address | null {
  const digits = identity.trim()
  const parsed = parseAddress(digits)
  if (parsed.ok) return parsed.value
  const international = /^\d{8,15}$/.test(digits) ? parseAddress(`+${digits}`) : parsed
  return international.ok ? international.value : null
}

/** The channels on which somebody is reached here. */
export const CHANNELS = ['MMS', 'SMS'] as const

/** Both channels of a number. */
export const identitiesOf = (address: Address): ChannelIdentity[] =>
  CHANNELS.map((channel) => ({ channel, identity: identityOf(address), app_id: '' }))

/** A record about to be written. */
export function recordOf(
  account: string,
  kind: string,
  id: string,
  body: unknown,
  now: number,
  more: Partial<Pick<DialectRecord, 'parent' | 'subject' | 'secrets' | 'createdAt'>> = {},
): DialectRecord {
  return {
    account,
    kind: `sinch_${kind}`,
    id,
    parent: '',
    subject: null,
    secrets: null,
    createdAt: now,
    ...more,
    body,
    updatedAt: now,
  }
}

/** A contact with its id. */
export type KnownContact = { readonly id: string; readonly contact: SinchContact }

/** The contact whose number it is; null when there is none. */
export async function contactOf(
  records: DialectRecords,
  account: string,
  address: Address,
): Promise<KnownContact | null> {
  const identity = await records.find(account, 'sinch_identity', address)
  const found = identity === null ? null : await records.find(account, 'sinch_contact', identity.parent)
  return found === null ? null : { id: found.id, contact: found.body as SinchContact }
}

/** Writes a contact and the numbers that lead to it. A number that leads to another contact goes on doing so. */
export async function writeContact(
  records: DialectRecords,
  account: string,
  { id, contact }: KnownContact,
  now: number,
): Promise<void> {
  const addresses = [
    ...new Set(
      contact.channel_identities.map((one) => addressOf(one.identity)).filter((one) => one !== null),
    ),
  ]
  for (const address of addresses)
    await records.add(recordOf(account, 'identity', address, {}, now, { parent: id, subject: address }))
  const subject = addresses[0] ?? null
  await records.put(recordOf(account, 'contact', id, contact, now, { subject }))
}

/** The contact of a number, made where there is none. */
export async function ensureContact(
  records: DialectRecords,
  account: string,
  address: Address,
  origin: string,
  now: number,
): Promise<KnownContact> {
  const known = await contactOf(records, account, address)
  if (known !== null) return known
  const id = mintId('dia', now)
  await records.add(recordOf(account, 'identity', address, {}, now, { parent: id, subject: address }))
  // Whoever was first has named it; a contact that was never written after its number is written now.
  const winner = (await records.find(account, 'sinch_identity', address))?.parent ?? id
  const contact: SinchContact = {
    channel_identities: identitiesOf(address),
    channel_priority: [],
    display_name: '',
    email: '',
    external_id: '',
    metadata: '',
    language: 'UNSPECIFIED',
    origin,
  }
  await records.add(recordOf(account, 'contact', winner, contact, now, { subject: address }))
  const written = await records.find(account, 'sinch_contact', winner)
  return { id: winner, contact: (written?.body as SinchContact | undefined) ?? contact }
}

/** A contact as the vendor shows it. */
export const representContact = ({ id, contact: { origin: _, ...contact } }: KnownContact) => ({
  id,
  ...contact,
})

/**
 * Whether what comes to a number is for an app: a number is for the app whose default sender it is, and for every app where it
 * is nobody's.
 */
export async function hears(
  records: DialectRecords,
  account: string,
  app: string,
  number: Address | null,
): Promise<boolean> {
  if (number === null) return true
  const sender = await records.find(account, 'sinch_sender', number)
  return sender === null || sender.parent === app
}
