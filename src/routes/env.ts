import type { Failure } from '../domain/failure.ts'
import type { Caller, Messaging } from '../domain/ports.ts'
import type { Result } from '../domain/result.ts'
import type { Admission } from '../messaging/admission.ts'
import type { TakeHook } from './hooks.ts'
import type { PublicMedia } from './public-media.ts'

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

/** What the gateway puts into each request's context. Routes are built once; what they work with depends on the environment. */
export type Services = {
  readonly messaging: Messaging
  readonly authenticate: Authenticate
  readonly takeHook: TakeHook
  readonly publicMedia: PublicMedia
  readonly admission: Admission
  readonly limits: RouteLimits
}

/** The context of every route. */
export type ServicesEnv = { Variables: Services }

/** The context of routes behind a key. */
export type ApiEnv = { Variables: Services & { caller: Caller } }
