import { mintMessageId } from '../domain/ids.ts'
import type { Message } from '../domain/message.ts'
import type { Log } from './log.ts'
import type { PieceRow } from './piece-rows.ts'
import type { DeliveryPorts } from './ports.ts'

/** Whether the pieces go to one member of a group each. */
export const isByMember = (message: Message, pieces: readonly PieceRow[]): boolean =>
  message.recipients.length > 1 && pieces.length > 0 && pieces.every((one) => one.recipients.length === 1)

/**
 * Divides a group's message into one a member where its carrier takes it so, before its first attempt: each has its own
 * reference, attempts, id at the vendor and reports. Throws when storage does not answer.
 */
export async function divideByMember(log: Log, ports: DeliveryPorts, message: Message): Promise<void> {
  if (message.recipients.length < 2) return
  const before = log.pieces.of(message.id)
  if (isByMember(message, before) || before.some((one) => one.submitted)) return
  if ((await ports.carrier(message.vendor)?.submitsByMember?.(message.account)) !== true) return
  const whole = { reference: message.id, from: 0, to: message.parts.length }
  const now = ports.clock.now()
  const divided = (before.length === 0 ? [whole] : before).flatMap(({ reference, from, to }) =>
    message.recipients.map((recipient, n) => ({
      reference: n === 0 ? reference : mintMessageId(message.conversation, now),
      from,
      to,
      recipients: [recipient],
    })),
  )
  log.pieces.redivide(message.id, divided)
}
