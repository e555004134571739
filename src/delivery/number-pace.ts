import type { Address } from '../domain/address.ts'
import { type Pace, slowest, UNPACED } from '../domain/number.ts'
import type { DeliveryPorts } from './ports.ts'

/** The pace of a number: the slower of what its registration and its vendor allow. One that is gone has none. */
export async function numberPace(
  ports: Pick<DeliveryPorts, 'numbers' | 'carrier'>,
  account: string,
  address: Address,
): Promise<Pace> {
  const number = await ports.numbers.find(account, address)
  if (number === null) return UNPACED
  const vendor = ports.carrier(number.vendor)?.limits(number.type).pace
  return slowest(number.registration?.caps ?? UNPACED, vendor ?? UNPACED)
}
