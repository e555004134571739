import type { Failure } from '../domain/failure.ts'
import { mintId, randomText } from '../domain/ids.ts'
import type { AccountStore, Caller, Clock, KeyRow, Scope } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { hashKey } from './keys.ts'
import { forbidden, lacks } from './scopes.ts'

/** A key as it is shown once, at its making. */
export type MadeKey = KeyRow & { readonly secret: string }

/** An account with its first keys: one that sends for real, one that reaches the simulator only. */
export type MadeAccount = { readonly id: string; readonly name: string; readonly keys: readonly MadeKey[] }

/** Accounts and keys as the API sees them. */
export type Accounts = {
  /** For whoever runs the gateway. */
  create(name: string): Promise<MadeAccount>
  keys(caller: Caller): Promise<Result<KeyRow[], Failure>>
  addKey(
    caller: Caller,
    key: { name: string; scopes: readonly Scope[]; test: boolean },
  ): Promise<Result<MadeKey, Failure>>
  revokeKey(caller: Caller, id: string): Promise<Result<void, Failure>>
  account(
    caller: Caller,
  ): Promise<Result<{ id: string; name: string; retentionDays: number | null }, Failure>>
  setRetention(
    caller: Caller,
    days: number | null,
  ): Promise<Result<{ id: string; name: string; retentionDays: number | null }, Failure>>
}

/** Keys of one account; more are a sign of something going wrong. */
const MOST_KEYS = 100
/** Characters of a key's secret part: 190 bits. */
const SECRET = 32

/** Builds them. Everything takes the scope `admin`. */
export function createAccounts(ports: { readonly accounts: AccountStore; readonly clock: Clock }): Accounts {
  const made = async (
    account: string,
    key: { name: string; scopes: readonly Scope[]; test: boolean },
  ): Promise<{ hash: string; made: MadeKey }> => {
    const now = ports.clock.now()
    const secret = `bel_${key.test ? 'test' : 'live'}_${randomText(SECRET)}`
    const row: KeyRow = {
      id: mintId('key', now),
      account,
      name: key.name,
      scopes: key.scopes,
      test: key.test,
      createdAt: now,
      revokedAt: null,
    }
    return { hash: await hashKey(secret), made: { ...row, secret } }
  }
  const own = async (caller: Caller) => {
    const found = await ports.accounts.find(caller.account)
    return found === null ? fail({ code: 'not_found', what: 'account' } as const) : ok(found)
  }
  return {
    async create(name) {
      const now = ports.clock.now()
      const id = mintId('acc', now)
      const keys: MadeKey[] = []
      for (const test of [false, true]) {
        const { hash, made: key } = await made(id, {
          name: test ? 'Test' : 'Live',
          scopes: ['read', 'send', 'admin'],
          test,
        })
        await ports.accounts.provision(
          { id, name },
          { key: key.id, hash, name: key.name, scopes: key.scopes, test, localOnly: false },
          now,
        )
        keys.push(key)
      }
      return { id, name, keys }
    },
    async keys(caller) {
      return lacks(caller, 'admin') ? forbidden('admin') : ok(await ports.accounts.keys(caller.account))
    },
    async addKey(caller, key) {
      if (lacks(caller, 'admin')) return forbidden('admin')
      // A test key that made a live one would be a live key.
      if (caller.test && !key.test) return fail({ code: 'test_key_live_number' })
      const live = (await ports.accounts.keys(caller.account)).filter((one) => one.revokedAt === null)
      if (live.length >= MOST_KEYS)
        return fail({
          code: 'invalid_field',
          field: 'keys',
          problem: `An account has at most ${MOST_KEYS} keys. Revoke one first.`,
        })
      const { hash, made: row } = await made(caller.account, key)
      const account = await own(caller)
      if (!account.ok) return account
      await ports.accounts.provision(
        account.value,
        { key: row.id, hash, name: row.name, scopes: row.scopes, test: row.test, localOnly: false },
        row.createdAt,
      )
      return ok(row)
    },
    async revokeKey(caller, id) {
      if (lacks(caller, 'admin')) return forbidden('admin')
      const revoked = await ports.accounts.revokeKey(caller.account, id, ports.clock.now())
      return revoked ? ok(undefined) : fail({ code: 'not_found', what: 'key' })
    },
    async account(caller) {
      return lacks(caller, 'read') ? forbidden('read') : await own(caller)
    },
    async setRetention(caller, days) {
      if (lacks(caller, 'admin')) return forbidden('admin')
      await ports.accounts.setRetention(caller.account, days)
      return await own(caller)
    },
  }
}
