import { ok, type Result } from '../../domain/result.ts'
import { checkMediaUrl } from './media-url.ts'

/** Where endpoints may lie. */
export type WebhookUrlRules = {
  /** Own hostnames and carrier API hosts, lower case. */
  readonly refusedHosts: readonly string[]
  /** Local development: an endpoint on this machine may be reached, over http and at any port. */
  readonly local: boolean
}

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])$/

/** Reads the URL of an endpoint. The rules of media URLs hold: https, no port, no address, no name of a local network. */
export function checkWebhookUrl(text: string, rules: WebhookUrlRules): Result<URL, string> {
  if (rules.local) {
    const url = URL.parse(text)
    const plain = url !== null && url.username === '' && url.password === ''
    if (plain && /^https?:$/.test(url.protocol) && LOOPBACK.test(url.hostname)) return ok(url)
  }
  return checkMediaUrl(text, { allowHttp: false, refusedHosts: rules.refusedHosts, knownHosts: [] })
}
