import type { FetchedMedia, MediaFetcher } from '../delivery/fetch-media.ts'
import { joinBytes } from '../domain/bytes.ts'
import type { Failure } from '../domain/failure.ts'
import type { FitRequest } from '../domain/fit.ts'
import type { FitEntry, FitIndex, FitKey, FitKeyStore, FitLeases } from '../domain/fit-ports.ts'
import type { ByteRange, Clock, MediaStore, StoredMedia } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { CORE_VERSION, extensionOf, findType, fit, type MediaType, type Target } from '../media/index.ts'
import type { Admission } from './admission.ts'
import { fitSecretOf } from './fit-keys.ts'
import { allowsSource } from './fit-sources.ts'
import { type FitUrl, readFitUrl } from './fit-url-path.ts'
import { asFailure } from './media-failure.ts'
import { renditionKey } from './rendition-key.ts'

/** A file made for an optimizer URL. */
export type FittedUrl = {
  readonly media: StoredMedia
  /** Its name, with the extension of its type. */
  readonly name: string
  readonly attachment: boolean
  /** Seconds for which anybody may keep it. */
  readonly maxAge: number
}

/** The optimizer that stands in front of media URLs. */
export interface FitUrls {
  /**
   * Makes, or finds, the file that a signed URL asks for. `signature` is `<key id>.<HMAC-SHA256, base64url>` over `path`, which
   * begins with the slash behind the signature, exactly as in the URL.
   */
  find(signature: string, path: string): Promise<Result<FittedUrl, Failure>>
  open(media: StoredMedia, range?: ByteRange): Promise<ReadableStream<Uint8Array> | null>
}

/** What it is given. */
export type FitUrlPorts = {
  readonly clock: Clock
  readonly fitKeys: FitKeyStore
  readonly fitSecret: () => Promise<CryptoKey>
  readonly fitIndex: FitIndex
  readonly fitLeases: FitLeases
  readonly media: MediaStore
  readonly fetcher: MediaFetcher
  readonly admission: Admission
  readonly local: boolean
  readonly settings: { readonly fileLimit: number; readonly renditionLifetime: number }
  readonly log: (event: string, facts: Record<string, string | number | null>) => void
}

const encoder = new TextEncoder()
/** Times that a request takes up work which somebody else left without a word. */
const TRIES = 3
/** What is past this need not be fitted again for a while, even where its source wants to be asked each time. Milliseconds. */
const SHORTEST_KEPT = 60_000
const DAY = 86_400_000

/** A file that was made, and until when its source may be taken as unchanged (milliseconds since 1970). */
type Made = { readonly media: StoredMedia; readonly freshUntil: number }

