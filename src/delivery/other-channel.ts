import { mintMessageId } from '../domain/ids.ts'
import type { Message } from '../domain/message.ts'
import type { Report } from '../domain/ports.ts'
import type { DeliveryReason } from '../domain/reason.ts'
import { isFinal } from '../domain/state.ts'
import type { SubmitOutcome } from '../vendors/contract.ts'
import type { Log } from './log.ts'
import type { LoggedMessage } from './log-rows.ts'
import type { DeliveryPorts } from './ports.ts'

/** What is wrong with a picture message, and would not be with a text. */
const MMS_FAULT: ReadonlySet<DeliveryReason> = new Set([
  'no_mms',
  'unsupported_media',
  'too_large',
  'media_unreachable',
])

/** Why it could not go as it was. */
export type MmsFault = {
  readonly reason: DeliveryReason
  readonly code: string | null
  readonly attempt: number | null
}

/**
 * Has a message go as a text, where its sender said so and its MMS certainly failed: once, and under a new reference, since for
 * its carrier it is another message. False leaves it as it was.
 */
export function goBySms(log: Log, message: Message, fault: MmsFault, now: number): boolean {
  const { id, otherwise, recipients } = message
  const pieces = log.pieces.of(id)
  if (message.channel !== 'mms' || otherwise === undefined || !MMS_FAULT.has(fault.reason)) return false
  if (recipients.length !== 1 || pieces.length > 1) return false
  const [piece] = pieces
  log.refits.supersede(piece?.reference ?? id, id, piece?.vendorId ?? message.vendorId)
  const reference = mintMessageId(message.conversation, now)
  log.pieces.redivide(id, [{ reference, from: 0, to: 0, recipients }])
  const told = 'It goes as a text, since no MMS could reach this phone.'
  log.change(
    id,
    {
      bySms: { text: otherwise, warning: { code: 'sent_as_sms', field: 'channel', message: told } },
      dueAt: now,
      confirmAt: null,
      outcomeUnknown: false,
      entry: {
        event: 'channel_fallback',
        detail: `${fault.reason}: ${told}`,
        attempt: fault.attempt,
        vendorCode: fault.code,
      },
    },
    now,
  )
  return true
}

/** Whether an attempt failed because it was MMS, and the message goes as a text instead. */
export function refusedOnMms(
  log: Log,
  ports: DeliveryPorts,
  id: string,
  attempt: number,
  outcome: SubmitOutcome,
): boolean {
  const current = log.find(id)
  if (outcome.kind !== 'refused' || current === null || isFinal(current.message.state)) return false
  const fault = { reason: outcome.reason, code: outcome.vendorCode, attempt }
  // A report that overtook the answer proved that the vendor has it.
  if (current.dueAt === null) return false
  return goBySms(log, current.message, fault, ports.clock.now())
}

/** The same for a report. */
export function reportedOnMms(log: Log, found: LoggedMessage, report: Report, now: number): boolean {
  const { message, validUntil } = found
  if (report.state !== 'failed' || report.reason === null || isFinal(message.state) || now >= validUntil)
    return false
  return goBySms(log, message, { reason: report.reason, code: report.vendorCode, attempt: null }, now)
}
