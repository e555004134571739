import { CORE_VERSION, type Target } from '../media/index.ts'

/** The name of a fit, 64 hex digits: what went in, what was asked, and which core answered. */
export async function renditionKey(sha256: string, target: Target): Promise<string> {
  const text = JSON.stringify([sha256, CORE_VERSION, target.budget, target.maxSide, target.types])
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return new Uint8Array(digest).toHex()
}
