import { isShortCode } from '../domain/address.ts'
import type { OwnNumber } from '../domain/number.ts'
import type { Caller } from '../domain/ports.ts'
import type { MessagingPorts } from './ports.ts'
import type { Received } from './received.ts'

/** One automatic answer a sender, number and word in this time; milliseconds. */
const QUIET = 5 * 60_000

/** Who sends when nobody does. */
export const automaticCaller = (number: OwnNumber): Caller => ({
  account: number.account,
  key: 'automatic',
  scopes: ['send'],
  test: number.vendor === 'simulator',
})

/** Machines answer each other for ever: short codes get no automatic word, and nobody the same one twice in five minutes. */
export async function mayAnswer(ports: MessagingPorts, received: Received, word: string): Promise<boolean> {
  if (isShortCode(received.from)) return false
  const { account, address } = received.number
  const at = ports.clock.now()
  return await ports.consents.mayReply(
    { account, number: address, sender: received.from, word, message: received.id, at },
    at - QUIET,
  )
}