/** Makes the optimizer. */
export function createFitUrls(ports: FitUrlPorts): FitUrls {
  const { clock, fitIndex, media } = ports

  async function keyOf(signature: string, path: string): Promise<Result<FitKey, Failure>> {
    const refused = fail({ code: 'invalid_signature' } as const)
    const [, id, mac] = /^(fit_[0-9A-Za-z]{22,64})\.([\w-]{43})=?$/.exec(signature) ?? []
    const key = id === undefined ? null : await ports.fitKeys.find(id)
    if (key === null || mac === undefined) return refused
    const given = Uint8Array.fromBase64(mac, { alphabet: 'base64url' })
    const root = await ports.fitSecret()
    for (const generation of key.previous ? [key.generation, key.generation - 1] : [key.generation]) {
      const secret = await crypto.subtle.importKey(
        'raw',
        (await fitSecretOf(root, key.id, generation)) as Uint8Array<ArrayBuffer>,
        { name: 'HMAC', hash: 'SHA-256' },
        false,
        ['verify'],
      )
      if (await crypto.subtle.verify('HMAC', secret, given, encoder.encode(path))) return ok(key)
    }
    return refused
  }

  /** What is kept of this question, and the file while it lives. */
  async function kept(account: string, name: string): Promise<(Made & { entry: FitEntry }) | null> {
    const now = clock.now()
    const entry = await fitIndex.find(account, name, now)
    const file = entry === null ? null : await media.find(account, entry.media)
    if (entry === null || file === null || file.deletedAt !== null || file.expiresAt <= now + SHORTEST_KEPT)
      return null
    return { entry, media: file, freshUntil: entry.freshUntil }
  }

  /** Fetches the source, or hears that it did not change, and makes of it what was asked. */
  async function work(key: FitKey, name: string, url: FitUrl): Promise<Result<Made, Failure>> {
    const { account } = key
    const before = await kept(account, name)
    // Somebody made it while we waited for the right to.
    if (before !== null && before.freshUntil > clock.now()) return ok(before)
    const place = await ports.admission.enter(ports.settings.fileLimit)
    if (place === null) return fail({ code: 'busy', retryAfter: 2 })
    try {
      const fetched = await ports.fetcher.fetchMedia(url.source, {
        account,
        limit: ports.settings.fileLimit,
        source: {
          allows: (one) => allowsSource(key.sources, one),
          list: JSON.stringify(key.sources),
          local: ports.local,
          etag: before?.entry.etag ?? null,
          lastModified: before?.entry.lastModified ?? null,
        },
      })
      if (!fetched.ok) return fetched
      const unchanged = fetched.value.kept?.unchanged === true
      const made =
        before !== null && unchanged ? ok(before.media) : await madeOf(key, fetched.value, url.request)
      return made.ok
        ? ok(await remember(account, name, made.value, fetched.value, before?.entry ?? null))
        : made
    } finally {
      place.end()
    }
  }

  async function madeOf(
    key: FitKey,
    fetched: FetchedMedia,
    request: FitRequest,
  ): Promise<Result<StoredMedia, Failure>> {
    const { account } = key
    if (fetched.bytes === 0) return fail({ code: 'media_unreachable', retryable: false })
    const bytes = joinBytes(fetched.chunks)
    const sha256 = new Uint8Array(
      await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>),
    ).toHex()
    const { types, ...rest } = request
    const target: Target = { ...rest, ...(types === undefined ? {} : { types: types as MediaType[] }) }
    const rendition = await renditionKey(sha256, target)
    const now = clock.now()
    const known = await media.findRendition(account, rendition, now)
    if (known !== null) return ok(known)
    if (!(await ports.fitKeys.spend(key.id, now))) return fail(limitOf(key, now))
    const fitted = await fit(bytes, target)
    if (!fitted.ok) return fail(asFailure(fitted.failure, null))
    const { type, width, height } = fitted.value
    const stored = await media.put(
      {
        account,
        class: 'rendition',
        chunks: [fitted.value.bytes],
        type,
        width: width ?? null,
        height: height ?? null,
        expiresAt: now + ports.settings.renditionLifetime,
      },
      now,
    )
    await media.nameRendition(account, rendition, stored)
    return ok(stored)
  }

  async function remember(
    account: string,
    name: string,
    file: StoredMedia,
    fetched: FetchedMedia,
    before: FitEntry | null,
  ): Promise<Made> {
    const now = clock.now()
    const { etag = null, lastModified = null, freshUntil = now } = fetched.kept ?? {}
    const entry: FitEntry = {
      media: file.id,
      // An answer of 304 need not say again by what the file is known.
      etag: etag ?? (fetched.kept?.unchanged ? (before?.etag ?? null) : null),
      lastModified: lastModified ?? (fetched.kept?.unchanged ? (before?.lastModified ?? null) : null),
      freshUntil,
    }
    await fitIndex.put(account, name, entry, file.expiresAt, now)
    return { media: file, freshUntil }
  }

  /** One computation for many requests: the others wait for whoever has it, wherever they arrived. */
  async function once(key: FitKey, name: string, url: FitUrl): Promise<Result<Made, Failure>> {
    for (let tried = 0; tried < TRIES; tried++) {
      const lease = await ports.fitLeases.take(`${key.account}/${name}`)
      if (lease.kind === 'held') {
        let failure: Failure | null = { code: 'storage_unavailable', retryAfter: 2 }
        try {
          const made = await work(key, name, url)
          failure = made.ok ? null : made.failure
          return made
        } finally {
          await lease.end({ failure })
        }
      }
      if (lease.outcome?.failure) return fail(lease.outcome.failure)
      // What was made is there even if it may not be kept: it was made after we asked.
      const file = lease.outcome === null ? null : await kept(key.account, name)
      if (file !== null) return ok(file)
    }
    return fail({ code: 'busy', retryAfter: 5 })
  }

  return {
    open: (file, range) => media.open(file, range),

    async find(signature, path) {
      const key = await keyOf(signature, path)
      if (!key.ok) return key
      const read = readFitUrl(path.slice(1))
      if (!read.ok) return read
      const url = read.value
      const now = clock.now()
      if (url.expiresAt !== null && url.expiresAt <= now) return fail({ code: 'url_expired' })
      const name = await nameOf(url)
      const before = await kept(key.value.account, name)
      // The list of sources may have become shorter since.
      const source = URL.parse(url.source)
      const fresh =
        before !== null &&
        before.freshUntil > now &&
        source !== null &&
        allowsSource(key.value.sources, source)
      const made = fresh ? ok(before) : await once(key.value, name, url)
      if (!made.ok) return made
      const { media: file, freshUntil } = made.value
      const type = findType(file.type)
      const until = Math.min(freshUntil, file.expiresAt, url.expiresAt ?? Infinity, now + DAY)
      return ok({
        media: file,
        name: `${url.filename ?? 'media'}.${type === undefined ? 'bin' : extensionOf(type)}`,
        attachment: url.attachment,
        maxAge: Math.max(0, Math.floor((until - clock.now()) / 1000)),
      })
    },
  }
}

/** The name of a question, 64 hex digits: the source, what is asked of it, and which core answers. */
async function nameOf({ source, request }: FitUrl): Promise<string> {
  const asked = Object.entries(request).sort(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify([source, asked, CORE_VERSION])
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))).toHex()
}

function limitOf(key: FitKey, now: number): Failure {
  const minute = Math.ceil((60_000 - (now % 60_000)) / 1000)
  const day = Math.ceil((DAY - (now % DAY)) / 1000)
  // Which of them was reached is not read again: a key that has a limit a minute is told to come back after it.
  return key.perMinute === null
    ? { code: 'key_limit_reached', limit: 'per_day', retryAfter: day }
    : { code: 'key_limit_reached', limit: 'per_minute or per_day', retryAfter: minute }
}
