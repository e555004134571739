import { CORE_VERSION, type Target } from '../media/index.ts'

/** The name of a fit, 64 hex digits: what went in, what was asked, and which core answered. */
export async function renditionKey(sha256: string, target: Target): Promise<string> {
  // Whatever a target can say changes the bytes, today or one day.
  const asked = Object.entries(target)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify([sha256, CORE_VERSION, asked])
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return new Uint8Array(digest).toHex()
}
