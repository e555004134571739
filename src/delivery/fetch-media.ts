import type { Failure } from '../domain/failure.ts'
import type { Clock } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { createDeadline, type Deadline, DeadlineError, platformTimer, type Timer } from './guard/deadline.ts'
import { nameHint, typeHint } from './guard/hints.ts'
import { type Kept, keptOf } from './guard/kept.ts'
import { localUrl } from './guard/local-url.ts'
import { checkMediaUrl, type MediaUrlRules } from './guard/media-url.ts'
import { isPublicAddress } from './guard/public-address.ts'
import { readBounded } from './guard/read-bounded.ts'
import { createRecent } from './guard/recent.ts'
import { createTokenBuckets } from './guard/token-buckets.ts'

/**
 * The one place that fetches a URL which somebody else chose. A Worker cannot pin the address that a name resolves to, so
 * the rules are on the URL, again at every redirect; the platform's own refusal of private addresses stands behind them
 * (`global_fetch_strictly_public`), and a resolver may be given as one more look.
 */

/** Every bound of a fetch. Times in milliseconds. */
export const MEDIA_FETCH_LIMITS = {
  /** Redirects followed. */
  redirects: 3,
  /** From a request to its headers. */
  headersMs: 5_000,
  /** The whole fetch, redirects included. */
  totalMs: 15_000,
  /** How long a failure answers for its URL, so that we knock nowhere again and again. */
  failureMs: 60_000,
  /** Failures remembered in an isolate. */
  failures: 1_000,
  /** Requests that leave for an account in a minute, redirects counted. */
  perMinute: 120,
  /** Accounts whose rate is remembered in an isolate. */
  accounts: 10_000,
} as const

/** What the fetcher is given. Make one an isolate: it remembers rates and failures. */
export type MediaFetcherPorts = {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly clock: Clock
  /** The addresses of a host. Each must be public, or nothing is fetched. Defence in depth: the fetch resolves again by itself. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
  /** Own hostnames and carrier API hosts; each stands for its subdomains too. */
  readonly refusedHosts: readonly string[]
  /** Hosts and causes, never paths, queries, bodies or credentials. */
  readonly log: (event: string, facts: Record<string, string | number | null>) => void
  readonly timer?: Timer
}

/** One fetch. */
export type FetchMediaOptions = {
  readonly account: string
  /** Bytes; one more is refused. */
  readonly limit: number
  /** The account allows http:// URLs. */
  readonly allowHttp?: boolean
  /** More hosts that are refused, such as the one that the request came in by. */
  readonly refusedHosts?: readonly string[]
  /** Whether a failure of the last minute answers for its URL; false for a caller that spaces its tries by itself. Default true. */
  readonly remember?: boolean
  /** A vendor's own media, behind a login: an Authorization value and the exact hosts that may see it, over https only. */
  readonly credentials?: { readonly authorization: string; readonly hosts: readonly string[] }
  /** The file was fetched before, from a place on somebody's list: every URL on the way has to be on it. */
  readonly source?: {
    readonly allows: (url: URL) => boolean
    /** Names the list: a failure under another one says nothing. */
    readonly list: string
    /** Local development: a URL on this machine may be fetched where the list names it, over http and at any port. */
    readonly local: boolean
    /** What the far side said of the copy that is kept; null where there is none. */
    readonly etag: string | null
    readonly lastModified: string | null
  }
}

/** What was fetched. The hints are what the far side claims: sniff the bytes. */
export type FetchedMedia = {
  readonly chunks: Uint8Array[]
  readonly bytes: number
  readonly typeHint: string | null
  readonly nameHint: string | null
  /** Where `source` was given: how long it may be kept, and whether it is what was kept before (then without bytes). */
  readonly kept?: Kept & { readonly unchanged: boolean }
}

/** Fetches media from URLs that others chose. */
export type MediaFetcher = {
  /**
   * The file at a URL. Fails with `media_url_refused` (a rule is named), `file_too_large`, `busy` (the account's rate), and
   * one and the same `media_unreachable` for whatever went wrong at the far side, so that nobody reads a network through us.
   */
  readonly fetchMedia: (url: string, options: FetchMediaOptions) => Promise<Result<FetchedMedia, Failure>>
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])
const UNREACHABLE: Failure = { code: 'media_unreachable', retryable: true }
const REDIRECTED_AWAY: Failure = {
  code: 'media_url_refused',
  problem: 'it redirects to a URL that is not fetched. Give the final https:// URL.',
}

