import { type Address, parseAddress } from '../domain/address.ts'
import { BUDGETS, type BudgetName, chooseBudget, SMALLEST_BUDGET } from '../domain/budget.ts'
import { decideChannel } from '../domain/channel.ts'
import type { Purpose } from '../domain/consent.ts'
import { threadMembers } from '../domain/conversation.ts'
import type { Failure } from '../domain/failure.ts'
import type { Channel, Warning } from '../domain/message.ts'
import { type Network, networkById, overridden } from '../domain/networks.ts'
import type { OwnNumber } from '../domain/number.ts'
import { BULK, bulkWarning, isEmergency, mayBeSent, type VendorLimits } from '../domain/policy.ts'
import type { Caller, SendRequest } from '../domain/ports.ts'
import { mmsNow, type RecipientFacts } from '../domain/recipient.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { type Segments, segmentsOf } from '../domain/segments.ts'
import { isSplit } from '../domain/split.ts'
import { kindOf, type MediaType } from '../media/index.ts'
import { consentFailure } from './consents.ts'
import { cannotPay, costOf, type Standing } from './credit.ts'
import { linkInstead } from './link-instead.ts'
import { asFailure } from './media-failure.ts'
import type { MessagingPorts } from './ports.ts'
import { plainRequest } from './rich.ts'
import { strictly } from './strict.ts'

/** A request whose words were understood and whose rules were kept. */
export type Allowed = {
  readonly sender: OwnNumber
  readonly to: readonly Address[]
  readonly subject: string | null
  readonly text: string | null
  readonly channel: Channel
  /** How the text travels as SMS; null for an MMS. */
  readonly segments: Segments | null
  /** How many messages its attachments take. */
  readonly messages: number
  /** The vendor's limits, with the pixels that the recipients' networks let through. */
  readonly limits: VendorLimits
  readonly budget: number
  readonly purpose: Purpose
  readonly warnings: readonly Warning[]
  /** What is known of the recipients; those of whom nothing is known are missing. */
  readonly known: ReadonlyMap<Address, RecipientFacts>
  /** How the account pays; null for one that no list knows. */
  readonly credit: Standing | null
}

/** What may be said of a request before any work: with an error there is nothing allowed. */
export type Examined = {
  readonly allowed: Allowed | null
  readonly errors: readonly Failure[]
  readonly warnings: readonly Warning[]
}

/** How many people one request writes to with a message each: they are sent one after the other while it waits. */
const SEPARATELY = 50

/** How far ahead a message may be planned, in milliseconds: vendors and media do not wait longer. */
const LATEST = 35 * 86_400_000

const refused = (...errors: Failure[]): Examined => ({ allowed: null, errors, warnings: [] })

