import { fail, ok, type Result } from '../../domain/result.ts'
import { localUrl } from './local-url.ts'
import { checkMediaUrl } from './media-url.ts'

/** Where endpoints may lie. */
export type WebhookUrlRules = {
  /** Own hostnames and carrier API hosts, lower case. */
  readonly refusedHosts: readonly string[]
  /** Local development: an endpoint on this machine may be reached, over http and at any port. */
  readonly local: boolean
  /** Dialects that are spoken here. */
  readonly dialects?: readonly string[]
}

/** The dialect in which an endpoint wants to be told: the word before the plus of `mm7+https://...`. */
export const dialectOf = (url: string): string | null => /^([a-z0-9]+)\+https?:/.exec(url)?.[1] ?? null

/** Reads the URL of an endpoint, without its dialect. The rules of media URLs hold: https, no port, no address, no name of a local network. */
export function checkWebhookUrl(text: string, rules: WebhookUrlRules): Result<URL, string> {
  const dialect = dialectOf(text)
  if (dialect !== null) {
    return rules.dialects?.includes(dialect)
      ? checkWebhookUrl(text.slice(dialect.length + 1), { ...rules, dialects: [] })
      : fail(`There is no dialect ${dialect}.`)
  }
  if (rules.local) {
    const url = localUrl(text)
    if (url !== null) return ok(url)
  }
  return checkMediaUrl(text, { allowHttp: false, refusedHosts: rules.refusedHosts, knownHosts: [] })
}
