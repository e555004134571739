const encoder = new TextEncoder()

/**
 * The headers that prove a callback (wire of the Conversation API): HMAC-SHA-256 in base64 over `body.nonce.timestamp`.
 *
 * @param now milliseconds since 1970; seconds travel
 */
export async function signCallback(
  secret: string,
  body: string,
  now: number,
): Promise<Record<string, string>> {
  const nonce = crypto.randomUUID().replaceAll('-', '').toUpperCase()
  const timestamp = String(Math.floor(now / 1000))
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign'])
  const mac = await crypto.subtle.sign('HMAC', key, encoder.encode(`${body}.${nonce}.${timestamp}`))
  return {
    'x-sinch-webhook-signature': new Uint8Array(mac).toBase64(),
    'x-sinch-webhook-signature-nonce': nonce,
    'x-sinch-webhook-signature-timestamp': timestamp,
    'x-sinch-webhook-signature-algorithm': 'HmacSHA256',
  }
}
