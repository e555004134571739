import { fail, ok, type Result } from '../../domain/result.ts'

/** What a URL must not be to be fetched on somebody's behalf, decided from its text alone. */

/** Longer URLs are cut by proxies and carriers on the way; none that leads to media needs more. Characters. */
const LONGEST = 2048

/** RFC 1035, clause 2.3.4: 253 characters as text. */
const LONGEST_HOST = 253

/**
 * Names that mean "here" or "nearby": reserved by RFC 6761, 6762, 7686 and 8375, by ICANN's resolution on `.internal`,
 * or used inside networks so widely that no registry will ever sell them.
 */
const LOCAL_SUFFIXES = [
  'localhost',
  'localdomain',
  'local',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'arpa',
  'test',
  'invalid',
  'onion',
]

/** Public names whose answers are whatever address the name spells, or loopback, or change between two questions. */
const ADDRESS_IN_NAME = [
  '1u.ms',
  'lacolhost.com',
  'localhost.direct',
  'localtest.me',
  'lvh.me',
  'nip.io',
  'rbndr.us',
  'sslip.io',
  'vcap.me',
  'xip.io',
  'xip.name',
]

/** What a caller may allow, and where no URL may lead. */
export type MediaUrlRules = {
  readonly allowHttp: boolean
  /** Own hostnames and carrier API hosts, lower case. Each stands for its subdomains too. */
  readonly refusedHosts: readonly string[]
  /** Hosts that an adapter names for its vendor's media: not refused by the list above, by every other rule still. */
  readonly knownHosts: readonly string[]
}

const isUnder = (host: string, parent: string): boolean => host === parent || host.endsWith(`.${parent}`)

/** Letters, digits, hyphens and underscores in at least two labels, the last one a name: no address ends like that. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/

/** The rule that a host breaks, as a sentence, or null. The host is what the URL parser made of it. */
function problemOfHost(host: string, rules: MediaUrlRules): string | null {
  // The parser turns decimal, octal, hexadecimal, short and full-width spellings into four dotted numbers.
  if (host.startsWith('[') || /^\d+(?:\.\d+){3}$/.test(host))
    return 'its host is an IP address. Use a host name.'
  if (host.endsWith('.')) return 'its host name ends with a dot. Leave the dot out.'
  if (!host.includes('.')) return 'its host is a name of a local network. Use a public host name.'
  if (host.length > LONGEST_HOST || !HOST.test(host)) return 'its host is not a public host name.'
  if (LOCAL_SUFFIXES.some((suffix) => isUnder(host, suffix)))
    return 'its host is a name of a local network. Use a public host name.'
  if (ADDRESS_IN_NAME.some((suffix) => isUnder(host, suffix)))
    return 'its host name stands for an IP address. Use a host name of your own.'
  if (!rules.knownHosts.includes(host) && rules.refusedHosts.some((refused) => isUnder(host, refused)))
    return "its host is this service itself or a carrier's API."
  return null
}

/**
 * Reads a URL as the fetch will (WHATWG URL) and applies every rule. `base` is the page that redirected here. A failure
 * is a sentence that names the broken rule and holds nothing of the URL.
 */
export function checkMediaUrl(text: string, rules: MediaUrlRules, base?: URL): Result<URL, string> {
  if (text.length > LONGEST) return fail(`it is longer than ${LONGEST} characters.`)
  // The parser drops line breaks and tabs and turns backslashes around; other parsers on the way do not.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being refused
  if (/[\u0000-\u001f\u007f\\]/.test(text)) return fail('it has a control character or a backslash in it.')
  const url = URL.parse(text, base)
  if (url === null) return fail('it is not a URL. Write it as https://host/path.')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && rules.allowHttp))
    return fail(
      url.protocol === 'http:' ? 'it starts with http://. Use https://.' : 'it does not start with https://.',
    )
  if (url.username !== '' || url.password !== '')
    return fail('it has a user name or password in it. Leave them out.')
  // An empty port is the scheme's own: 443, or 80 where http is allowed.
  if (url.port !== '') return fail('it names a port. Only 443, and 80 for http://, are used.')
  const problem = problemOfHost(url.hostname, rules)
  return problem === null ? ok(url) : fail(problem)
}
