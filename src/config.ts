import * as v from 'valibot'

/** Every default and every limit that is not a format's own. Times in milliseconds, sizes in bytes. */
export const DEFAULTS = {
  /** A file that a request brings. */
  fileLimit: 25_000_000,
  /** A request with several files. */
  requestLimit: 60_000_000,
  /** A JSON body. */
  jsonLimit: 256 * 1024,
  /** A vendor's webhook: a picture message of the largest gateways in base64, and its envelope. */
  hookLimit: 12_000_000,
  /** Bytes of files held in memory at once, over all requests of an isolate. */
  admissionBytes: 25_000_000,
  /** After this a place at the gate ends by itself. */
  admissionLifetime: 60_000,
  uploadLifetime: 7 * 86_400_000,
  /** A file that came with a request to send is kept this long even when the request failed. */
  attachedLifetime: 86_400_000,
  renditionLifetime: 7 * 86_400_000,
  messageLifetime: 90 * 86_400_000,
  publicUrlLifetime: 7 * 86_400_000,
  /** After this a message that could not be handed over has expired. */
  validity: 10 * 3_600_000,
  pageSize: 50,
  pageLimit: 200,
} as const

/** A root key shorter than this is no secret. */
const ROOT_KEY_LENGTH = 32

/** What the environment says, understood. */
export type Config = {
  /** Null until one is set: then nothing answers but the way to set it. */
  readonly rootKey: string | null
  /** Root keys that are going out: they open what they sealed, and seal nothing. */
  readonly previousRootKeys: readonly string[]
  /** Keys that sign public URLs, newest first. */
  readonly urlKeys: readonly string[]
  /** Where the public reaches this Worker, without a trailing slash; null takes the host of the request. */
  readonly publicUrl: string | null
  /** Local development: the demo account, the simulator's pages. */
  readonly local: boolean
  readonly devKey: string | null
  /** Cloudflare Access in front of the message center, and the account that those it lets through work in. */
  readonly access: { readonly team: string; readonly audience: string; readonly account: string } | null
  /** A step before which, in local development, the Worker waits: for tests that cut the power there. */
  readonly pauseAt: string | null
  /** The sender of e-mail; null sends none. */
  readonly mailFrom: string | null
}

const text = v.optional(v.pipe(v.string(), v.trim()), '')

const Environment = v.object({
  BELINO_ROOT_KEY: text,
  BELINO_PREVIOUS_ROOT_KEYS: text,
  BELINO_URL_KEYS: text,
  BELINO_PUBLIC_URL: v.optional(v.union([v.literal(''), v.pipe(v.string(), v.trim(), v.url())]), ''),
  BELINO_LOCAL: text,
  BELINO_DEV_KEY: text,
  BELINO_PAUSE_AT: text,
  BELINO_ACCESS_TEAM: text,
  BELINO_ACCESS_AUD: text,
  BELINO_ACCESS_ACCOUNT: text,
  BELINO_MAIL_FROM: v.optional(v.union([v.literal(''), v.pipe(v.string(), v.trim(), v.email())]), ''),
})

/** Reads the configuration from a Worker's environment. Throws on a value that can only be a mistake. */
export function readConfig(env: object): Config {
  const parsed = v.safeParse(Environment, env)
  if (!parsed.success) {
    const issue = parsed.issues[0]
    throw new Error(`The variable ${v.getDotPath(issue) ?? ''} is not usable: ${issue.message}`)
  }
  const {
    BELINO_ROOT_KEY,
    BELINO_PREVIOUS_ROOT_KEYS,
    BELINO_URL_KEYS,
    BELINO_PUBLIC_URL,
    BELINO_LOCAL,
    BELINO_DEV_KEY,
    BELINO_PAUSE_AT,
    BELINO_ACCESS_TEAM: team,
    BELINO_ACCESS_AUD: audience,
    BELINO_ACCESS_ACCOUNT: account,
    BELINO_MAIL_FROM: mailFrom,
  } = parsed.output
  const local = BELINO_LOCAL === '1' || BELINO_LOCAL === 'true'
  const rootKey = BELINO_ROOT_KEY.length >= ROOT_KEY_LENGTH ? BELINO_ROOT_KEY : null
  const urlKeys =
    BELINO_URL_KEYS === ''
      ? [rootKey].filter((key) => key !== null)
      : BELINO_URL_KEYS.split(',').map((key) => key.trim())
  // A comma too many would be a key that everybody knows.
  if (urlKeys.some((key) => key.length < ROOT_KEY_LENGTH))
    throw new Error(
      `The variable BELINO_URL_KEYS is not usable: each key takes at least ${ROOT_KEY_LENGTH} characters, and a comma stands between two`,
    )
  const previousRootKeys =
    BELINO_PREVIOUS_ROOT_KEYS === '' ? [] : BELINO_PREVIOUS_ROOT_KEYS.split(',').map((key) => key.trim())
  if (previousRootKeys.some((key) => key.length < ROOT_KEY_LENGTH))
    throw new Error(
      `The variable BELINO_PREVIOUS_ROOT_KEYS is not usable: each key takes at least ${ROOT_KEY_LENGTH} characters, and a comma stands between two`,
    )
  const access = [team, audience, account]
  if (access.some((one) => one !== '') && access.some((one) => one === ''))
    throw new Error('Set all of BELINO_ACCESS_TEAM, BELINO_ACCESS_AUD and BELINO_ACCESS_ACCOUNT, or none')
  if (team !== '' && !/^[a-z0-9-]+\.cloudflareaccess\.com$/.test(team))
    throw new Error('The variable BELINO_ACCESS_TEAM is not usable: give <team>.cloudflareaccess.com')
  return {
    rootKey,
    previousRootKeys,
    urlKeys,
    publicUrl: BELINO_PUBLIC_URL === '' ? null : BELINO_PUBLIC_URL.replace(/\/+$/, ''),
    local,
    devKey: local && BELINO_DEV_KEY !== '' ? BELINO_DEV_KEY : null,
    access: team === '' ? null : { team, audience, account },
    mailFrom: mailFrom === '' ? null : mailFrom,
    pauseAt: local && BELINO_PAUSE_AT !== '' ? BELINO_PAUSE_AT : null,
  }
}
