import type {
  DialectRecord,
  DialectRecordStore,
  DialectRecords,
  SealedRecord,
} from '../domain/dialect-records.ts'
import type { Vault } from './vault.ts'

/** Characters of a body: a row holds 1 MB, whatever each of them takes. */
const MOST = 500_000

/** What they are built from. */
export type DialectRecordsPorts = { readonly store: DialectRecordStore; readonly vault: Vault }

const placeOf = ({ account, kind, id }: Pick<DialectRecord, 'account' | 'kind' | 'id'>): string =>
  `dialect\0${account}\0${kind}\0${id}`

/** Makes the records of dialects: what is secret in them is sealed in its place. */
export function createDialectRecords({ store, vault }: DialectRecordsPorts): DialectRecords {
  async function opened({ sealed, body, ...rest }: SealedRecord): Promise<DialectRecord> {
    // Without the root key that sealed them the secrets are lost; what is not secret is not.
    const text = sealed === null ? null : await vault.open(placeOf(rest), sealed)
    return { ...rest, body: JSON.parse(body), secrets: text === null ? null : JSON.parse(text.text) }
  }
  async function sealed({ secrets, body, ...rest }: DialectRecord): Promise<SealedRecord> {
    const text = JSON.stringify(body)
    if (text.length > MOST) throw new RangeError(`A record holds ${MOST} characters, not ${text.length}`)
    return {
      ...rest,
      body: text,
      sealed: secrets === null ? null : await vault.seal(placeOf(rest), JSON.stringify(secrets)),
    }
  }
  return {
    async find(account, kind, id) {
      const [found] = await store.several(account, kind, [id])
      return found === undefined ? null : await opened(found)
    },
    async several(account, kind, ids) {
      return await Promise.all((await store.several(account, kind, ids)).map(opened))
    },
    async page(account, kind, page) {
      return await Promise.all((await store.page(account, kind, page)).map(opened))
    },
    async add(record) {
      return await store.add(await sealed(record))
    },
    async put(record) {
      await store.put(await sealed(record))
    },
    remove: (account, kind, id) => store.remove(account, kind, id),
  }
}
