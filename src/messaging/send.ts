import { type Address, parseAddress } from '../domain/address.ts'
import { BUDGETS, type BudgetName, chooseBudget, SMALLEST_BUDGET } from '../domain/budget.ts'
import { type Thread, threadKey, threadMembers } from '../domain/conversation.ts'
import type { Failure } from '../domain/failure.ts'
import { conversationId, conversationOfMessage, mintMessageId } from '../domain/ids.ts'
import type { Channel, Warning } from '../domain/message.ts'
import type { OwnNumber } from '../domain/number.ts'
import { isEmergency, mayBeSent, type VendorLimits } from '../domain/policy.ts'
import type { Caller, Idempotency, SendRequest, Sent } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { compose } from './compose.ts'
import { idempotent } from './idempotent.ts'
import type { MessagingPorts } from './ports.ts'

/** A request whose words were understood and whose rules were kept. */
type Allowed = {
  readonly sender: OwnNumber
  readonly to: readonly Address[]
  readonly subject: string | null
  readonly text: string | null
  readonly channel: Channel
  readonly limits: VendorLimits
  readonly budget: number
  readonly warnings: readonly Warning[]
}

/** One segment of an SMS in the GSM 7-bit alphabet (3GPP TS 23.038, clause 6.1.2.1.1). */
const SMS_LENGTH = 160

/** Sends a message: with an ok it is committed, and nothing loses it. */
export async function send(
  ports: MessagingPorts,
  caller: Caller,
  request: SendRequest,
  idempotency: Idempotency | null,
): Promise<Result<Sent, Failure>> {
  const allowed = await allow(ports, caller, request)
  if (!allowed.ok) return allowed
  const { sender, to, subject, text, channel, limits, budget } = allowed.value
  const thread: Thread = { account: caller.account, own: sender.address, members: to }
  const conversation = await conversationId(ports.conversationSecret, caller.account, threadKey(thread))
  const createdAt = ports.clock.now()

  return await idempotent<Sent>(
    ports,
    caller,
    idempotency,
    mintMessageId(conversation, createdAt),
    async (id, resumed) => {
      // The default number changed since the first try of this key: it is not the same request any more.
      if (conversationOfMessage(id) !== conversation) return fail({ code: 'idempotency_mismatch' })
      if (resumed) {
        const before = await ports.conversations.message(caller.account, id)
        if (before !== null) return ok({ message: before, warnings: before.warnings })
      }
      const retention = await ports.accounts.retentionDays(caller.account)
      const keepUntil =
        createdAt + (retention === null ? ports.settings.messageLifetime : retention * 86_400_000)
      const composed = await compose(ports, caller, {
        id,
        from: sender.address,
        to,
        subject,
        text,
        media: request.media,
        budget,
        limits,
        createdAt,
        keepUntil,
      })
      if (!composed.ok) return composed
      const warnings = [...allowed.value.warnings, ...composed.value.warnings]
      await ports.index.open(conversation, thread, ports.clock.now())
      const { message } = await ports.conversations.accept(conversation, thread, {
        id,
        account: caller.account,
        conversation,
        channel,
        vendor: sender.vendor,
        from: sender.address,
        to,
        subject,
        text,
        parts: composed.value.parts,
        budget,
        wireBytes: composed.value.wireBytes,
        warnings,
        createdAt,
        validUntil: createdAt + ports.settings.validity,
      })
      return ok({ message, warnings })
    },
  )
}

/** Reads the request and applies the rules. Everything that can be known before work starts is said here. */
async function allow(
  ports: MessagingPorts,
  caller: Caller,
  request: SendRequest,
): Promise<Result<Allowed, Failure>> {
  const numbers = await ports.numbers.list(caller.account)
  const sender = senderOf(numbers, request.from)
  if (!sender.ok) return sender
  const carrier = ports.carrier(sender.value.vendor)
  if (carrier === null) return fail({ code: 'vendor_not_available', vendor: sender.value.vendor })
  const recipients = recipientsOf(request.to)
  if (!recipients.ok) return recipients
  const limits = carrier.limits(sender.value.type)
  const subject = request.subject?.trim() ? request.subject.trim() : null
  const text = request.text ? request.text : null
  const needsMms =
    request.media.length > 0 ||
    subject !== null ||
    recipients.value.length > 1 ||
    (text?.length ?? 0) > SMS_LENGTH
  const channel = needsMms || !sender.value.sms ? 'mms' : 'sms'
  const ownNumbers = new Set(numbers.map((number) => number.address))
  const to = [...new Set(recipients.value)].sort()
  const verdict = mayBeSent({
    sender: sender.value,
    to,
    channel,
    subject,
    text,
    parts: request.media.length,
    ownNumbers,
    testKey: caller.test,
    limits,
  })
  if (verdict.errors[0] !== undefined) return fail(verdict.errors[0])
  // Nobody but ourselves was left would have been refused above; the thread's members are the recipients.
  if (threadMembers(to, ownNumbers).length !== to.length)
    return fail({ code: 'recipient_is_own_number', address: to.find((one) => ownNumbers.has(one)) ?? '' })
  const requested = requestedBudget(request.budget, limits.messageBytes)
  if (!requested.ok) return requested
  const choice = chooseBudget({
    requested: requested.value,
    number: sender.value.budget,
    vendor: limits.messageBytes,
  })
  const warnings = [...verdict.warnings]
  if (choice.networkUnknown && choice.bytes > BUDGETS.safe)
    warnings.push({
      code: 'network_unknown',
      field: 'budget',
      message: `The recipient's network is not known, and not every network carries ${choice.bytes} bytes; ${BUDGETS.safe} is safe.`,
    })
  return ok({ sender: sender.value, to, subject, text, channel, limits, budget: choice.bytes, warnings })
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

function recipientsOf(typed: readonly string[]): Result<Address[], Failure> {
  const addresses: Address[] = []
  for (const one of typed) {
    if (isEmergency(one)) return fail({ code: 'emergency_number', typed: one.slice(0, 20) })
    const address = parseAddress(one)
    if (!address.ok) return fail({ code: 'invalid_number', field: 'to', typed: one })
    addresses.push(address.value)
  }
  return ok(addresses)
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
