import type { Failure } from '../domain/failure.ts'
import type { AccountStore, Caller } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'

/** SHA-256 of a key as lower-case hex: what is stored of it. */
export async function hashKey(key: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Whether a host name can only be this machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '127.0.0.1' || host === '[::1]' || host.endsWith('.localhost')

/**
 * Finds out who is asking. The key is looked up by its hash, so no comparison can be timed.
 *
 * @param authorization the Authorization header
 * @param host the host name that the request was sent to
 */
export async function authenticate(
  accounts: AccountStore,
  authorization: string | null,
  host: string,
): Promise<Result<Caller, Failure>> {
  const key = /^Bearer +(\S{1,200})$/i.exec(authorization ?? '')?.[1]
  if (key === undefined) return fail({ code: 'unauthorized' })
  const stored = await accounts.keyByHash(await hashKey(key))
  if (stored === null) return fail({ code: 'unauthorized' })
  if (stored.localOnly && !isLoopback(host)) return fail({ code: 'key_not_local' })
  const { account, key: id, scopes, test, limits } = stored
  return ok({ account, key: id, scopes, test, limits: limits ?? null })
}