/** Reads a request and applies the rules: everything that can be known before work starts, all of it at once. */
export async function examine(
  ports: MessagingPorts,
  caller: Caller,
  request: SendRequest,
): Promise<Examined> {
  const now = ports.clock.now()
  const recipients = recipientsOf(request.to)
  const to = [...new Set(recipients.addresses)].sort()
  const purpose = request.purpose ?? 'conversational'
  const [numbers, credit, known, unwilling] = await Promise.all([
    ports.numbers.list(caller.account),
    ports.credit.plan(caller.account),
    to.length === 0 ? new Map<Address, RecipientFacts>() : ports.recipients.known(caller.account, to),
    request.automatic === 'consent' || to.length === 0
      ? null
      : consentFailure(ports.consents, caller.account, to, {
          purpose,
          programme: request.programme ?? null,
        }),
  ])
  const found = senderOf(numbers, request.from)
  if (!found.ok) return refused(found.failure, ...recipients.errors)
  const sender = found.value
  const carrier = ports.carrier(sender.vendor)
  if (carrier === null)
    return refused({ code: 'vendor_not_available', vendor: sender.vendor }, ...recipients.errors)
  const networks = await networksOf(ports, caller.account, known)
  const together = request.group !== 'separate'
  const carried = within(carrier.limits(sender.type), networks, sender)
  const limits = together ? carried : { ...carried, recipients: SEPARATELY }
  const someoneWithoutMms = [...known.values()].some((facts) => mmsNow(facts, now) === 'no')
  const { subject, text } = wordsOf(request, sender.mms && !someoneWithoutMms)
  const segments = segmentsOf(text ?? '')
  const { channel, problem } = decideChannel({
    asked: request.channel ?? 'auto',
    media: request.media.length,
    hasSubject: subject !== null,
    recipients: together ? to.length : Math.min(1, to.length),
    segments: segments.count,
    sender,
    someoneWithoutMms,
  })
  const splits = isSplit(request.split, request.media.length, limits.parts)
  const messages = splits ? Math.ceil(request.media.length / limits.parts) : 1
  const ownNumbers = new Set(numbers.map((number) => number.address))
  const verdict = mayBeSent({
    sender,
    to,
    channel,
    subject,
    text,
    parts: splits ? limits.parts : request.media.length,
    ownNumbers,
    testKey: caller.test,
    limits,
    recipients: known,
    now,
  })
  const errors = [...recipients.errors, ...verdict.errors]
  if (problem !== null) errors.push({ code: 'invalid_field', field: 'channel', problem })
  // With a mistyped recipient nobody may be left, which is not another mistake.
  const said = errors.filter((one) => one.code !== 'no_recipients' || recipients.errors.length === 0)
  // Nobody but ourselves was left would have been refused above; the thread's members are the recipients.
  if (said.length === 0 && threadMembers(to, ownNumbers).length !== to.length)
    said.push({ code: 'recipient_is_own_number', address: to.find((one) => ownNumbers.has(one)) ?? '' })
  if (unwilling !== null) said.push(unwilling)
  const cost = costOf(sender, { to, channel, text }).amount * messages
  const unpaid = request.isPaid === true ? null : cannotPay(credit, cost)
  if (unpaid !== null) said.push(unpaid)
  if (request.sendAt !== undefined && request.sendAt > now + LATEST)
    said.push({ code: 'invalid_field', field: 'send_at', problem: 'Choose a time within the next 35 days.' })
  const warnings = [...verdict.warnings]
  if (channel === 'sms' && segments.count > sender.smsMaxSegments)
    warnings.push({
      code: 'sms_segments',
      field: 'text',
      message: `The text goes as ${segments.count} SMS segments, each of which may be billed.`,
    })
  const budget = budgetOf(request, sender, limits, to, networks, warnings)
  if (!budget.ok) said.push(budget.failure)
  if (said.length > 0 || !budget.ok) return { allowed: null, errors: said, warnings }
  return {
    allowed: {
      sender,
      to,
      subject,
      text,
      channel,
      segments: channel === 'sms' ? segments : null,
      messages,
      limits,
      budget: budget.value,
      purpose,
      warnings,
      known,
      credit,
    },
    errors: [],
    warnings,
  }
}

/** Subject and text; a title without pictures goes into the text where no MMS can go. */
function wordsOf(
  { subject, text, media, isTitled }: SendRequest,
  canMms: boolean,
): { subject: string | null; text: string | null } {
  const title = subject?.trim() || null
  if (isTitled !== true || canMms || media.length > 0) return { subject: title, text: text || null }
  return { subject: null, text: [title, text].filter(Boolean).join('\n') || null }
}

/** The same for those who can only go on: the first thing that is wrong, or the way. */
export async function allow(
  ports: MessagingPorts,
  caller: Caller,
  request: SendRequest,
): Promise<Result<Allowed, Failure>> {
  const { allowed, errors } = await examine(ports, caller, request)
  if (allowed !== null) return ok(allowed)
  return fail(errors[0] ?? { code: 'internal' })
}

/** The recipients' networks as far as they are known, with the account's own words in them. */
async function networksOf(
  ports: MessagingPorts,
  account: string,
  known: ReadonlyMap<Address, RecipientFacts>,
): Promise<ReadonlyMap<Address, Network>> {
  const rows = [...known.values()].flatMap(({ address, network }): [Address, Network][] => {
    const row = network === null ? undefined : networkById(network)
    return row === undefined ? [] : [[address, row]]
  })
  if (rows.length === 0) return new Map()
  const own = await ports.recipients.overrides(account)
  return new Map(rows.map(([address, row]) => [address, overridden(row, own.get(row.id))]))
}

