import { parseAddress } from '../domain/address.ts'
import type { Failure } from '../domain/failure.ts'
import type { Caller, NumberStore } from '../domain/ports.ts'
import type { ContentProfile, NumberProfile, ProfileStore } from '../domain/profile.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { forbidden, lacks } from './scopes.ts'

/** Content profiles as the API sees them. A number is typed as people type it; null is the account's own profile. */
export interface Profiles {
  list(caller: Caller): Promise<Result<NumberProfile[], Failure>>
  put(caller: Caller, number: string | null, profile: ContentProfile): Promise<Result<NumberProfile, Failure>>
  remove(caller: Caller, number: string | null): Promise<Result<void, Failure>>
}

/** Builds them. Reading takes the scope `read`, writing `admin`. What came in before a change stays as it is. */
export function createProfiles(ports: {
  readonly profiles: ProfileStore
  readonly numbers: NumberStore
}): Profiles {
  const owned = async (caller: Caller, typed: string | null): Promise<Result<string | null, Failure>> => {
    if (typed === null) return ok(null)
    const address = parseAddress(typed)
    if (!address.ok) return fail({ code: 'invalid_number', field: 'number', typed })
    const number = await ports.numbers.find(caller.account, address.value)
    return number === null ? fail({ code: 'not_found', what: 'number' }) : ok(number.address)
  }
  return {
    async list(caller) {
      return lacks(caller, 'read') ? forbidden('read') : ok(await ports.profiles.list(caller.account))
    },
    async put(caller, typed, { allow, block }) {
      if (lacks(caller, 'admin')) return forbidden('admin')
      const number = await owned(caller, typed)
      if (!number.ok) return number
      const profile = { number: number.value, allow, block }
      await ports.profiles.put(caller.account, profile)
      return ok(profile)
    },
    async remove(caller, typed) {
      if (lacks(caller, 'admin')) return forbidden('admin')
      const number = await owned(caller, typed)
      if (!number.ok) return number
      const removed = await ports.profiles.remove(caller.account, number.value)
      return removed ? ok(undefined) : fail({ code: 'not_found', what: 'content profile' })
    },
  }
}
