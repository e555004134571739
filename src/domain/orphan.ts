import type { Failure } from './failure.ts'
import type { VendorName } from './number.ts'
import type { Page } from './ports.ts'
import type { Result } from './result.ts'

/** A vendor's event that found no message within a day: about a message that is not ours, or a number that nobody has. */
export type Orphan = {
  readonly vendor: VendorName
  readonly event: string
  /** Null where the vendor's webhook names no account. */
  readonly account: string | null
  readonly vendorId: string | null
  /** What was understood of it. */
  readonly said: unknown
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Orphans, newest first. */
export interface OrphanStore {
  /** Those of an account, or with null those of all. */
  orphans(
    account: string | null,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<Orphan>, Failure>>
}
