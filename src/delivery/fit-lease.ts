import { DurableObject } from 'cloudflare:workers'
import type { FitOutcome } from '../domain/fit-ports.ts'
import type { Clock } from '../domain/ports.ts'

/** What the object answers: the work is the caller's, or somebody else's that has ended (null: their time was over). */
export type LeaseAnswer =
  | { readonly kind: 'held' }
  | { readonly kind: 'ended'; readonly outcome: FitOutcome | null }

/** What the object answers to; the stub has the same methods. */
export interface FitLeaseObject {
  /** Gives the work to `holder` for `lifetime` milliseconds, or waits for whoever has it. */
  take(holder: string, lifetime: number): Promise<LeaseAnswer>
  end(holder: string, outcome: FitOutcome): Promise<void>
}

/** The class of a lease's object, built around its ports. */
export type FitLeaseClass<Env> = new (
  ctx: DurableObjectState,
  env: Env,
) => DurableObject<Env> & FitLeaseObject

/**
 * Makes the Durable Object class of leases. An object is one file to be made: the first request gets the work and does it
 * in its own Worker, the others wait here. Nothing is stored: an object that is lost costs a second computation of a file
 * whose bytes are the same, and a holder that is lost ends by the clock.
 */
export function createFitLease<Env>(portsOf: (env: Env) => { readonly clock: Clock }): FitLeaseClass<Env> {
  return class FitLease extends DurableObject<Env> implements FitLeaseObject {
    readonly #clock: Clock
    #held: { readonly holder: string; readonly until: number } | null = null
    readonly #waiting = new Set<(answer: LeaseAnswer) => void>()

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env)
      this.#clock = portsOf(env).clock
    }

    async take(holder: string, lifetime: number): Promise<LeaseAnswer> {
      const now = this.#clock.now()
      const held = this.#held
      if (held === null || held.until <= now) {
        this.#held = { holder, until: now + lifetime }
        return { kind: 'held' }
      }
      return await new Promise<LeaseAnswer>((resolve) => {
        const answer = (said: LeaseAnswer): void => {
          clearTimeout(timer)
          this.#waiting.delete(answer)
          resolve(said)
        }
        const timer = setTimeout(() => answer({ kind: 'ended', outcome: null }), held.until - now)
        this.#waiting.add(answer)
      })
    }

    async end(holder: string, outcome: FitOutcome): Promise<void> {
      // Whoever comes late has no say any more: the work is somebody else's by now.
      if (this.#held?.holder !== holder) return
      this.#held = null
      for (const answer of [...this.#waiting]) answer({ kind: 'ended', outcome })
    }
  }
}