/** The limits of the vendor with the pixels of the narrowest network; bytes are the budget's matter. */
function within(
  limits: VendorLimits,
  networks: ReadonlyMap<Address, Network>,
  sender: OwnNumber,
): VendorLimits {
  const sides = [...networks.values()].map((network) => network.maxSide)
  return {
    ...limits,
    maxSide: Math.min(limits.maxSide, ...sides),
    types: sender.preferJpeg ? limits.types.filter((one) => one !== 'image/png') : limits.types,
  }
}

function budgetOf(
  request: SendRequest,
  sender: OwnNumber,
  limits: VendorLimits,
  to: readonly Address[],
  networks: ReadonlyMap<Address, Network>,
  warnings: Warning[],
): Result<number, Failure> {
  const requested = requestedBudget(request.budget, limits.messageBytes)
  if (!requested.ok) return requested
  const carried = [...networks.values()].map((network) => network.messageBytes)
  // One message goes to all: it is bounded by every network that is known, and careful while any is not.
  const choice = chooseBudget({
    requested: requested.value,
    number: sender.budget,
    vendor: Math.min(limits.messageBytes, ...carried),
    ...(to.length > 0 && to.every((one) => networks.has(one)) ? { network: Math.min(...carried) } : {}),
  })
  if (choice.networkUnknown && choice.bytes > BUDGETS.safe)
    warnings.push({
      code: 'network_unknown',
      field: 'budget',
      message: `The recipient's network is not known, and not every network carries ${choice.bytes} bytes; ${BUDGETS.safe} is safe.`,
    })
  return ok(choice.bytes)
}

function senderOf(numbers: readonly OwnNumber[], from: string | undefined): Result<OwnNumber, Failure> {
  if (from === undefined || from === '') {
    const standard = numbers.find((number) => number.isDefault)
    return standard === undefined ? fail({ code: 'no_default_number' }) : ok(standard)
  }
  const address = parseAddress(from)
  if (!address.ok) return fail({ code: 'invalid_number', field: 'from', typed: from })
  const number = numbers.find((one) => one.address === address.value)
  return number === undefined ? fail({ code: 'sender_unknown', address: address.value }) : ok(number)
}

/** Every recipient that was understood, and what was wrong with the others. */
function recipientsOf(typed: readonly string[]): { addresses: Address[]; errors: Failure[] } {
  const addresses: Address[] = []
  const errors: Failure[] = []
  for (const one of typed) {
    const address = parseAddress(one)
    if (isEmergency(one)) errors.push({ code: 'emergency_number', typed: one.slice(0, 20) })
    else if (!address.ok) errors.push({ code: 'invalid_number', field: 'to', typed: one })
    else addresses.push(address.value)
  }
  return { addresses, errors }
}

/** A budget as a number of bytes, as digits, or by name. */
export function requestedBudget(
  asked: string | number | undefined,
  most: number,
): Result<number | undefined, Failure> {
  if (asked === undefined || asked === '') return ok(undefined)
  if (typeof asked === 'string' && Object.hasOwn(BUDGETS, asked)) return ok(BUDGETS[asked as BudgetName])
  const bytes = typeof asked === 'number' ? asked : /^\d{1,9}$/.test(asked) ? Number(asked) : Number.NaN
  if (!Number.isInteger(bytes) || bytes < SMALLEST_BUDGET || bytes > Math.max(most, BUDGETS.hard))
    return fail({ code: 'budget_out_of_range', least: SMALLEST_BUDGET, most })
  return ok(bytes)
}

/**
 * The remark on a bulk pattern, if there is one: counted over what went to people who never wrote.
 *
 * @param pictures hashes of the files that leave
 * @param write counts this message in; `check` only looks
 */
