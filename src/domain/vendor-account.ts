import type { Failure } from './failure.ts'
import type { VendorName } from './number.ts'
import type { Page } from './ports.ts'
import type { Result } from './result.ts'

/** An account of ours at a vendor, as it is stored. Its secrets are sealed: nobody but the holder of the root key reads them. */
export type StoredVendorAccount = {
  readonly id: string
  /** Our account, whose numbers use it. One for each vendor. */
  readonly account: string
  readonly vendor: VendorName
  /** What people call it. */
  readonly name: string
  /** Credentials and the secret of its webhook address, sealed. */
  readonly sealed: string
  /** What is no secret: addresses, versions, names. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Goes up with every change. */
  readonly revision: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** The accounts at vendors. Each method throws `StorageError` when storage does not answer. */
export interface VendorAccountStore {
  /** Adds one; false when the account has one of that vendor already. */
  insert(one: StoredVendorAccount): Promise<boolean>
  find(account: string, id: string): Promise<StoredVendorAccount | null>
  /** For webhooks, whose address names it. */
  findById(vendor: VendorName, id: string): Promise<StoredVendorAccount | null>
  of(account: string, vendor: VendorName): Promise<StoredVendorAccount | null>
  /** Newest first. */
  list(
    account: string,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<StoredVendorAccount>, Failure>>
  /** Replaces one whose stored revision is one less; false when somebody else was faster. */
  replace(one: StoredVendorAccount): Promise<boolean>
  remove(account: string, id: string): Promise<void>
}
