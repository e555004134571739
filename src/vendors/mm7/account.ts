import * as v from 'valibot'
import type { VendorAccount, VendorKind } from '../contract.ts'
import type { Flavour } from './status.ts'
import { DEFAULT_NAMESPACE, NAMESPACES, versionOf } from './wire.ts'

/** What an account at a relay consists of. */

const text = (most: number) =>
  v.pipe(v.string('Give it as text.'), v.maxLength(most, `At most ${most} characters.`))

const Credentials = v.strictObject({
  /** Basic authentication to the relay. */
  username: v.optional(text(200)),
  password: v.optional(text(400)),
  /** The id of the provider, which some relays use as a key. */
  vasp_id: v.optional(text(200)),
  /** Basic authentication of the relay to us, beside the secret address. */
  hook_username: v.optional(text(200)),
  hook_password: v.optional(text(400)),
})

const relayUrl = v.pipe(
  text(2048),
  v.check((value) => {
    const url = URL.parse(value)
    if (url === null || url.username !== '' || url.password !== '') return false
    const here = /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
    return url.protocol === 'https:' || (url.protocol === 'http:' && here)
  }, 'Give an https URL without credentials in it.'),
)

const Settings = v.strictObject({
  /** Where SubmitReq goes. */
  url: relayUrl,
  flavour: v.optional(v.picklist(['standard', 'sinch'], 'Give standard or sinch.'), 'standard'),
  namespace: v.optional(
    v.picklist(NAMESPACES, 'Give the namespace of a published schema.'),
    DEFAULT_NAMESPACE,
  ),
  version: v.optional(v.pipe(text(20), v.regex(/^\d+\.\d+\.\d+$/, 'Give it like 6.8.0.'))),
  vas_id: v.optional(text(200)),
  service_code: v.optional(text(200)),
  /** Whether operators may re-encode what was made to fit already. */
  allow_adaptations: v.optional(v.boolean('Give true or false.'), false),
  /** A group in one request, or one request a member with the others for display. */
  group: v.optional(v.picklist(['together', 'each'], 'Give together or each.')),
  /** IP addresses that the relay calls from; empty takes every one that knows the secret address. */
  allowed_addresses: v.optional(v.pipe(v.array(text(45)), v.maxLength(50, 'At most 50.')), []),
})

/** An account at a relay, understood. */
export type Mm7Account = {
  readonly id: string
  readonly account: string
  readonly hookSecret: string
  readonly url: string
  readonly flavour: Flavour
  readonly namespace: string
  readonly version: string
  readonly group: 'together' | 'each'
  readonly allowAdaptations: boolean
  readonly allowedAddresses: readonly string[]
  readonly vasId: string | null
  readonly serviceCode: string | null
  readonly vaspId: string | null
  /** What must not be shown where the relay repeats it. */
  readonly secrets: readonly string[]
  /** The Authorization header to the relay. */
  readonly authorization: string | null
  /** The Authorization header that the relay must send; null where none was agreed. */
  readonly hookAuthorization: string | null
}

/** Basic authentication (RFC 7617), in UTF-8. */
const basic = (user: string | undefined, password: string | undefined): string | null =>
  user === undefined && password === undefined
    ? null
    : `Basic ${new TextEncoder().encode(`${user ?? ''}:${password ?? ''}`).toBase64()}`

/** Reads an account; null when it was stored by a version that knew other fields. */
export function readAccount(one: VendorAccount): Mm7Account | null {
  const credentials = v.safeParse(Credentials, one.credentials)
  const settings = v.safeParse(Settings, one.settings)
  if (!credentials.success || !settings.success) return null
  const { username, password, vasp_id, hook_username, hook_password } = credentials.output
  const { url, flavour, namespace, version, vas_id, service_code, allow_adaptations, group } = settings.output
  return {
    id: one.id,
    account: one.account,
    hookSecret: one.hookSecret,
    url,
    flavour,
    namespace,
    version: version ?? versionOf(namespace),
    group: group ?? (flavour === 'sinch' ? 'each' : 'together'),
    allowAdaptations: allow_adaptations,
    allowedAddresses: settings.output.allowed_addresses,
    vasId: vas_id ?? null,
    serviceCode: service_code ?? null,
    vaspId: vasp_id ?? null,
    secrets: Object.values(one.credentials).filter((value) => value.length >= 4),
    authorization: basic(username, password),
    hookAuthorization: basic(hook_username, hook_password),
  }
}

/** Checks what a request says of an account. */
export const checkAccount: VendorKind['check'] = (credentials, settings) => {
  const secret = v.safeParse(Credentials, credentials)
  const plain = v.safeParse(Settings, settings)
  if (secret.success && plain.success)
    return {
      ok: true,
      credentials: Object.fromEntries(
        Object.entries(secret.output).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ),
      settings: plain.output,
    }
  const [where, issue] = secret.success
    ? (['settings', plain.issues?.[0]] as const)
    : (['credentials', secret.issues[0]] as const)
  const path = issue === undefined ? null : v.getDotPath(issue)
  return {
    ok: false,
    field: path === null ? where : `${where}.${path}`,
    problem:
      issue?.type === 'strict_object' ? 'It is missing, or no field of this vendor.' : (issue?.message ?? ''),
  }
}
