import type { DialectRecords } from '../domain/dialect-records.ts'
import type { Failure } from '../domain/failure.ts'
import type { FitRequest } from '../domain/fit.ts'
import type { ListMessages } from '../domain/message-list.ts'
import type { VendorName } from '../domain/number.ts'
import type { ByteRange, Caller, Messaging, SendRequest, StoredMedia } from '../domain/ports.ts'
import type { Result } from '../domain/result.ts'
import type { Neighbours } from '../domain/thread-links.ts'
import type { Accounts } from '../messaging/accounts.ts'
import type { Admission } from '../messaging/admission.ts'
import type { Check } from '../messaging/check.ts'
import type { ConsentsService } from '../messaging/consents.ts'
import type { Money } from '../messaging/credit.ts'
import type { DialectTokens } from '../messaging/dialect-tokens.ts'
import type { FitKeys } from '../messaging/fit-keys.ts'
import type { FittedFile } from '../messaging/fit-many.ts'
import type { FitUrls } from '../messaging/fit-url.ts'
import type { Forget } from '../messaging/forget.ts'
import type { SendSeparately } from '../messaging/groups.ts'
import type { Keywords } from '../messaging/keywords.ts'
import type { OpenLinkPage } from '../messaging/link-page.ts'
import type { Numbers } from '../messaging/numbers.ts'
import type { IsOperator } from '../messaging/operator.ts'
import type { Orphans } from '../messaging/orphans.ts'
import type { People } from '../messaging/people.ts'
import type { Preview } from '../messaging/preview.ts'
import type { Profiles } from '../messaging/profiles.ts'
import type { KeyQuota } from '../messaging/quota.ts'
import type { Recipients } from '../messaging/recipients.ts'
import type { Sessions } from '../messaging/session.ts'
import type { Stream } from '../messaging/stream.ts'
import type { Templates } from '../messaging/templates.ts'
import type { VendorAccountsService } from '../messaging/vendor-accounts.ts'
import type { Webhooks } from '../messaging/webhooks.ts'

/** Sizes and lengths that the routes keep to; bytes and milliseconds. */
export type RouteLimits = {
  readonly file: number
  readonly request: number
  readonly json: number
  readonly hook: number
  readonly attachedLifetime: number
  readonly pageSize: number
  readonly pageLimit: number
}

/** Finds out who is asking. */
export type Authenticate = (authorization: string | null, host: string) => Promise<Result<Caller, Failure>>

/** A webhook as it came, its body read and bounded. */
export type Hook = {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: Uint8Array
}

/** Takes a vendor's webhook: everything that matters is committed when it resolves. */
export type TakeHook = (
  vendor: VendorName,
  hook: Hook,
) => Promise<Result<{ contentType: string; body: string }, Failure>>

/** Opens what a public URL names. */
export type PublicMedia = {
  find(token: string): Promise<Result<StoredMedia, Failure>>
  open(media: StoredMedia, range?: ByteRange): Promise<ReadableStream<Uint8Array> | null>
  now(): number
}

/** How Cloudflare Access is set up here. */
export type AccessSettings = {
  /** `<team>.cloudflareaccess.com` */
  readonly team: string
  readonly audience: string
  /** The account that everybody let through works in. */
  readonly account: string
}

/** What signing in with a browser takes. */
export type SignIn = {
  readonly sessions: Sessions
  /** Null leaves Cloudflare Access off. */
  readonly access: AccessSettings | null
  /** The demo account's key, in local development. */
  readonly demoKey: string | null
  /** Fetches the public keys of the Access team. */
  readonly fetchCerts: (url: string) => Promise<Response>
}

/** What the gateway puts into each request's context. Routes are built once; what they work with depends on the environment. */
export type Services = {
  /** The path under which another app has mounted this one: `/mms`; empty without one. */
  readonly base: string
  /** The address of this gateway for everybody, without a slash at its end. */
  readonly here: string
  readonly messaging: Messaging
  readonly authenticate: Authenticate
  readonly takeHook: TakeHook
  readonly publicMedia: PublicMedia
  readonly admission: Admission
  readonly webhooks: Webhooks
  readonly consents: ConsentsService
  readonly numbers: Numbers
  readonly recipients: Recipients
  readonly check: Check
  readonly money: Money
  readonly keyQuota: KeyQuota
  readonly isOperator: IsOperator
  readonly people: People
  readonly accounts: Accounts
  readonly fitKeys: FitKeys
  readonly fitUrls: FitUrls
  readonly fitMany: (
    caller: Caller,
    files: readonly StoredMedia[],
    request: FitRequest,
  ) => Promise<Result<readonly FittedFile[], Failure>>
  readonly forget: Forget
  readonly keywords: Keywords
  readonly templates: Templates
  readonly openLinkPage: OpenLinkPage
  readonly orphans: Orphans
  readonly profiles: Profiles
  readonly sendSeparately: SendSeparately
  readonly threadLinks: (caller: Caller, conversation: string) => Promise<Neighbours>
  readonly preview: (caller: Caller, request: SendRequest) => Promise<Result<Preview, Failure>>
  readonly stream: Stream
  readonly vendors: VendorAccountsService
  readonly listMessages: ListMessages
  readonly records: DialectRecords
  readonly tokens: DialectTokens
  readonly threadId: (caller: Caller, own: string, members: readonly string[]) => Promise<string>
  readonly signIn: SignIn
  /** Local development, where addresses of this machine may be named. */
  readonly local: boolean
  readonly limits: RouteLimits
}

/** The context of every route. */
export type ServicesEnv = { Variables: Services }

/** The context of routes behind a key. */
export type ApiEnv = { Variables: Services & { caller: Caller } }
