import { parseAddress } from '../domain/address.ts'
import { BUDGETS, SMALLEST_BUDGET } from '../domain/budget.ts'
import type { Failure } from '../domain/failure.ts'
import { countryOf } from '../domain/network.ts'
import {
  type CapabilityState,
  canTry,
  numberOf,
  numberTypeOf,
  type OwnNumber,
  type Prices,
  type Registration,
  registrationNeeded,
  type VendorName,
} from '../domain/number.ts'
import type { Caller, Clock, NumberStore, Page } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { Carrier } from '../vendors/contract.ts'

/** How long MMS may take after porting was completed (VoIP.ms), in milliseconds. */
const AFTER_PORTING = 48 * 3_600_000

/** What a request says of a number; what is left out stays, or has its default. */
export type NumberInput = {
  readonly vendor?: VendorName | undefined
  readonly type?: OwnNumber['type'] | undefined
  readonly country?: OwnNumber['country'] | undefined
  readonly sms?: CapabilityState | undefined
  readonly mms?: CapabilityState | undefined
  readonly portedAt?: number | null | undefined
  readonly isDefault?: boolean | undefined
  readonly label?: string | null | undefined
  readonly budget?: number | null | undefined
  readonly prices?: Partial<Prices> | undefined
  readonly preferJpeg?: boolean | undefined
  readonly smsMaxSegments?: number | undefined
  readonly registration?: Registration | null | undefined
  readonly failover?: boolean | undefined
}

/** What can be asked about the numbers of an account. Changing them takes the scope `admin`. */
export interface Numbers {
  page(
    caller: Caller,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<OwnNumber>, Failure>>
  get(caller: Caller, typed: string): Promise<Result<OwnNumber, Failure>>
  add(
    caller: Caller,
    typed: string,
    input: NumberInput & { vendor: VendorName },
  ): Promise<Result<OwnNumber, Failure>>
  change(caller: Caller, typed: string, input: NumberInput): Promise<Result<OwnNumber, Failure>>
  /** Takes the number out of the account. Its conversations stay; what still waits to be sent from it fails. */
  remove(caller: Caller, typed: string): Promise<Result<void, Failure>>
}

/** What the use cases of numbers are given. */
export type NumbersPorts = {
  readonly numbers: NumberStore
  readonly clock: Clock
  readonly carrier: (vendor: VendorName) => Carrier | null
}

const unknown = fail({ code: 'not_found', what: 'number' } as const)
const forbidden = fail({ code: 'insufficient_scope', scope: 'admin' } as const)
const wrong = (field: string, problem: string): Result<never, Failure> =>
  fail({ code: 'invalid_field', field, problem })

/** Makes the use cases of numbers. */
export function createNumbers(ports: NumbersPorts): Numbers {
  const find = async (caller: Caller, typed: string): Promise<OwnNumber | null> => {
    const address = parseAddress(typed)
    return address.ok ? await ports.numbers.find(caller.account, address.value) : null
  }
  return {
    page: (caller, page) => ports.numbers.page(caller.account, page),

    async get(caller, typed) {
      const number = await find(caller, typed)
      return number === null ? unknown : ok(number)
    },

    async add(caller, typed, input) {
      if (!caller.scopes.includes('admin')) return forbidden
      const address = parseAddress(typed)
      if (!address.ok) return fail({ code: 'invalid_number', field: 'number', typed })
      const type = numberTypeOf(address.value)
      if (input.type !== undefined && input.type !== type)
        return wrong('type', `By its digits ${address.value} is a ${type}. Leave the type out.`)
      const base = numberOf({
        account: caller.account,
        address: address.value,
        vendor: input.vendor,
        ...(input.country === undefined ? {} : { country: input.country }),
        capabilities: firstCapabilities(input, ports.clock.now()),
      })
      const number = await checked(ports, caller, base, input)
      if (!number.ok) return number
      const added = await ports.numbers.add(number.value, ports.clock.now())
      return added ? number : fail({ code: 'number_taken', address: address.value })
    },

    async change(caller, typed, input) {
      if (!caller.scopes.includes('admin')) return forbidden
      const before = await find(caller, typed)
      if (before === null) return unknown
      if (input.type !== undefined && input.type !== before.type)
        return wrong('type', 'The digits tell the type. Leave it out.')
      const number = await checked(ports, caller, before, input)
      if (!number.ok) return number
      const saved = await ports.numbers.save(number.value)
      return saved ? number : fail({ code: 'number_taken', address: before.address })
    },

    async remove(caller, typed) {
      if (!caller.scopes.includes('admin')) return forbidden
      const number = await find(caller, typed)
      if (number === null) return unknown
      await ports.numbers.remove(caller.account, number.address)
      return ok(undefined)
    },
  }
}

/** A number that was ported lately has its MMS on the way; else what is not said is active. */
function firstCapabilities(input: NumberInput, now: number): OwnNumber['capabilities'] {
  const fresh = input.portedAt != null && now - input.portedAt < AFTER_PORTING
  return { sms: 'active', mms: fresh ? 'pending' : 'active' }
}

/** The number with the change in it, if it can be so. */
async function checked(
  ports: NumbersPorts,
  caller: Caller,
  base: OwnNumber,
  input: NumberInput,
): Promise<Result<OwnNumber, Failure>> {
  const { sms, mms, prices, type: _type, ...rest } = input
  const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const capabilities = { sms: sms ?? base.capabilities.sms, mms: mms ?? base.capabilities.mms }
  const number: OwnNumber = {
    ...base,
    ...said,
    capabilities,
    sms: canTry(capabilities.sms),
    mms: canTry(capabilities.mms),
    prices: {
      ...base.prices,
      ...Object.fromEntries(Object.entries(prices ?? {}).filter(([, one]) => one !== undefined)),
    },
  }
  const carrier = ports.carrier(number.vendor)
  if (carrier === null) return fail({ code: 'vendor_not_available', vendor: number.vendor })
  if (caller.test && number.vendor !== 'simulator') return fail({ code: 'test_key_live_number' })
  const byDigits = countryOf(number.address)
  if (number.type === 'long-code' && byDigits === null)
    return wrong('number', 'Numbers of the US and Canada can be added, by their area codes.')
  if (number.type === 'long-code' && byDigits !== number.country)
    return wrong('country', `By its area code ${number.address} is in ${byDigits}. Leave the country out.`)
  const countries = carrier.limits(number.type).shortCodeCountries ?? ['US']
  if (number.type === 'short-code' && !countries.includes(number.country))
    return wrong('country', `The vendor ${number.vendor} has short codes in ${countries.join(' and ')} only.`)
  const needed = registrationNeeded(number.type)
  if (number.registration !== null && number.registration.kind !== needed)
    return wrong('registration.kind', `A ${number.type} is registered as ${needed}.`)
  if (number.budget !== null && (number.budget < SMALLEST_BUDGET || number.budget > BUDGETS.hard))
    return fail({ code: 'budget_out_of_range', least: SMALLEST_BUDGET, most: BUDGETS.hard })
  return ok(number)
}
