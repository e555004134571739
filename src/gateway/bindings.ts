/** What a Worker that runs Belino is bound to. */
export type Bindings = {
  readonly DB: D1Database
  readonly MEDIA: R2Bucket
  readonly CONVERSATION: DurableObjectNamespace
  readonly SIMULATOR: DurableObjectNamespace
  readonly NUMBER: DurableObjectNamespace
  readonly SUBSCRIBER: DurableObjectNamespace
  readonly LIVE: DurableObjectNamespace
  readonly FIT_LEASE: DurableObjectNamespace
  /** Cloudflare's Email Service, where forwards by e-mail are wanted. */
  readonly EMAIL?: SendEmail
  readonly BELINO_MAIL_FROM?: string
  readonly BELINO_ROOT_KEY?: string
  readonly BELINO_PREVIOUS_ROOT_KEYS?: string
  readonly BELINO_URL_KEYS?: string
  readonly BELINO_PUBLIC_URL?: string
  readonly BELINO_LOCAL?: string
  readonly BELINO_DEV_KEY?: string
  readonly BELINO_PAUSE_AT?: string
  readonly BELINO_ACCESS_TEAM?: string
  readonly BELINO_ACCESS_AUD?: string
  readonly BELINO_ACCESS_ACCOUNT?: string
}
