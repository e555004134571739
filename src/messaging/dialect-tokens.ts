import type { Clock } from '../domain/ports.ts'
import type { Vault } from './vault.ts'

/** Tokens that a dialect hands out for an API key: they end, and carry the key sealed, so that nothing is stored of them. */
export type DialectTokens = {
  /** A token with its life in seconds. */
  readonly issue: (apiKey: string) => Promise<{ token: string; expiresIn: number }>
  /** The key inside. `expired` is a token of ours whose time is over; null is none of ours. */
  readonly open: (token: string) => Promise<{ apiKey: string } | 'expired' | null>
}

/** Seconds that a token lives. */
const LIFE = 3600

const encoder = new TextEncoder()
const base64url = (text: string): string =>
  encoder.encode(text).toBase64({ alphabet: 'base64url', omitPadding: true })

/** The form of a JWT (RFC 7519), whose middle a client may read to renew in time; its last part is a seal, not a signature. */
const HEAD = base64url(JSON.stringify({ typ: 'JWT', alg: 'dir', enc: 'A256GCM' }))
const SHAPE = /^([\w-]{1,100})\.([\w-]{1,200})\.([\w-]{1,1200})$/

function read(text: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(
      Uint8Array.fromBase64(text, { alphabet: 'base64url' }),
    )
  } catch {
    return null
  }
}

/** Makes them. */
export function createDialectTokens(ports: { readonly vault: Vault; readonly clock: Clock }): DialectTokens {
  const place = (claims: string): string => `dialect-token\0${claims}`
  return {
    async issue(apiKey) {
      const now = Math.floor(ports.clock.now() / 1000)
      const claims = base64url(JSON.stringify({ iat: now, exp: now + LIFE }))
      const sealed = await ports.vault.seal(place(claims), apiKey)
      return { token: `${HEAD}.${claims}.${base64url(sealed)}`, expiresIn: LIFE }
    },
    async open(token) {
      const [, head, claims, seal] = SHAPE.exec(token) ?? []
      if (head !== HEAD || claims === undefined || seal === undefined) return null
      const sealed = read(seal)
      // The claims are bound to the seal: whoever changes the end of a token's life has no token any more.
      const opened = sealed === null ? null : await ports.vault.open(place(claims), sealed)
      if (opened === null) return null
      const { exp } = JSON.parse(read(claims) ?? '{}') as { exp: number }
      return exp * 1000 <= ports.clock.now() ? 'expired' : { apiKey: opened.text }
    },
  }
}
