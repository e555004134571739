/** What a dialect keeps because its vendor does and Belino has no use for: the vendor's apps, contacts, sessions. */
export type DialectRecord = {
  readonly account: string
  /** What it is, with the dialect before it: `sinch_app`. */
  readonly kind: string
  /** Unique in its kind, and its order: newer ids sort behind older ones. */
  readonly id: string
  /** What it belongs to; empty where it belongs to the account. */
  readonly parent: string
  /** The phone number or conversation that it is about, so that it goes when that is forgotten. */
  readonly subject: string | null
  /** Plain JSON, of at most 500,000 characters. */
  readonly body: unknown
  /** Encrypted at rest; null without any. */
  readonly secrets: Readonly<Record<string, string>> | null
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly updatedAt: number
}

/** Records of dialects. Every method throws `StorageError` when storage does not answer. */
export interface DialectRecords {
  find(account: string, kind: string, id: string): Promise<DialectRecord | null>
  /** Those of the ids that there are, in no order; at most 100 ids. */
  several(account: string, kind: string, ids: readonly string[]): Promise<DialectRecord[]>
  /** Newest id first, those behind `before` only. */
  page(
    account: string,
    kind: string,
    page: { parent?: string; before: string | null; limit: number },
  ): Promise<DialectRecord[]>
  /** Writes it unless it is there; false then. */
  add(record: DialectRecord): Promise<boolean>
  /** Writes it, in place of what was there. */
  put(record: DialectRecord): Promise<void>
  /** Takes it out, if it is there. */
  remove(account: string, kind: string, id: string): Promise<void>
}

/** The same as it is stored: secrets sealed, body as text. */
export type SealedRecord = Omit<DialectRecord, 'body' | 'secrets'> & {
  readonly body: string
  readonly sealed: string | null
}

/** The rows of it. */
export interface DialectRecordStore {
  several(account: string, kind: string, ids: readonly string[]): Promise<SealedRecord[]>
  page(
    account: string,
    kind: string,
    page: { parent?: string; before: string | null; limit: number },
  ): Promise<SealedRecord[]>
  add(record: SealedRecord): Promise<boolean>
  put(record: SealedRecord): Promise<void>
  remove(account: string, kind: string, id: string): Promise<void>
}
