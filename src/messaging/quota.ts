import type { KeyLimits } from '../domain/credit.ts'
import type { QuotaStore } from '../domain/credit-store.ts'
import type { Failure } from '../domain/failure.ts'
import type { Caller } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { MessagingPorts } from './ports.ts'

/** Counts a message against its key, where the key has limits; the same message counts once. */
export async function takeQuota(
  ports: Pick<MessagingPorts, 'quota' | 'clock'>,
  caller: Caller,
  message: string,
  amount: number,
): Promise<Result<void, Failure>> {
  if (caller.limits == null) return ok(undefined)
  const full = await ports.quota.take(caller.key, caller.limits, message, amount, ports.clock.now())
  if (full === null) return ok(undefined)
  return fail({
    code: 'key_limit_reached',
    limit: full.limit,
    retryAfter: Math.max(1, Math.ceil(full.wait / 1000)),
  })
}

/** What can be asked about the limits of keys: by `admin` alone. */
export interface KeyQuota {
  limits(caller: Caller, key: string): Promise<Result<KeyLimits | null, Failure>>
  setLimits(caller: Caller, key: string, limits: KeyLimits | null): Promise<Result<KeyLimits | null, Failure>>
}

/** Makes the use cases of key limits. */
export function createKeyQuota(ports: { readonly quota: QuotaStore }): KeyQuota {
  const unknown = fail({ code: 'not_found', what: 'key' } as const)
  const forbidden = fail({ code: 'insufficient_scope', scope: 'admin' } as const)
  return {
    async limits(caller, key) {
      if (!caller.scopes.includes('admin')) return forbidden
      const found = await ports.quota.limits(caller.account, key)
      return found === null ? unknown : ok(found.limits)
    },
    async setLimits(caller, key, limits) {
      if (!caller.scopes.includes('admin')) return forbidden
      const none =
        limits === null ||
        (limits.messagesPerMinute === null && limits.messagesPerDay === null && limits.spendPerDay === null)
      const set = await ports.quota.setLimits(caller.account, key, none ? null : limits)
      return set ? ok(none ? null : limits) : unknown
    },
  }
}
