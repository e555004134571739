import { type Thread, threadKey, threadMembers } from '../domain/conversation.ts'
import type { Failure } from '../domain/failure.ts'
import { conversationId, conversationOfMessage } from '../domain/ids.ts'
import type { Part } from '../domain/message.ts'
import type { VendorName } from '../domain/number.ts'
import type { Inbound, Report } from '../domain/ports.ts'
import { type ContentProfile, isBlocked } from '../domain/profile.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { extensionOf, inspect, kindOf, type MediaType } from '../media/index.ts'
import type { HookRequest, InboundPart, VendorEvent } from '../vendors/contract.ts'
import { afterReceive } from './after-receive.ts'
import { orderedParts } from './inbound-order.ts'
import { linkNewThread } from './link-thread.ts'
import { partName } from './part-name.ts'
import type { MessagingPorts } from './ports.ts'
import { learnNetwork } from './recipients.ts'
import { tellConsents } from './tell-consents.ts'

type MessageEvent = Extract<VendorEvent, { kind: 'message' }>
type ReceiptEvent = Extract<VendorEvent, { kind: 'receipt' }>

/** The longest text of an inbound message that is kept, in UTF-16 units; phones send far less. */
const TEXT_KEPT = 100_000

/** Takes a vendor's webhook: verified, each event claimed and committed, and only then answered. */
export async function takeHook(
  ports: MessagingPorts,
  vendor: VendorName,
  request: HookRequest,
): Promise<Result<{ contentType: string; body: string }, Failure>> {
  const carrier = ports.carrier(vendor)
  if (carrier === null) return fail({ code: 'not_found', what: 'webhook' })
  const outcome = await carrier.receive(request)
  // One refusal for every reason: an attacker learns nothing from it.
  if (!outcome.ok) return fail({ code: 'invalid_signature' })
  for (const event of outcome.events) {
    if (event.kind === 'message') await takeMessage(ports, vendor, outcome.account, event)
    else if (event.kind === 'consent') await takeConsent(ports, outcome.account, event)
    else await takeReceipt(ports, vendor, outcome.account, event)
  }
  return ok(outcome.answer ?? { contentType: 'application/json', body: '{}' })
}

async function takeMessage(
  ports: MessagingPorts,
  vendor: VendorName,
  account: string | null,
  event: MessageEvent,
): Promise<void> {
  const number = await ports.numbers.ownerOf(vendor, event.to)
  if (number === null || (account !== null && number.account !== account)) {
    // Nobody's number: the owner of the vendor's account sees it as an orphan; repeating it would not help the vendor.
    ports.log('inbound_without_owner', { vendor, event: event.eventId })
    await ports.index.park({
      vendor,
      account,
      eventId: event.eventId,
      vendorId: null,
      body: JSON.stringify({ ...event, parts: event.parts.length }),
      at: event.at,
    })
    return
  }
  const owned = new Set((await ports.numbers.list(number.account)).map((one) => one.address))
  const thread: Thread = {
    account: number.account,
    own: number.address,
    members: threadMembers([event.from, ...event.others], owned),
  }
  const conversation = await conversationId(ports.conversationSecret, number.account, threadKey(thread))
  const profile = await ports.profiles.of(number.account, number.address)
  const parts: Inbound['parts'][number][] = []
  const ordered = await orderedParts(ports, number.account, event.parts)
  for (const [index, part] of ordered.entries())
    parts.push(await takePart(ports, number.account, profile, part, index + 1))
  await linkNewThread(ports, conversation, thread)
  await ports.index.open(conversation, thread, ports.clock.now())
  const { message } = await ports.conversations.receive(conversation, thread, {
    claim: `${vendor}:message:${event.eventId}`,
    vendor,
    channel: event.channel,
    from: event.from,
    to: [number.address, ...event.others],
    subject: event.subject,
    text: event.text === null ? null : event.text.slice(0, TEXT_KEPT),
    parts,
    at: Math.min(event.at, ports.clock.now()),
    ...(event.join === undefined ? {} : { join: event.join }),
  })
  await learnNetwork(ports, number.account, event.from, event)
  await afterReceive(ports, {
    id: message,
    conversation,
    number,
    channel: event.channel,
    media: parts.flatMap(({ source, part }) =>
      'media' in source && part.state === 'stored' ? [source.media] : [],
    ),
    from: event.from,
    text: event.text,
    subject: event.subject,
    at: Math.min(event.at, ports.clock.now()),
  })
}

