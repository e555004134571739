import { beforeAll, describe, expect, it } from 'vitest'
import type { DialectRecord } from '../../src/domain/dialect-records.ts'
import { createDialectRecords } from '../../src/messaging/dialect-records.ts'
import { createVault } from '../../src/messaging/vault.ts'
import { createDialectRecordStore } from '../../src/store/dialect-records.ts'
import { createForgetStore } from '../../src/store/forget.ts'
import { bindings, migrated } from '../store/bindings.ts'

beforeAll(migrated)

const store = createDialectRecordStore({ db: bindings.DB })
const records = createDialectRecords({ store, vault: createVault(['a root key']) })
const record = (id: string, more: Partial<DialectRecord> = {}): DialectRecord => ({
  account: 'acc_one',
  kind: 'sinch_app',
  id,
  parent: '',
  subject: null,
  body: { name: id },
  secrets: null,
  createdAt: 1,
  updatedAt: 1,
  ...more,
})

describe('records of dialects', () => {
  it('keep what is secret sealed, and give it back', async () => {
    await records.put(record('a', { secrets: { key: 'SECRET' } }))
    expect((await records.find('acc_one', 'sinch_app', 'a'))?.secrets).toEqual({ key: 'SECRET' })
    const [row] = await store.several('acc_one', 'sinch_app', ['a'])
    expect(row?.sealed).toMatch(/^1\./)
    expect(JSON.stringify(row)).not.toContain('SECRET')
    // Moved to another row it does not open.
    await store.put({ ...(row as NonNullable<typeof row>), id: 'moved' })
    expect((await records.find('acc_one', 'sinch_app', 'moved'))?.secrets).toBeNull()
    await records.remove('acc_one', 'sinch_app', 'moved')
  })

  it('are added once, and seen by their account alone', async () => {
    expect(await records.add(record('b'))).toBe(true)
    expect(await records.add(record('b', { body: { name: 'other' } }))).toBe(false)
    expect((await records.find('acc_one', 'sinch_app', 'b'))?.body).toEqual({ name: 'b' })
    expect(await records.find('acc_two', 'sinch_app', 'b')).toBeNull()
    expect(await records.find('acc_one', 'sinch_webhook', 'b')).toBeNull()
  })

  it('come by pages, newest id first, all or those of a parent', async () => {
    for (let n = 0; n < 7; n++)
      await records.put(record(`p${n}`, { kind: 'sinch_x', parent: n % 2 ? 'odd' : '' }))
    const ids = async (before: string | null, parent?: string) =>
      (
        await records.page('acc_one', 'sinch_x', {
          before,
          limit: 3,
          ...(parent === undefined ? {} : { parent }),
        })
      ).map((one) => one.id)
    expect(await ids(null)).toEqual(['p6', 'p5', 'p4'])
    expect(await ids('p4')).toEqual(['p3', 'p2', 'p1'])
    expect(await ids('p1')).toEqual(['p0'])
    expect(await ids(null, 'odd')).toEqual(['p5', 'p3', 'p1'])
    const some = await records.several('acc_one', 'sinch_x', ['p0', 'p3', 'none'])
    expect(some.map((one) => one.id).sort()).toEqual(['p0', 'p3'])
  })

  it('go with the number or the conversation that they are about', async () => {
    const forget = createForgetStore({ db: bindings.DB, who: async () => 'w' })
    const [ann, bob] = ['+16135550171', '+16135550172']
    await records.put(record(ann, { kind: 'sinch_identity', parent: 'con', subject: ann }))
    await records.put(record(bob, { kind: 'sinch_identity', parent: 'other', subject: bob }))
    await records.put(record('con', { kind: 'sinch_contact' }))
    await records.put(record('other', { kind: 'sinch_contact', subject: bob }))
    await records.put(record('msg', { kind: 'sinch_message', subject: 'cnv_1' }))
    await forget.address('acc_one', ann)
    await forget.conversation('acc_one', 'cnv_1')
    const left = async (kind: string) =>
      (await records.page('acc_one', kind, { before: null, limit: 10 })).map((one) => one.id)
    expect(await left('sinch_identity')).toEqual([bob])
    expect(await left('sinch_contact')).toEqual(['other'])
    expect(await left('sinch_message')).toEqual([])
  })
})
