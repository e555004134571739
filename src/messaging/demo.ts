import { numberOf, type OwnNumber } from '../domain/number.ts'
import type { AccountStore, NumberStore } from '../domain/ports.ts'
import { hashKey } from './keys.ts'

/** The account of local development. */
export const DEMO_ACCOUNT = 'acc_demo000000000000000000'

/** One number of each type, all fictitious (555-01xx is kept free for that); the first is the default. */
const DEMO_NUMBERS: readonly Pick<OwnNumber, 'address' | 'type' | 'country' | 'label'>[] = [
  { address: '+14165550100', type: 'long-code', country: 'CA', label: 'Toronto long code' },
  { address: '+12125550101', type: 'long-code', country: 'US', label: 'New York long code' },
  { address: '+18335550102', type: 'toll-free', country: 'US', label: 'Toll-free' },
  { address: '55501', type: 'short-code', country: 'US', label: 'Short code' },
]

/** Makes the demo account, its key and its numbers where they do not exist. What a person changed stays. */
export async function provisionDemo(
  ports: { accounts: AccountStore; numbers: NumberStore },
  key: string,
  now: number,
): Promise<void> {
  await ports.accounts.provision(
    { id: DEMO_ACCOUNT, name: 'Demo' },
    {
      key: 'key_demo000000000000000000',
      hash: await hashKey(key),
      name: 'Development key',
      scopes: ['read', 'send', 'admin'],
      test: true,
      localOnly: true,
    },
    now,
  )
  for (const [index, number] of DEMO_NUMBERS.entries())
    await ports.numbers.provision(
      numberOf({ ...number, account: DEMO_ACCOUNT, vendor: 'simulator', isDefault: index === 0 }),
      now,
    )
}
