import type { Hono } from 'hono'
import type { BlankEnv } from 'hono/types'
import type { ClientErrorStatusCode, ServerErrorStatusCode, StatusCode } from 'hono/utils/http-status'
import type * as v from 'valibot'
import type { ANSWERS } from './answer-schemas.ts'
import type { ErrorAnswer } from './answers/common.ts'
import type { DESCRIBED, Operation } from './operations.ts'

/**
 * The API for Hono's typed client, made from the very schemas that validate and describe it. It is a type alone: a client takes
 * nothing of the gateway along.
 *
 * @example
 * ```ts
 * import { hc } from 'hono/client'
 * import type { AppType } from 'belino/client'
 *
 * const { v1 } = hc<AppType>('https://mms.example', { headers: { authorization: `Bearer ${key}` } })
 * const sent = await v1.messages.$post({ json: { to: '+16135550123', text: 'Hello' } })
 * if (sent.ok) console.log(await sent.json())
 * ```
 */
export type AppType = Hono<BlankEnv, { [P in PathOf<Route>]: Methods<P> }, '/'>

type Route = Extract<keyof typeof DESCRIBED, string>
type PathOf<R extends Route> = R extends `${string} ${infer P}` ? P : never
type Methods<P extends string> = {
  [R in Extract<Route, `${string} ${P}`> as R extends `${infer M} ${P}`
    ? `$${Lowercase<M>}`
    : never]: Endpoint<R, P>
}

type Endpoint<R extends Route, P extends string> =
  | {
      input: Input<(typeof DESCRIBED)[R], P>
      output: Output<R>
      outputFormat: 'json'
      status: StatusOf<(typeof DESCRIBED)[R]>
    }
  | {
      input: Input<(typeof DESCRIBED)[R], P>
      output: v.InferOutput<typeof ErrorAnswer>
      outputFormat: 'json'
      status: ClientErrorStatusCode | ServerErrorStatusCode
    }

type Output<R> = R extends keyof typeof ANSWERS ? v.InferOutput<(typeof ANSWERS)[R]> : null
type StatusOf<O> = O extends { status: infer S extends StatusCode } ? S : 200

type Named<P extends string> = P extends `${string}/:${infer N}/${infer Rest}`
  ? N | Named<`/${Rest}`>
  : P extends `${string}/:${infer N}`
    ? N
    : never

type Input<O, P extends string> = ([Named<P>] extends [never]
  ? unknown
  : { param: Record<Named<P>, string> }) &
  (O extends { query: infer Q } ? { query?: { [K in keyof Q]?: string } } : unknown) &
  (O extends { body: infer B extends NonNullable<Operation['body']> }
    ? O extends { bodyOptional: true }
      ? { json?: v.InferInput<B> }
      : { json: v.InferInput<B> }
    : unknown)
