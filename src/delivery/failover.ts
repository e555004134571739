import type { Message } from '../domain/message.ts'
import type { OwnNumber } from '../domain/number.ts'
import { type DeliveryReason, REASONS } from '../domain/reason.ts'
import type { SubmitOutcome } from '../vendors/contract.ts'
import type { Log } from './log.ts'
import type { DeliveryPorts } from './ports.ts'
import { PATIENCE } from './schedule.ts'

/** What is wrong with the sending number or its vendor, and would be right with another. */
const SENDERS_FAULT: ReadonlySet<DeliveryReason> = new Set([
  'sender_not_allowed',
  'vendor_credentials',
  'insufficient_funds',
  'vendor_unavailable',
])

/** Whether the outcome calls for another number: a refusal at once, an outage after what others were held for. */
function calls(
  outcome: SubmitOutcome,
  triedForMs: number,
): outcome is SubmitOutcome & { reason: DeliveryReason } {
  if (outcome.kind === 'refused') return SENDERS_FAULT.has(outcome.reason)
  return outcome.kind === 'later' && SENDERS_FAULT.has(outcome.reason) && triedForMs >= PATIENCE.hold
}

/** The same 10DLC campaign, verification or programme: what people agreed to be written to by. */
const scopeOf = ({ registration }: OwnNumber): string =>
  registration === null ? '' : `${registration.kind} ${registration.state} ${registration.id ?? ''}`

/** Whether a number may send in another's place: both are set to, of one kind, one scope of consent, and it carries the message. */
export function mayStandIn(
  own: OwnNumber,
  other: OwnNumber,
  message: Pick<Message, 'channel' | 'parts' | 'wireBytes' | 'to'>,
  limits: { readonly messageBytes: number; readonly parts: number; readonly types: readonly string[] },
): boolean {
  return (
    own.failover &&
    other.failover &&
    other.address !== own.address &&
    !message.to.includes(other.address) &&
    other.type === own.type &&
    other.country === own.country &&
    scopeOf(other) === scopeOf(own) &&
    other[message.channel] &&
    message.wireBytes <= Math.min(limits.messageBytes, other.budget ?? limits.messageBytes) &&
    message.parts.length <= limits.parts &&
    message.parts.every((part) => limits.types.includes(part.type))
  )
}

/**
 * Has a message go from another number of the account where its own cannot send it and both are set to stand in for each
 * other: once. Only what was certainly not taken goes again. False leaves the message as it was.
 */
export async function failover(
  log: Log,
  ports: DeliveryPorts,
  id: string,
  attempt: number,
  outcome: SubmitOutcome,
): Promise<boolean> {
  const found = log.find(id)
  if (found === null || found.dueAt === null || found.message.via !== undefined) return false
  const { message } = found
  if (!calls(outcome, ports.clock.now() - (found.firstAttemptAt ?? ports.clock.now()))) return false
  if (log.pieces.of(id).some((one) => one.submitted)) return false
  let other: OwnNumber | undefined
  try {
    const numbers = await ports.numbers.list(message.account)
    const own = numbers.find((one) => one.address === message.from)
    if (own === undefined) return false
    other = numbers.find((one) => {
      const limits = ports.carrier(one.vendor)?.limits(one.type)
      return limits !== undefined && mayStandIn(own, one, message, limits)
    })
  } catch (error) {
    ports.log('failover_failed', { message: id, error: String(error).slice(0, 200) })
  }
  const current = log.find(id)
  if (other === undefined || current === null || current.dueAt === null) return false
  const why = `${message.from} could not send it (${REASONS[outcome.reason].meaning})`
  const told = `It goes from ${other.address}, since ${why} Answers come to that number.`
  const now = ports.clock.now()
  log.change(
    id,
    {
      via: {
        number: other.address,
        vendor: other.vendor,
        warning: { code: 'sent_from_other_number', field: 'from', message: told },
      },
      dueAt: now,
      entry: {
        event: 'failover',
        detail: told,
        attempt,
        vendorCode: 'vendorCode' in outcome ? outcome.vendorCode : null,
      },
    },
    now,
  )
  return true
}
