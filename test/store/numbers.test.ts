import { beforeAll, expect, test } from 'vitest'
import { type NumberBasics, numberOf, type OwnNumber } from '../../src/domain/number.ts'
import type { NumberStore } from '../../src/domain/ports.ts'
import { createNumberStore } from '../../src/store/numbers.ts'
import { migrated } from './bindings.ts'
import { ACCOUNT, STRANGER } from './messages.ts'

let numbers: NumberStore
beforeAll(async () => {
  numbers = createNumberStore({ db: await migrated() })
})

const number = (change: Partial<NumberBasics> = {}): OwnNumber =>
  numberOf({
    account: ACCOUNT,
    address: '+14165550100',
    vendor: 'simulator',
    capabilities: { sms: 'active', mms: 'off' },
    budget: 600_000,
    label: 'Front desk',
    ...change,
  })

test('a number comes back as it was given, to its account only', async () => {
  await numbers.provision(number(), 1)
  expect(await numbers.find(ACCOUNT, '+14165550100')).toEqual(number())
  expect(await numbers.find(STRANGER, '+14165550100')).toBeNull()
  expect(await numbers.list(STRANGER)).toEqual([])
})

test('provisioning again changes nothing', async () => {
  await numbers.provision(
    number({ label: 'Other', budget: null, capabilities: { sms: 'off', mms: 'active' } }),
    2,
  )
  expect(await numbers.list(ACCOUNT)).toEqual([number()])
})

test('an account has one default number, the first that was one, listed first', async () => {
  const first = number({ address: '+14165550120', isDefault: true })
  await numbers.provision(first, 3)
  await numbers.provision(number({ address: '+14165550110', isDefault: true }), 4)
  expect(await numbers.list(ACCOUNT)).toEqual([
    first,
    number(),
    number({ address: '+14165550110', isDefault: false }),
  ])
})

test('a vendor delivers a number to one account, and another vendor may have the same', async () => {
  await numbers.provision(number({ account: STRANGER }), 5)
  expect(await numbers.ownerOf('simulator', '+14165550100')).toEqual(number())
  expect(await numbers.list(STRANGER)).toEqual([])
  await numbers.provision(number({ account: STRANGER, vendor: 'mm7' }), 5)
  expect((await numbers.ownerOf('mm7', '+14165550100'))?.account).toBe(STRANGER)
  expect(await numbers.ownerOf('twilio', '+14165550100')).toBeNull()
})
