import type { Ledger } from './ledger.ts'
import type { Outbox, OutboxPorts } from './outbox.ts'

/** What the network asks of the world. */
export type NetworkPorts = OutboxPorts & {
  /** Lets time pass, in milliseconds, for a carrier that stays silent; `setTimeout` unless a test has its own. */
  readonly wait?: (ms: number) => Promise<void>
}

/** One account's network, as its requests see it. */
export type NetworkParts = {
  readonly account: string
  readonly ledger: Ledger
  readonly outbox: Outbox
  readonly now: () => number
  readonly wait: (ms: number) => Promise<void>
  /** Runs synchronous writes as one transaction, and sets the alarm that they need within it. */
  readonly commit: (writes: () => void) => void
}

/** An answer of the carrier's own, which says for certain that nothing was taken. */
export const errorAnswer = (
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response => Response.json({ error: { code, message } }, { status, headers })
