import type { VendorName } from '../domain/number.ts'
import type { VendorKind } from './contract.ts'
import { checkAccount as checkMm7 } from './mm7/account.ts'
import { createMm7Carrier } from './mm7/carrier.ts'
import { checkAccount as checkSinch } from './sinch/account.ts'
import { createSinchCarrier } from './sinch/carrier.ts'

/** Every vendor that an account can be connected to: one line each. */
export const VENDORS: Partial<Record<VendorName, VendorKind>> = {
  mm7: { createCarrier: createMm7Carrier, check: checkMm7 },
  sinch: { createCarrier: createSinchCarrier, check: checkSinch },
}
