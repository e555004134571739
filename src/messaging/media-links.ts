import type { Clock } from '../domain/ports.ts'

/** Public URLs of media: unguessable, and good for a time only. */
export type MediaLinks = {
  /** A URL at which anybody can fetch the file until `lifetime` milliseconds from now. */
  url(media: string, name: string, lifetime: number): Promise<string>
  /** The address of a page of links. */
  page(id: string): string
  /** The media id that a token names, or null when it is forged or has expired. */
  open(token: string): Promise<string | null>
}

const encoder = new TextEncoder()

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')

function fromBase64url(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) =>
      character.charCodeAt(0),
    )
  } catch {
    return null
  }
}

/** The key for one purpose, derived from a secret text, so that no two uses share a key (RFC 5869). */
export async function deriveKey(secret: string, purpose: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, ['deriveKey'])
  return await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: encoder.encode('belino'), info: encoder.encode(purpose) },
    material,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign', 'verify'],
  )
}

/**
 * Signs and opens tokens of the form `<id>.<expiry, base 36>.<HMAC-SHA-256, base64url>`.
 *
 * @param keys the first signs; all of them verify, so that a key can be changed without breaking URLs that are out
 * @param maxLifetime milliseconds; longer requests are shortened
 */
export function createMediaLinks(options: {
  readonly keys: readonly CryptoKey[]
  readonly baseUrl: string
  readonly maxLifetime: number
  readonly clock: Clock
}): MediaLinks {
  const { keys, baseUrl, maxLifetime, clock } = options
  const signed = (id: string, expiry: string): Uint8Array<ArrayBuffer> =>
    encoder.encode(`media\0${id}\0${expiry}`) as Uint8Array<ArrayBuffer>
  return {
    async url(media, name, lifetime) {
      const key = keys[0]
      if (key === undefined) throw new Error('No key signs media URLs')
      const id = media.replace(/^med_/, '')
      // Rounded up to a minute: the same file asked for twice in a moment has the same URL, which caches like.
      const until = Math.ceil((clock.now() + Math.min(lifetime, maxLifetime - 60_000)) / 60_000) * 60_000
      const expiry = until.toString(36)
      const mac = await crypto.subtle.sign('HMAC', key, signed(id, expiry))
      return `${baseUrl}/m/${id}.${expiry}.${base64url(new Uint8Array(mac))}/${encodeURIComponent(name)}`
    },
    page: (id) => `${baseUrl}/l/${id}`,
    async open(token) {
      const [id, expiry, mac, more] = token.split('.')
      if (
        !id ||
        !expiry ||
        !mac ||
        more !== undefined ||
        !/^[0-9A-Za-z]{22,64}$/.test(id) ||
        !/^[0-9a-z]{1,11}$/.test(expiry)
      )
        return null
      const given = fromBase64url(mac)
      if (given === null || given.byteLength !== 32) return null
      for (const key of keys) {
        if (await crypto.subtle.verify('HMAC', key, given as Uint8Array<ArrayBuffer>, signed(id, expiry)))
          return Number.parseInt(expiry, 36) > clock.now() ? `med_${id}` : null
      }
      return null
    },
  }
}

/** A keyed hash as 32 hex digits (128 bits of HMAC-SHA-256): the same text gives the same hash, and nobody without the key another. */
export async function keyedHash(key: CryptoKey, text: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', key, encoder.encode(text))
  return new Uint8Array(mac).toHex().slice(0, 32)
}