/** Makes the fetcher. */
export function createMediaFetcher(ports: MediaFetcherPorts): MediaFetcher {
  const { clock, log } = ports
  const limits = MEDIA_FETCH_LIMITS
  const timer = ports.timer ?? platformTimer
  const rates = createTokenBuckets(
    { capacity: limits.perMinute, perMinute: limits.perMinute, keys: limits.accounts },
    clock,
  )
  const failures = createRecent<Failure>(limits.failureMs, limits.failures, clock)

  /** A URL that may be asked for, read as the fetch will. */
  function checked(
    text: string,
    rules: MediaUrlRules,
    options: FetchMediaOptions,
    base?: URL,
  ): Result<URL, string> {
    const { source } = options
    const local = source?.local ? localUrl(text, base) : null
    const url = local === null ? checkMediaUrl(text, rules, base) : ok(local)
    if (!url.ok || source === undefined || source.allows(url.value)) return url
    return fail('it is not under a source that this key allows. Add its address to the sources of the key.')
  }

  const unreachable = (url: URL, cause: string, status: number | null = null): Result<never, Failure> => {
    log('media_fetch_failed', { host: url.hostname, cause, status })
    return fail(UNREACHABLE)
  }

  async function isPublicHost(host: string, deadline: Deadline): Promise<boolean> {
    if (ports.resolve === undefined) return true
    const addresses = await deadline.race(ports.resolve(host))
    if (addresses.length === 0) throw new Error('no address')
    return addresses.every(isPublicAddress)
  }

  /** One request, to its headers. The redirect is ours to judge. */
  async function ask(
    url: URL,
    authorization: string | null,
    { source }: FetchMediaOptions,
    deadline: Deadline,
  ): Promise<Response> {
    const callOff = deadline.within(limits.headersMs, 'headers')
    // A compressed body could be a thousand times its size on the wire.
    const headers = new Headers({ Accept: '*/*', 'Accept-Encoding': 'identity', 'User-Agent': 'Belino' })
    if (authorization !== null) headers.set('Authorization', authorization)
    if (source?.etag) headers.set('If-None-Match', source.etag)
    if (source?.lastModified) headers.set('If-Modified-Since', source.lastModified)
    try {
      const init: RequestInit = { method: 'GET', redirect: 'manual', headers, signal: deadline.signal }
      return await deadline.race(ports.fetch(url.href, init))
    } finally {
      callOff()
    }
  }

  async function follow(
    first: URL,
    rules: MediaUrlRules,
    options: FetchMediaOptions,
    deadline: Deadline,
  ): Promise<Result<FetchedMedia, Failure>> {
    let url = first
    let authorization = options.credentials?.authorization ?? null
    for (let redirects = 0; ; redirects++) {
      // Once the way has left the first origin, the credentials are gone for good, also when it leads back.
      const trusted = url.protocol === 'https:' && rules.knownHosts.includes(url.hostname)
      if (url.origin !== first.origin || !trusted) authorization = null
      let response: Response
      try {
        if (!(await isPublicHost(url.hostname, deadline))) {
          log('media_fetch_refused', { host: url.hostname, cause: 'private address', status: null })
          return redirects > 0
            ? fail(REDIRECTED_AWAY)
            : fail({ code: 'media_url_refused', problem: 'its host leads into a private network.' })
        }
        const wait = rates.take(options.account)
        if (wait > 0) return fail({ code: 'busy', retryAfter: Math.ceil(wait / 1000) })
        response = await ask(url, authorization, options, deadline)
      } catch (error) {
        return unreachable(url, error instanceof DeadlineError ? `time: ${error.message}` : 'connection')
      }
      if (response.status === 200) return await receive(url, response, options, deadline)
      response.body?.cancel().catch(() => {})
      if (response.status === 304 && (options.source?.etag || options.source?.lastModified))
        return ok({
          ...{ chunks: [], bytes: 0, typeHint: null, nameHint: null },
          kept: { ...keptOf(response.headers, clock.now()), unchanged: true },
        })
      if (!REDIRECTS.has(response.status)) return unreachable(url, 'status', response.status)
      const location = response.headers.get('Location')
      if (location === null) return unreachable(url, 'redirect without a target', response.status)
      if (redirects === limits.redirects) return unreachable(url, 'too many redirects', response.status)
      const next = checked(location, rules, options, url)
      if (!next.ok) {
        log('media_fetch_refused', { host: url.hostname, cause: `redirect: ${next.failure}`, status: null })
        return fail(REDIRECTED_AWAY)
      }
      url = next.value
    }
  }

  async function receive(
    url: URL,
    response: Response,
    { limit, source }: FetchMediaOptions,
    deadline: Deadline,
  ): Promise<Result<FetchedMedia, Failure>> {
    const declared = response.headers.get('Content-Length')
    if (declared !== null && /^\d+$/.test(declared) && Number(declared) > limit) {
      response.body?.cancel().catch(() => {})
      return fail({ code: 'file_too_large', limit })
    }
    try {
      const body = await readBounded(response.body, limit, deadline)
      if (body === null) return fail({ code: 'file_too_large', limit })
      return ok({
        ...body,
        typeHint: typeHint(response.headers.get('Content-Type')),
        nameHint: nameHint(response.headers.get('Content-Disposition'), url),
        ...(source && { kept: { ...keptOf(response.headers, clock.now()), unchanged: false } }),
      })
    } catch (error) {
      return unreachable(url, error instanceof DeadlineError ? `time: ${error.message}` : 'broken off')
    }
  }

  return {
    async fetchMedia(text, options) {
      const allowHttp = options.allowHttp ?? false
      const rules = {
        allowHttp,
        refusedHosts: [...ports.refusedHosts, ...(options.refusedHosts ?? [])].map((host) =>
          host.toLowerCase(),
        ),
        knownHosts: options.credentials?.hosts ?? [],
      }
      const url = checked(text, rules, options)
      if (!url.ok) return fail({ code: 'media_url_refused', problem: url.failure })
      // A failure holds for the same question only: with a login, or room for a larger file, the answer may be another. The
      // login itself stays out of what is remembered.
      const question = JSON.stringify([
        options.account,
        url.value.href,
        options.limit,
        allowHttp,
        options.credentials !== undefined,
        options.source && [options.source.list, options.source.etag, options.source.lastModified],
      ])
      const remember = options.remember ?? true
      const known = remember ? failures.get(question) : undefined
      if (known !== undefined) return fail(known)
      const deadline = createDeadline(limits.totalMs, timer)
      try {
        const result = await follow(url.value, rules, options, deadline)
        if (remember && !result.ok && result.failure.code !== 'busy') failures.set(question, result.failure)
        return result
      } finally {
        deadline.stop()
      }
    },
  }
}
