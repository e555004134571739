import type { Clock } from '../../domain/ports.ts'
import type { SubmitOutcome } from '../contract.ts'
import type { SinchAccount } from './account.ts'
import { type Answered, blank, readJson, saying } from './submit.ts'
import { ErrorBody, TokenResponse } from './wire.ts'

type Account = Extract<SinchAccount, { transport: 'conversation' }>

/** A token is got anew so many milliseconds before it ends. */
const EARLY = 60_000
/** Milliseconds for which a token holds whose answer does not say. */
const LIFETIME = 600_000
/** Tokens that are kept at once. */
const MOST = 1000

/** Tokens of OAuth (RFC 6749, clause 4.4), kept for as long as they hold. It is all that a carrier keeps, and can be lost. */
export function createTokens(
  call: (url: string, init: RequestInit, patience: number) => Promise<Answered>,
  clock: Clock,
) {
  const kept = new Map<string, { readonly token: string; readonly until: number }>()
  const nameOf = (account: Account): string =>
    [account.id, account.authUrl, account.keyId, account.keySecret].join('\n')

  return {
    /** A token, or why there is none. Whatever became of the request for it, nothing was sent. */
    async of(account: Account, patience: number): Promise<{ readonly token: string } | SubmitOutcome> {
      const name = nameOf(account)
      const before = kept.get(name)
      if (before !== undefined && before.until > clock.now()) return before
      const secret = new TextEncoder().encode(`${account.keyId}:${account.keySecret}`).toBase64()
      let answered: Answered
      try {
        const init = {
          method: 'POST',
          headers: {
            authorization: `Basic ${secret}`,
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: 'grant_type=client_credentials',
        }
        answered = await call(`${account.authUrl}/oauth2/token`, init, patience)
      } catch (error) {
        return saying('vendor_unavailable', 'token', String(error).slice(0, 200), null)
      }
      const { status, text, retryAfter } = answered
      const read = status === 200 ? readJson(TokenResponse, text) : null
      if (read === null) {
        const words = blank(account, readJson(ErrorBody, text)?.error.message ?? null)
        const refused = status >= 400 && status < 500 && status !== 429
        const reason = refused ? 'vendor_credentials' : 'vendor_unavailable'
        return saying(reason, `token HTTP ${status}`, words, retryAfter)
      }
      const lifetime = read.expires_in === undefined ? LIFETIME : read.expires_in * 1000
      if (kept.size >= MOST) kept.clear()
      const token = { token: read.access_token, until: clock.now() + Math.max(0, lifetime - EARLY) }
      kept.set(name, token)
      return token
    },
    forget(account: Account): void {
      kept.delete(nameOf(account))
    },
  }
}
