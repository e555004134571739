/** How long a copy may be kept, and by what the far side knows it again. */
export type Kept = {
  readonly etag: string | null
  readonly lastModified: string | null
  /** Milliseconds since 1970; now or earlier where it has to be asked for each time. */
  readonly freshUntil: number
}

/** What a far side that says nothing gets; and the most that one gets which says much. Milliseconds. */
const UNSAID = 3_600_000
const LONGEST = 30 * 86_400_000
/** Longer ones are no validators that a sender could have meant to get back. Characters. */
const LONGEST_VALIDATOR = 200

const validator = (header: string | null): string | null =>
  header !== null && header.length <= LONGEST_VALIDATOR ? header : null

/**
 * Reads the caching headers of an answer as a shared cache does (RFC 9111, clauses 4.2.1 and 5.2.2): `s-maxage` before
 * `max-age` before `Expires`, less what the `Age` says has passed. `no-store`, `no-cache` and `private` leave nothing.
 */
export function keptOf(headers: Headers, now: number): Kept {
  const validators = {
    etag: validator(headers.get('ETag')),
    lastModified: validator(headers.get('Last-Modified')),
  }
  const control = (headers.get('Cache-Control') ?? '').toLowerCase()
  if (/(?:^|,)\s*(?:no-store|no-cache|private)\b/.test(control)) return { ...validators, freshUntil: now }
  const seconds =
    /(?:^|,)\s*s-maxage\s*=\s*"?(\d{1,10})/.exec(control)?.[1] ??
    /(?:^|,)\s*max-age\s*=\s*"?(\d{1,10})/.exec(control)?.[1]
  const age = /^\d{1,10}$/.test(headers.get('Age') ?? '') ? Number(headers.get('Age')) * 1000 : 0
  const expires = headers.get('Expires')
  const lifetime =
    seconds !== undefined
      ? Number(seconds) * 1000 - age
      : expires !== null
        ? // A date that is none means the past (RFC 9111, clause 5.3).
          (Date.parse(expires) || now) - now
        : UNSAID
  return { ...validators, freshUntil: now + Math.max(0, Math.min(lifetime, LONGEST)) }
}
