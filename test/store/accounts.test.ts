import { beforeAll, expect, test } from 'vitest'
import type { AccountStore } from '../../src/domain/ports.ts'
import { createAccountStore } from '../../src/store/accounts.ts'
import { migrated } from './bindings.ts'
import { ACCOUNT, STRANGER } from './messages.ts'

let db: D1Database
let accounts: AccountStore
beforeAll(async () => {
  db = await migrated()
  accounts = createAccountStore({ db })
})

const key = {
  key: 'key_1',
  name: 'first',
  scopes: ['read', 'send'] as const,
  test: false,
  localOnly: true,
  hash: 'aa',
}

test('a provisioned key is found by its hash alone', async () => {
  await accounts.provision({ id: ACCOUNT, name: 'Demo' }, key, 5)
  expect(await accounts.keyByHash('aa')).toEqual({
    account: ACCOUNT,
    key: 'key_1',
    name: 'first',
    scopes: ['read', 'send'],
    test: false,
    localOnly: true,
  })
  expect(await accounts.keyByHash('ab')).toBeNull()
  expect(await accounts.retentionDays(ACCOUNT)).toBeNull()
})

test('provisioning again changes nothing that is there, and adds what is not', async () => {
  await accounts.provision({ id: ACCOUNT, name: 'Other' }, { ...key, name: 'renamed', scopes: ['admin'] }, 9)
  expect((await accounts.keyByHash('aa'))?.scopes).toEqual(['read', 'send'])
  expect(await db.prepare('SELECT name, created_at FROM accounts').all()).toMatchObject({
    results: [{ name: 'Demo', created_at: 5 }],
  })
  await accounts.provision({ id: ACCOUNT, name: 'Demo' }, { ...key, key: 'key_2', hash: 'bb', test: true }, 9)
  expect(await accounts.keyByHash('bb')).toMatchObject({ account: ACCOUNT, key: 'key_2', test: true })
})

test('a hash or key id that exists is never handed to another account', async () => {
  await accounts.provision({ id: STRANGER, name: 'B' }, { ...key, key: 'key_3' }, 9)
  await accounts.provision({ id: STRANGER, name: 'B' }, { ...key, hash: 'cc' }, 9)
  expect((await accounts.keyByHash('aa'))?.account).toBe(ACCOUNT)
  expect(await accounts.keyByHash('cc')).toBeNull()
})

test('a revoked key is no key', async () => {
  await db.prepare("UPDATE api_keys SET revoked_at = 7 WHERE hash = 'bb'").run()
  expect(await accounts.keyByHash('bb')).toBeNull()
})

test('retention is read, and is a day at least', async () => {
  await db.prepare('UPDATE accounts SET retention_days = 30 WHERE id = ?').bind(ACCOUNT).run()
  expect(await accounts.retentionDays(ACCOUNT)).toBe(30)
  expect(await accounts.retentionDays('acc_unknown')).toBeNull()
  await expect(db.prepare('UPDATE accounts SET retention_days = 0').run()).rejects.toThrow()
})