export async function bulkPattern(
  ports: Pick<MessagingPorts, 'recipients' | 'clock'>,
  account: string,
  allowed: Pick<Allowed, 'to' | 'text' | 'known'>,
  pictures: readonly string[],
  write: boolean,
): Promise<Warning | null> {
  const strangers = allowed.to.filter((one) => allowed.known.get(one)?.wroteAt == null)
  const contents = [
    ...(allowed.text === null ? [] : [`text ${allowed.text.trim().toLowerCase()}`]),
    ...pictures.map((sha256) => `media ${sha256}`),
  ]
  if (strangers.length === 0 || contents.length === 0) return null
  const now = ports.clock.now()
  const hashes = await Promise.all(contents.map(contentHash))
  const since = now - BULK.within
  const seen = await ports.recipients.sighted(account, hashes, strangers, since, write ? now : null)
  return seen > BULK.recipients ? bulkWarning(seen) : null
}

/** 132 bits of SHA-256: enough to tell contents apart, short enough for an index. */
async function contentHash(content: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content))
  return new Uint8Array(digest).toBase64().slice(0, 22)
}

/** What a check answers: nothing was sent, and nothing is promised for later. */
export type Checked = {
  readonly errors: readonly Failure[]
  readonly warnings: readonly Warning[]
  /** What the message would go as, its budget in bytes and its price in micro-units; null while there are errors. */
  readonly channel: Channel | null
  readonly segments: Segments | null
  readonly budget: number | null
  readonly cost: number | null
}

/** What is said of a message that may not go. */
const NOTHING = { channel: null, segments: null, budget: null, cost: null } as const

/** Says whether a message may be sent, with everything that speaks against it. */
export type Check = (caller: Caller, request: SendRequest) => Promise<Result<Checked, Failure>>

/** Makes the use case of checking. Media behind URLs is not fetched for it. */
export const createCheck =
  (ports: MessagingPorts): Check =>
  async (caller, asked) => {
    if (!caller.scopes.includes('send') && !caller.scopes.includes('admin'))
      return fail({ code: 'insufficient_scope', scope: 'send' })
    const plain = await plainRequest(ports, caller, asked, false)
    if (!plain.ok)
      return plain.failure.code === 'internal'
        ? plain
        : ok({ errors: [plain.failure], warnings: [], ...NOTHING })
    let { request } = plain.value
    let examined = await examine(ports, caller, request)
    const linked = linkInstead(ports, request, examined.errors)
    if (linked !== null) {
      request = linked
      examined = await examine(ports, caller, linked)
    }
    const { allowed, errors, warnings } = examined
    const stored = request.media.filter((one) => 'id' in one)
    const unfit = await unfitMedia(ports, caller, stored, allowed?.limits.types ?? null)
    if (allowed === null || unfit.length > 0)
      return ok({ errors: [...errors, ...unfit], warnings, ...NOTHING })
    const strict =
      request.strict === true
        ? await strictly(ports, caller, { media: stored, subject: allowed.subject }, allowed.limits)
        : ok(stored)
    const bulk = await bulkPattern(ports, caller.account, allowed, [], false)
    return ok({
      errors: strict.ok ? [] : [strict.failure],
      warnings: bulk === null ? warnings : [...warnings, bulk],
      channel: allowed.channel,
      segments: allowed.segments,
      budget: allowed.budget,
      cost: costOf(allowed.sender, allowed).amount * allowed.messages,
    })
  }

/** What another type can be made of, so that only what comes out must be carried. */
const CHANGED: ReadonlySet<string> = new Set(['image', 'video'])

/** Why stored files cannot go: gone, or of a type that the vendor does not carry and that nothing is made of. */
async function unfitMedia(
  ports: MessagingPorts,
  caller: Caller,
  media: readonly { readonly id: string }[],
  types: readonly string[] | null,
): Promise<Failure[]> {
  const now = ports.clock.now()
  const found = await Promise.all(media.map(({ id }) => ports.media.find(caller.account, id)))
  return found.flatMap((one, index): Failure[] => {
    if (one === null) return [{ code: 'not_found', what: `media (part ${index + 1})` }]
    if (one.deletedAt !== null || one.expiresAt <= now) return [{ code: 'media_expired' }]
    const type = one.type as MediaType
    if (types === null || types.includes(type) || CHANGED.has(kindOf(type))) return []
    const accepted = types as readonly MediaType[]
    return [asFailure({ code: 'type_not_accepted', type, accepted }, index + 1)]
  })
}
