/** Seconds that a callback's time may be off, either way. */
const WINDOW = 300

const HEADER = 'x-sinch-webhook-signature'

const key = (secret: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])

/** What is signed: the body as it came, the nonce and the time, dots between them. */
function signed(body: Uint8Array, nonce: string, timestamp: string): Uint8Array<ArrayBuffer> {
  const tail = new TextEncoder().encode(`.${nonce}.${timestamp}`)
  const bytes = new Uint8Array(body.length + tail.length)
  bytes.set(body)
  bytes.set(tail, body.length)
  return bytes
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.fromBase64(text)
  } catch {
    return null
  }
}

/**
 * Whether a callback of the Conversation API was signed with the webhook's secret lately: HMAC with SHA-256, compared by the
 * platform in constant time.
 */
export async function isSigned(
  secret: string,
  headers: Headers,
  body: Uint8Array,
  now: number,
): Promise<boolean> {
  const [mac, nonce, timestamp, algorithm] = ['', '-nonce', '-timestamp', '-algorithm'].map((end) =>
    headers.get(`${HEADER}${end}`),
  )
  if (mac == null || nonce == null || timestamp == null || !/^\d{1,12}$/.test(timestamp)) return false
  if (algorithm != null && algorithm.toLowerCase() !== 'hmacsha256') return false
  if (Math.abs(now / 1000 - Number(timestamp)) > WINDOW) return false
  const bytes = fromBase64(mac)
  if (bytes === null) return false
  return await crypto.subtle.verify('HMAC', await key(secret), bytes, signed(body, nonce, timestamp))
}
