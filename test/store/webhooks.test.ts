import { beforeAll, describe, expect, it } from 'vitest'
import type { Webhook } from '../../src/domain/webhook.ts'
import { createWebhookStore } from '../../src/store/webhooks.ts'
import { migrated } from './bindings.ts'
import { flakyDatabase, LOST, seeded, sometimes } from './flaky.ts'

const ACCOUNT = 'acc_webhooks'
const none = { failingSince: null, lastSuccessAt: null, switchedOff: null }
let db: D1Database

beforeAll(async () => {
  db = await migrated()
})

const webhook = (n: number, more: Partial<Webhook> = {}): Webhook => ({
  id: `whk_${String(n).padStart(22, '0')}`,
  account: ACCOUNT,
  url: 'https://customer.example/hook',
  description: 'Ours',
  types: ['message.received'],
  numbers: ['+14165550100'],
  attachments: 'each',
  strictOrder: true,
  shards: 3,
  revision: 1,
  generation: 2,
  previousUntil: 9,
  enabled: true,
  activeSince: 4,
  disabledAt: null,
  disabledReason: null,
  failingSince: null,
  lastSuccessAt: null,
  createdAt: n,
  updatedAt: n,
  ...more,
})

describe('endpoints', () => {
  it('come back as they were written, to their account alone', async () => {
    const store = createWebhookStore({ db })
    const one = webhook(1)
    expect(await store.insert(one, 200)).toBe(true)
    expect(await store.find(ACCOUNT, one.id)).toEqual(one)
    expect(await store.find('acc_other', one.id)).toBeNull()
    await store.remove('acc_other', one.id)
    expect(await store.find(ACCOUNT, one.id)).toEqual(one)
    await store.remove(ACCOUNT, one.id)
    expect(await store.find(ACCOUNT, one.id)).toBeNull()
  })

  it('are listed newest first, page by page, by a cursor of this list', async () => {
    const store = createWebhookStore({ db })
    const account = 'acc_pages'
    for (let n = 10; n < 15; n++) await store.insert(webhook(n, { account }), 200)
    const first = await store.list(account, { cursor: null, limit: 3 })
    if (!first.ok) throw new Error('The first page was refused')
    const second = await store.list(account, { cursor: first.value.next, limit: 3 })
    if (!second.ok) throw new Error('The second page was refused')
    expect([...first.value.items, ...second.value.items].map((one) => one.createdAt)).toEqual([
      14, 13, 12, 11, 10,
    ])
    expect(second.value.next).toBeNull()
    expect(await store.list(ACCOUNT, { cursor: first.value.next, limit: 3 })).toMatchObject({ ok: false })
  })

  it('are no more than allowed, also when many are made at once', async () => {
    const store = createWebhookStore({ db })
    const account = 'acc_many'
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, n) => store.insert(webhook(20 + n, { account }), 4)),
    )
    expect(made.filter(Boolean)).toHaveLength(4)
    expect(await store.active(account)).toHaveLength(4)
  })

  it('are changed by whoever saw the last revision', async () => {
    const store = createWebhookStore({ db })
    const one = webhook(40)
    await store.insert(one, 200)
    const changed = {
      ...one,
      revision: 2,
      url: 'https://customer.example/new',
      enabled: false,
      updatedAt: 99,
    }
    expect(await store.replace(changed)).toBe(true)
    expect(await store.replace({ ...one, revision: 2, url: 'https://customer.example/late' })).toBe(false)
    expect(await store.find(ACCOUNT, one.id)).toEqual(changed)
    expect(await store.active(ACCOUNT)).toEqual([])
  })

  it('show how they do, unless they were changed meanwhile', async () => {
    const store = createWebhookStore({ db })
    const one = webhook(50)
    await store.insert(one, 200)
    await store.health(ACCOUNT, one.id, 1, { ...none, failingSince: 7 })
    expect(await store.find(ACCOUNT, one.id)).toEqual({ ...one, failingSince: 7 })
    await store.health(ACCOUNT, one.id, 1, { ...none, lastSuccessAt: 8 })
    expect(await store.find(ACCOUNT, one.id)).toEqual({ ...one, lastSuccessAt: 8 })
    const off = { failingSince: 9, lastSuccessAt: null, switchedOff: { reason: 'gone', at: 10 } } as const
    await store.health(ACCOUNT, one.id, 2, off)
    expect((await store.find(ACCOUNT, one.id))?.enabled).toBe(true)
    await store.health(ACCOUNT, one.id, 1, off)
    expect(await store.find(ACCOUNT, one.id)).toEqual({
      ...one,
      enabled: false,
      failingSince: 9,
      lastSuccessAt: 8,
      disabledAt: 10,
      disabledReason: 'gone',
    })
  })

  it('F-9: a database that loses one call in five loses nothing and doubles nothing', async () => {
    const random = seeded(11)
    const retry = { tries: 8, pause: 0, sleep: async () => {}, random }
    const store = createWebhookStore({ db: flakyDatabase(db, sometimes(0.2, LOST, random)), retry })
    const account = 'acc_flaky'
    for (let n = 60; n < 80; n++) {
      const one = webhook(n, { account })
      expect(await store.insert(one, 200)).toBe(true)
      expect(await store.replace({ ...one, revision: 2 })).toBe(true)
    }
    const all = await store.list(account, { cursor: null, limit: 100 })
    expect(all.ok && all.value.items.map((one) => one.revision)).toEqual(Array.from({ length: 20 }, () => 2))
  })
})
