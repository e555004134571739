const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/

/** A URL that leads to this very machine, or null. Asked for in local development only. */
export function localUrl(text: string, base?: URL): URL | null {
  const url = URL.parse(text, base)
  const plain = url !== null && url.username === '' && url.password === ''
  return plain && /^https?:$/.test(url.protocol) && LOOPBACK.test(url.hostname) ? url : null
}
