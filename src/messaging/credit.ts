import {
  type Charge,
  type Credit,
  type LedgerEntry,
  type Plan,
  priceOf,
  type UsageRow,
  unitsOf,
} from '../domain/credit.ts'
import type { CreditStore } from '../domain/credit-store.ts'
import type { Failure } from '../domain/failure.ts'
import { mintId } from '../domain/ids.ts'
import type { Envelope } from '../domain/message.ts'
import type { OwnNumber } from '../domain/number.ts'
import type { Caller, Clock, Conversations, Page } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { MessagingPorts } from './ports.ts'
import { takeQuota } from './quota.ts'

/** A hold whose message nobody knows after this was left by a request that died; in milliseconds. */
const UNCLAIMED_AFTER = 15 * 60_000

/** How an account pays, as a send sees it. */
export type Standing = Pick<Credit, 'plan' | 'available'>

/** What a message from a number costs; in micro-units. */
export const costOf = (
  sender: Pick<OwnNumber, 'prices'>,
  message: Pick<Envelope, 'to' | 'channel' | 'pieces' | 'text'>,
): { units: number; amount: number } => {
  const units = unitsOf({ ...message, direction: 'outbound' })
  return { units, amount: units * priceOf(sender.prices, message.channel, 'outbound') }
}

/** Why the money does not suffice, seen without taking it; null when it does. */
export function cannotPay(credit: Standing | null, needed: number): Failure | null {
  if (credit?.plan === 'trial') return { code: 'trial_account' }
  if (credit?.plan === 'prepaid' && (credit.available <= 0 || credit.available < needed))
    return { code: 'credit_exhausted', needed, available: Math.max(0, credit.available) }
  return null
}

/**
 * Takes what a message costs, right before it is committed: credit of an account that pays ahead, a place in the limits
 * of its key. The same message takes both once. What is taken comes back by itself when the message never leaves.
 */
export async function reserve(
  ports: Pick<MessagingPorts, 'credit' | 'quota' | 'clock'>,
  caller: Caller,
  { sender, credit }: { readonly sender: OwnNumber; readonly credit: Standing | null },
  message: Pick<Envelope, 'id' | 'to' | 'channel' | 'pieces' | 'text'>,
): Promise<Result<void, Failure>> {
  const { account } = caller
  const now = ports.clock.now()
  const { units, amount } = costOf(sender, message)
  const pays = credit?.plan === 'prepaid'
  const charge: Charge = {
    message: message.id,
    account,
    number: sender.address,
    kind: message.channel,
    units,
    amount,
    at: now,
  }
  if (pays && !(await ports.credit.hold(charge)))
    return fail({ code: 'credit_exhausted', needed: amount, available: Math.max(0, credit.available) })
  const counted = await takeQuota(ports, caller, message.id, amount)
  if (!counted.ok && pays) await ports.credit.release(account, message.id, now)
  return counted
}

/** Gives back what requests took that died before they committed. */
export async function releaseUnclaimed(ports: {
  readonly credit: CreditStore
  readonly conversations: Conversations
  readonly clock: Clock
}): Promise<void> {
  const now = ports.clock.now()
  // The conversation is the truth: its list may be behind.
  for (const { account, message } of await ports.credit.unclaimed(now - UNCLAIMED_AFTER, 100))
    if ((await ports.conversations.message(account, message)) === null)
      await ports.credit.release(account, message, now)
}

/** What can be asked about money. */
export interface Money {
  credit(caller: Caller): Promise<Result<Credit, Failure>>
  ledger(
    caller: Caller,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<LedgerEntry>, Failure>>
  usage(caller: Caller, query: Parameters<CreditStore['usage']>[1]): Promise<Result<Page<UsageRow>, Failure>>
  /** For whoever runs the gateway: sets the plan, adds an amount (or takes it off), and says how the account stands. */
  fund(
    account: string,
    change: {
      plan?: Plan | undefined
      currency?: string | undefined
      amount?: number | undefined
      note: string | null
    },
    entry: string | null,
  ): Promise<Result<Credit, Failure>>
}

/** Makes the use cases of money. */
export function createMoney(ports: { readonly credit: CreditStore; readonly clock: Clock }): Money {
  const mayRead = (caller: Caller): boolean => caller.scopes.some((one) => one === 'read' || one === 'admin')
  const forbidden = fail({ code: 'insufficient_scope', scope: 'read' } as const)
  const standing = async (account: string): Promise<Result<Credit, Failure>> => {
    const credit = await ports.credit.credit(account)
    return credit === null ? fail({ code: 'not_found', what: 'account' }) : ok(credit)
  }
  return {
    credit: async (caller) => (mayRead(caller) ? await standing(caller.account) : forbidden),
    ledger: async (caller, page) =>
      mayRead(caller) ? await ports.credit.ledger(caller.account, page) : forbidden,
    usage: async (caller, query) =>
      mayRead(caller) ? await ports.credit.usage(caller.account, query) : forbidden,
    async fund(account, { plan, currency, amount, note }, entry) {
      const before = await ports.credit.credit(account)
      if (before === null) return fail({ code: 'not_found', what: 'account' })
      if (plan !== undefined || currency !== undefined)
        await ports.credit.setPlan(account, plan ?? before.plan, currency ?? null)
      const now = ports.clock.now()
      if (amount !== undefined && amount !== 0)
        await ports.credit.topUp(account, { id: entry ?? mintId('led', now), at: now, amount, note })
      return await standing(account)
    },
  }
}
