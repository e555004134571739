import * as v from 'valibot'
import type { VendorAccount, VendorKind } from '../contract.ts'

/** What an account at Sinch consists of. */

const text = (most: number) =>
  v.pipe(
    v.string('Give it as text.'),
    v.minLength(1, 'Give it.'),
    v.maxLength(most, `At most ${most} characters.`),
  )

const Credentials = v.strictObject({
  /** The access key of the project, for OAuth. */
  key_id: v.optional(text(200)),
  key_secret: v.optional(text(400)),
  /** What the app's webhook is signed with. */
  webhook_secret: v.optional(text(400)),
  /** The key of the MMS JSON API. */
  api_key: v.optional(text(400)),
})

const url = v.pipe(
  text(2048),
  v.check((value) => {
    const parsed = URL.parse(value)
    if (parsed === null || parsed.username !== '' || parsed.password !== '') return false
    const here = /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(parsed.hostname)
    return parsed.protocol === 'https:' || (parsed.protocol === 'http:' && here)
  }, 'Give an https URL without credentials in it.'),
)

const Settings = v.strictObject({
  /** The Conversation API, or the older MMS JSON API. */
  transport: v.optional(v.picklist(['conversation', 'mms'], 'Give conversation or mms.'), 'conversation'),
  project_id: v.optional(text(100)),
  app_id: v.optional(text(100)),
  region: v.optional(v.picklist(['us', 'eu', 'br'], 'Give us, eu or br.'), 'us'),
  /** The campaign of the MMS JSON API. */
  service_id: v.optional(text(100)),
  /** The number that messages came to where the vendor does not say. */
  default_sender: v.optional(text(20)),
  /** In place of the vendor's own hosts. */
  api_url: v.optional(url),
  auth_url: v.optional(url),
})

/** An account at Sinch, understood. */
export type SinchAccount = {
  readonly id: string
  readonly account: string
  readonly hookSecret: string
  readonly defaultSender: string | null
  /** What must not be shown where the vendor repeats it. */
  readonly secrets: readonly string[]
} & (
  | {
      readonly transport: 'conversation'
      readonly apiUrl: string
      readonly authUrl: string
      readonly project: string
      readonly app: string
      readonly keyId: string
      readonly keySecret: string
      readonly webhookSecret: string
    }
  | {
      readonly transport: 'mms'
      readonly apiUrl: string
      readonly apiKey: string
      readonly service: string
    }
)

/** Which field each transport needs, and where. */
const NEEDED = {
  conversation: [
    ['credentials', 'key_id'],
    ['credentials', 'key_secret'],
    ['credentials', 'webhook_secret'],
    ['settings', 'project_id'],
    ['settings', 'app_id'],
  ],
  mms: [
    ['credentials', 'api_key'],
    ['settings', 'service_id'],
  ],
} as const

const base = (given: string | undefined, own: string): string => (given ?? own).replace(/\/$/, '')

/** Reads an account; null when it was stored by a version that knew other fields. */
export function readAccount(one: VendorAccount): SinchAccount | null {
  const credentials = v.safeParse(Credentials, one.credentials)
  const settings = v.safeParse(Settings, one.settings)
  if (!credentials.success || !settings.success) return null
  const { key_id, key_secret, webhook_secret, api_key } = credentials.output
  const { transport, project_id, app_id, region, service_id, default_sender, api_url, auth_url } =
    settings.output
  const common = {
    id: one.id,
    account: one.account,
    hookSecret: one.hookSecret,
    defaultSender: default_sender ?? null,
    secrets: Object.values(one.credentials).filter((value) => value.length >= 4),
  }
  if (transport === 'mms') {
    if (api_key === undefined || service_id === undefined) return null
    const apiUrl = base(api_url, 'https://api.ci.mblox.com')
    return { ...common, transport, apiUrl, apiKey: api_key, service: service_id }
  }
  if (key_id === undefined || key_secret === undefined || webhook_secret === undefined) return null
  if (project_id === undefined || app_id === undefined) return null
  return {
    ...common,
    transport,
    apiUrl: base(api_url, `https://${region}.conversation.api.sinch.com`),
    authUrl: base(auth_url, 'https://auth.sinch.com'),
    project: project_id,
    app: app_id,
    keyId: key_id,
    keySecret: key_secret,
    webhookSecret: webhook_secret,
  }
}

/** Checks what a request says of an account. */
export const checkAccount: VendorKind['check'] = (credentials, settings) => {
  const secret = v.safeParse(Credentials, credentials)
  const plain = v.safeParse(Settings, settings)
  if (!secret.success || !plain.success) {
    const [where, issue] = secret.success
      ? (['settings', plain.issues?.[0]] as const)
      : (['credentials', secret.issues[0]] as const)
    const path = issue === undefined ? null : v.getDotPath(issue)
    return {
      ok: false,
      field: path === null ? where : `${where}.${path}`,
      problem: issue?.type === 'strict_object' ? 'It is no field of this vendor.' : (issue?.message ?? ''),
    }
  }
  const given: Record<string, Readonly<Record<string, unknown>>> = {
    credentials: secret.output,
    settings: plain.output,
  }
  for (const [where, field] of NEEDED[plain.output.transport])
    if (given[where]?.[field] === undefined)
      return {
        ok: false,
        field: `${where}.${field}`,
        problem: `The transport ${plain.output.transport} needs it.`,
      }
  return {
    ok: true,
    credentials: Object.fromEntries(
      Object.entries(secret.output).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    settings: plain.output,
  }
}
