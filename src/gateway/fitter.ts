import { WorkerEntrypoint } from 'cloudflare:workers'
import type { Fitter, Refit, RefitRequest } from '../domain/refit.ts'
import type { Bindings } from './bindings.ts'

/** The entrypoint of the Worker that conversations ask for work on media; exported from it under the name `Fitter`. */
export type FitterClass = new (ctx: ExecutionContext, env: Bindings) => WorkerEntrypoint<Bindings> & Fitter

/** Makes the entrypoint: each call is a request of the Worker's own, with the time and memory of one. */
export function createFitter(refit: (env: Bindings, request: RefitRequest) => Promise<Refit>): FitterClass {
  return class Fitter extends WorkerEntrypoint<Bindings> {
    refit(request: RefitRequest): Promise<Refit> {
      return refit(this.env, request)
    }
  }
}

/** The Worker's own entrypoint as its objects see it; null where the Worker does not export it. */
export function fitterOf(ctx: DurableObjectState): Fitter | null {
  const { exports } = ctx as unknown as { exports?: Readonly<Record<string, unknown>> }
  const found = exports?.Fitter as Fitter | undefined
  return found === undefined ? null : { refit: (request) => found.refit(request) }
}
