import type { VendorName } from '../domain/number.ts'
import type { VendorKind } from './contract.ts'

/** Every vendor that an account can be connected to: one line each. */
export const VENDORS: Partial<Record<VendorName, VendorKind>> = {}
