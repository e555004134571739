import type { Message } from '../domain/message.ts'
import { advance } from '../domain/state.ts'
import type { CancelOutcome } from '../vendors/contract.ts'
import type { Log } from './log.ts'
import type { DeliveryPorts } from './ports.ts'
import { advanceAll, standingOf } from './standing.ts'

const CANCELED = { state: 'canceled' } as const

/**
 * Takes a message back: from the outbox before its first attempt, afterwards from its carrier where that can. Of a message that
 * went as several, all must be taken back.
 */
export async function takeBack(
  log: Log,
  ports: DeliveryPorts,
  account: string,
  id: string,
): Promise<'canceled' | 'too_late' | 'unknown_message'> {
  const found = log.thread()?.account === account ? log.find(id) : null
  if (found === null || found.message.direction !== 'outbound') return 'unknown_message'
  const { message } = found
  if (message.state === 'canceled') return 'canceled'
  // Once an attempt was begun the vendor may have it, whatever the answer says.
  const waits = message.state === 'accepted' && found.attempts === 0
  if (!waits && !(await takenFromCarrier(log, ports, message))) return 'too_late'
  const current = log.find(id)?.message ?? message
  log.change(
    id,
    {
      standing: advance(standingOf(current), CANCELED),
      recipients: advanceAll(current.recipients, CANCELED),
      dueAt: null,
      confirmAt: null,
      entry: {
        event: 'canceled',
        detail: waits ? null : 'The carrier took it back.',
        attempt: null,
        vendorCode: null,
      },
    },
    ports.clock.now(),
  )
  return 'canceled'
}

async function takenFromCarrier(log: Log, ports: DeliveryPorts, message: Message): Promise<boolean> {
  const carrier = ports.carrier(message.vendor)
  if (carrier?.cancel === undefined || message.state !== 'submitted') return false
  const pieces = log.pieces.of(message.id)
  const whole = { reference: message.id, vendorId: message.vendorId }
  let isTaken = true
  for (const { reference, vendorId } of pieces.length === 0 ? [whole] : pieces) {
    const outcome: CancelOutcome =
      vendorId === null
        ? { kind: 'too_late' }
        : await carrier
            .cancel({ account: message.account, reference, vendorId })
            .catch(() => ({ kind: 'later' }) as const)
    if (outcome.kind !== 'canceled') isTaken = false
  }
  return isTaken
}
