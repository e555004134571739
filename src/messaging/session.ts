import type { Failure } from '../domain/failure.ts'
import { randomText } from '../domain/ids.ts'
import type { AccountStore, Caller, Clock } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { authenticate, hashKey, isLoopback } from './keys.ts'

/** Somebody signed in with a browser. */
export type Session = {
  readonly caller: Caller
  /** What a page must repeat in a header or field with every request that its cookie answers for. */
  readonly csrf: string
  /** Who it is, as shown to them: the name of the key, or an e-mail address. */
  readonly who: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** A person whom somebody else has vouched for, to be let into an account. */
export type Guest = { readonly account: string; readonly email: string; readonly test: boolean }

/** Sessions of browsers: nothing of them is stored, so that there is nothing to steal but the cookie. */
export interface Sessions {
  /** Exchanges an API key for a token. */
  open(key: string, host: string): Promise<Result<string, Failure>>
  /** A token for a guest, good until `until` (milliseconds since 1970) at most. */
  admit(guest: Guest, until: number): Promise<string>
  /** Who a token stands for; null when it is forged, has expired, or its key was revoked. */
  read(token: string, host: string): Promise<Session | null>
  /** How long a token is good for, in milliseconds. */
  readonly lifetime: number
}

/** A working day. */
const LIFETIME = 12 * 3_600_000

/** What a page may do at most, whatever its key may: a stolen browser makes no keys and no numbers. */
const PAGE_SCOPES: ReadonlySet<string> = new Set(['read', 'send'])

const encoder = new TextEncoder()
const base64url = (bytes: Uint8Array): string => bytes.toBase64({ alphabet: 'base64url', omitPadding: true })

function fromBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.fromBase64(text, { alphabet: 'base64url' })
  } catch {
    return null
  }
}

/** What is signed: `key.<hash of the key>` or `guest.<JSON in base64url>`, then the expiry in base 36 and a nonce. */
const TOKEN = /^(key|guest)\.([\w-]{1,600})\.([0-9a-z]{1,11})\.([0-9A-Za-z]{16})\.([\w-]{43})$/

/**
 * Makes sessions.
 *
 * @param options.key signs tokens; derived for this purpose alone
 */
export function createSessions(options: {
  readonly key: () => Promise<CryptoKey>
  readonly accounts: Pick<AccountStore, 'keyByHash'>
  readonly clock: Clock
}): Sessions {
  const { accounts, clock } = options
  const mac = async (purpose: string, text: string): Promise<string> => {
    const signed = encoder.encode(`${purpose}\0${text}`)
    return base64url(new Uint8Array(await crypto.subtle.sign('HMAC', await options.key(), signed)))
  }
  const seal = async (kind: 'key' | 'guest', subject: string, until: number): Promise<string> => {
    const body = `${kind}.${subject}.${Math.floor(until).toString(36)}.${randomText(16)}`
    return `${body}.${await mac('session', body)}`
  }

  const callerOf = async (kind: string, subject: string, host: string) => {
    if (kind === 'guest') {
      const json = fromBase64url(subject)
      if (json === null) return null
      const { account, email, test } = JSON.parse(new TextDecoder().decode(json)) as Guest
      return {
        who: email,
        caller: { account, key: `guest:${email}`, scopes: ['read', 'send'], test } as const,
      }
    }
    const stored = await accounts.keyByHash(subject)
    if (stored === null || (stored.localOnly && !isLoopback(host))) return null
    const scopes = stored.scopes.filter((scope) => PAGE_SCOPES.has(scope))
    return {
      who: stored.name,
      caller: { account: stored.account, key: stored.key, scopes, test: stored.test },
    }
  }

  return {
    lifetime: LIFETIME,
    async open(key, host) {
      const caller = await authenticate(accounts as AccountStore, `Bearer ${key}`, host)
      if (!caller.ok) return caller
      if (!caller.value.scopes.some((scope) => PAGE_SCOPES.has(scope)))
        return fail({ code: 'insufficient_scope', scope: 'read' })
      return ok(await seal('key', await hashKey(key), clock.now() + LIFETIME))
    },
    admit: (guest, until) =>
      seal(
        'guest',
        base64url(encoder.encode(JSON.stringify(guest))),
        Math.min(until, clock.now() + LIFETIME),
      ),
    async read(token, host) {
      const match = TOKEN.exec(token)
      if (match === null) return null
      const [, kind = '', subject = '', expiry = '', , given = ''] = match
      const signature = fromBase64url(given)
      const signed = encoder.encode(`session\0${token.slice(0, -given.length - 1)}`)
      if (signature === null) return null
      if (!(await crypto.subtle.verify('HMAC', await options.key(), signature, signed))) return null
      const expiresAt = Number.parseInt(expiry, 36)
      if (expiresAt <= clock.now()) return null
      const found = await callerOf(kind, subject, host)
      return found === null ? null : { ...found, csrf: await mac('csrf', token), expiresAt }
    },
  }
}

/** Whether two texts are the same, in a time that tells nothing of where they differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [encoder.encode(a), encoder.encode(b)]
  return left.byteLength === right.byteLength && crypto.subtle.timingSafeEqual(left, right)
}
