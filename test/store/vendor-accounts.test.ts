import { beforeAll, describe, expect, it } from 'vitest'
import type { StoredVendorAccount } from '../../src/domain/vendor-account.ts'
import { createVendorAccountStore } from '../../src/store/vendor-accounts.ts'
import { migrated } from './bindings.ts'
import { flakyDatabase, LOST, seeded, sometimes } from './flaky.ts'

let db: D1Database
beforeAll(async () => {
  db = await migrated()
})

const ACCOUNT = 'acc_vendors'
const VENDORS = ['mm7', 'sinch', 'infobip', 'voipms', 'twilio'] as const
const stored = (n: number, more: Partial<StoredVendorAccount> = {}): StoredVendorAccount => ({
  id: `ven_${String(n).padStart(22, '0')}`,
  account: ACCOUNT,
  vendor: VENDORS[n % VENDORS.length]!,
  name: 'Ours',
  sealed: `1.seal-${n}`,
  settings: { url: 'https://relay.example/', list: [1] },
  revision: 1,
  createdAt: n,
  updatedAt: n,
  ...more,
})

describe('accounts at vendors', () => {
  it('come back as they were written, to their account alone, one for each vendor', async () => {
    const store = createVendorAccountStore({ db })
    const one = stored(0)
    expect(await store.insert(one)).toBe(true)
    expect(await store.insert(one)).toBe(true)
    expect(await store.insert(stored(5))).toBe(false)
    expect(await store.find(ACCOUNT, one.id)).toEqual(one)
    expect(await store.of(ACCOUNT, 'mm7')).toEqual(one)
    expect(await store.findById('mm7', one.id)).toEqual(one)
    expect(await store.findById('sinch', one.id)).toBeNull()
    expect(await store.find('acc_other', one.id)).toBeNull()
    await store.remove('acc_other', one.id)
    expect(await store.find(ACCOUNT, one.id)).toEqual(one)
    await store.remove(ACCOUNT, one.id)
    expect(await store.of(ACCOUNT, 'mm7')).toBeNull()
  })

  it('are replaced by whoever was first, and by nobody else', async () => {
    const store = createVendorAccountStore({ db })
    const account = 'acc_replace'
    const one = stored(20, { account })
    await store.insert(one)
    const next = { ...one, name: 'New', sealed: '1.a', revision: 2, updatedAt: 9 }
    expect(await store.replace(next)).toBe(true)
    expect(await store.replace({ ...next, sealed: '1.b' })).toBe(false)
    expect(await store.replace({ ...next, account: 'acc_other', sealed: '1.c', revision: 3 })).toBe(false)
    expect(await store.find(account, one.id)).toEqual(next)
  })

  it('are listed newest first, page by page', async () => {
    const store = createVendorAccountStore({ db })
    const account = 'acc_pages'
    for (let n = 10; n < 15; n++) await store.insert(stored(n, { account }))
    const first = await store.list(account, { cursor: null, limit: 3 })
    if (!first.ok) throw new Error('The first page was refused')
    const second = await store.list(account, { cursor: first.value.next, limit: 3 })
    if (!second.ok) throw new Error('The second page was refused')
    expect([...first.value.items, ...second.value.items].map((one) => one.createdAt)).toEqual([
      14, 13, 12, 11, 10,
    ])
    expect(second.value.next).toBeNull()
    expect(await store.list('acc_other', { cursor: first.value.next, limit: 3 })).toMatchObject({ ok: false })
  })

  it('survive lost answers', async () => {
    const store = createVendorAccountStore({
      db: flakyDatabase(db, sometimes(0.3, LOST, seeded(7))),
      retry: { tries: 12, pause: 0, sleep: async () => {}, random: () => 0 },
    })
    const account = 'acc_flaky'
    const one = stored(30, { account })
    expect(await store.insert(one)).toBe(true)
    expect(await store.replace({ ...one, sealed: '1.next', revision: 2 })).toBe(true)
    expect((await store.find(account, one.id))?.sealed).toBe('1.next')
  })
})
