import type { Address } from './address.ts'
import type { Charge, Credit, KeyLimits, LedgerEntry, Plan, UsageRow } from './credit.ts'
import type { Failure } from './failure.ts'
import type { Channel } from './message.ts'
import type { Page } from './ports.ts'
import type { Result } from './result.ts'

/** The money of accounts; amounts in integer micro-units. */
export interface CreditStore {
  credit(account: string): Promise<Credit | null>
  /** The plan and what may still be spent, without what a send does not need. */
  plan(account: string): Promise<Pick<Credit, 'plan' | 'available'> | null>
  /** False when there is no such account. */
  setPlan(account: string, plan: Plan, currency: string | null): Promise<boolean>
  /** Adds to the balance, or takes off; the same id twice counts once. */
  topUp(
    account: string,
    entry: { id: string; at: number; amount: number; note: string | null },
  ): Promise<void>
  /** Takes the amount off the balance under the message's id, at once and once; false when it is not there. */
  hold(charge: Charge): Promise<boolean>
  /** Gives a hold back for a message that will never leave. */
  release(account: string, message: string, now: number): Promise<void>
  /** Holds from before then whose message no list knows, oldest first. */
  unclaimed(before: number, limit: number): Promise<{ account: string; message: string }[]>
  /** Newest first. */
  ledger(
    account: string,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<LedgerEntry>, Failure>>
  /** By day, number, kind and direction, ascending; days are `2026-11-22`, both included. */
  usage(
    account: string,
    query: {
      cursor: string | null
      limit: number
      from: string
      to: string
      number: Address | null
      kind: Channel | null
    },
  ): Promise<Result<Page<UsageRow>, Failure>>
}

/** What keys have sent, for keys that have limits. */
export interface QuotaStore {
  /**
   * Counts a message in, at once and once; null when there was room. Else the limit that is full and the milliseconds
   * until there is room again.
   */
  take(
    key: string,
    limits: KeyLimits,
    message: string,
    amount: number,
    now: number,
  ): Promise<{ limit: string; wait: number } | null>
  /** Null when the account has no such key. */
  limits(account: string, key: string): Promise<{ limits: KeyLimits | null } | null>
  setLimits(account: string, key: string, limits: KeyLimits | null): Promise<boolean>
  sweep(now: number): Promise<number>
}
