/** Secrets at rest: AES-GCM with 256 bits under keys that are derived from root keys and kept nowhere. */

const encoder = new TextEncoder()
/** RFC 5116, clause 5.2: a nonce of 96 bits, random for each sealing. */
const NONCE = 12

/** Seals and opens texts. A seal is bound to its place: moved to another row it does not open. */
export type Vault = {
  readonly seal: (place: string, text: string) => Promise<string>
  /** The text, and whether a key that is going out sealed it; null when no key opens it. */
  readonly open: (place: string, sealed: string) => Promise<{ text: string; old: boolean } | null>
}

async function keyOf(root: string): Promise<{ id: string; key: CryptoKey }> {
  const material = await crypto.subtle.importKey('raw', encoder.encode(root), 'HKDF', false, [
    'deriveKey',
    'deriveBits',
  ])
  const from = (info: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: encoder.encode('belino'),
    info: encoder.encode(info),
  })
  // The id says which key sealed; derived for itself, it tells nothing of the key.
  const id = new Uint8Array(await crypto.subtle.deriveBits(from('vendor-credentials-id'), material, 32))
  const aes = { name: 'AES-GCM', length: 256 }
  const key = await crypto.subtle.deriveKey(from('vendor-credentials'), material, aes, false, [
    'encrypt',
    'decrypt',
  ])
  return { id: id.toHex(), key }
}

/**
 * Makes a vault.
 *
 * @param roots root keys, newest first: the first seals, all of them open
 */
export function createVault(roots: readonly string[]): Vault {
  let made: { id: string; key: CryptoKey }[] | null = null
  const keys = async (): Promise<{ id: string; key: CryptoKey }[]> => {
    // Kept when done, not as a promise: a request that is cancelled must not leave others waiting.
    made ??= await Promise.all(roots.map(keyOf))
    return made
  }
  const parameters = (nonce: Uint8Array<ArrayBuffer>, place: string) => ({
    name: 'AES-GCM',
    iv: nonce,
    additionalData: encoder.encode(place),
  })
  return {
    async seal(place, text) {
      const [newest] = await keys()
      if (newest === undefined) throw new Error('No root key seals')
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE))
      const sealed = await crypto.subtle.encrypt(parameters(nonce, place), newest.key, encoder.encode(text))
      return `1.${newest.id}.${nonce.toBase64()}.${new Uint8Array(sealed).toBase64()}`
    },
    async open(place, sealed) {
      const match = /^1\.([0-9a-f]{8})\.([A-Za-z0-9+/]{16})\.([A-Za-z0-9+/]+={0,2})$/.exec(sealed)
      if (match === null) return null
      const all = await keys()
      const index = all.findIndex((one) => one.id === match[1])
      const holder = all[index]
      if (holder === undefined) return null
      try {
        const text = await crypto.subtle.decrypt(
          parameters(Uint8Array.fromBase64(match[2] as string), place),
          holder.key,
          Uint8Array.fromBase64(match[3] as string),
        )
        return { text: new TextDecoder().decode(text), old: index > 0 }
      } catch {
        return null
      }
    },
  }
}