/** What somebody told the vendor counts as if they had told us. */
async function takeConsent(
  ports: MessagingPorts,
  account: string | null,
  event: Extract<VendorEvent, { kind: 'consent' }>,
): Promise<void> {
  if (account === null) return
  const { address, state } = event
  const at = Math.min(event.at, ports.clock.now())
  const consent = { address, programme: null, state, source: 'words', at } as const
  await ports.consents.set(account, [consent])
  await tellConsents(ports.events, account, [consent])
}

/** Bytes that came with the webhook are stored at once, as they are; a URL is copied later by the conversation. */
async function takePart(
  ports: MessagingPorts,
  account: string,
  profile: ContentProfile,
  part: InboundPart,
  n: number,
): Promise<Inbound['parts'][number]> {
  if (part.kind === 'url') {
    const type = part.typeHint ?? 'application/octet-stream'
    return {
      source: { url: part.url },
      part: { media: '', name: `file${n}`, type, bytes: 0, sha256: '', state: 'pending' },
    }
  }
  const now = ports.clock.now()
  const facts = inspect(part.bytes)
  const type: string = facts.ok ? facts.value.type : 'application/octet-stream'
  const retention = await ports.accounts.retentionDays(account)
  const stored = await ports.media.put(
    {
      account,
      class: 'inbound',
      chunks: [part.bytes],
      type,
      width: facts.ok ? (facts.value.width ?? null) : null,
      height: facts.ok ? (facts.value.height ?? null) : null,
      expiresAt: now + (retention === null ? ports.settings.messageLifetime : retention * 86_400_000),
    },
    now,
  )
  const kept: Part = {
    media: stored.id,
    name: facts.ok
      ? partName(kindOf(facts.value.type), n, extensionOf(facts.value.type as MediaType))
      : `file${n}.bin`,
    type,
    bytes: stored.bytes,
    sha256: stored.sha256,
    ...(stored.width === null ? {} : { width: stored.width }),
    ...(stored.height === null ? {} : { height: stored.height }),
    state: isBlocked(profile, type) ? 'blocked' : 'stored',
  }
  return { source: { media: stored.id }, part: kept }
}

/** A receipt finds its message by our own reference, then by the vendor's id; what matches nothing is parked. */
async function takeReceipt(
  ports: MessagingPorts,
  vendor: VendorName,
  account: string | null,
  event: ReceiptEvent,
): Promise<void> {
  const report = (message: string): Report => ({
    claim: `${vendor}:receipt:${event.eventId}:${event.state}`,
    message,
    recipient: event.recipient,
    state: event.state,
    certainty: event.certainty,
    reason: event.reason,
    vendorCode: event.vendorCode,
    vendorText: event.vendorText,
    vendorId: event.vendorId,
    at: event.at,
  })
  const named = event.reference === null ? null : conversationOfMessage(event.reference)
  if (named !== null && event.reference !== null && account !== null) {
    const result = await ports.conversations.report(named, account, report(event.reference))
    if (result !== 'unknown_message') return await learnNetwork(ports, account, event.recipient, event)
  }
  const found = event.vendorId === null ? null : await ports.index.messageByVendorId(vendor, event.vendorId)
  if (found !== null && (account === null || found.account === account)) {
    const result = await ports.conversations.report(found.conversation, found.account, report(found.message))
    if (result !== 'unknown_message') return await learnNetwork(ports, found.account, event.recipient, event)
  }
  await ports.index.park({
    vendor,
    account,
    eventId: `${event.eventId}:${event.state}`,
    vendorId: event.vendorId,
    body: JSON.stringify(report('')),
    at: event.at,
  })
}
