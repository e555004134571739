import { DurableObject } from 'cloudflare:workers'
import { createLedger } from './ledger.ts'
import { createNetworkApi } from './network-api.ts'
import { errorAnswer, type NetworkParts, type NetworkPorts } from './network-parts.ts'
import { createOutbox } from './outbox.ts'
import { parseSimulatorUrl } from './wire.ts'

/**
 * Makes the class of the simulated network: carrier, operators and phones of one account in one Durable Object, named by the
 * account (`idFromName(account)`). workerd builds it from `(ctx, env)` alone, so what it needs of the world is made from these.
 */
export function createSimulatorNetwork<Env>(
  portsOf: (ctx: DurableObjectState, env: Env) => NetworkPorts,
): new (
  ctx: DurableObjectState,
  env: Env,
) => DurableObject<Env> {
  return class SimulatorNetwork extends DurableObject<Env> {
    readonly #ports: NetworkPorts
    readonly #parts: Omit<NetworkParts, 'account'>

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env)
      this.#ports = portsOf(ctx, env)
      const ledger = createLedger(ctx.storage.sql)
      const outbox = createOutbox(ctx.storage.sql, ledger, this.#ports)
      this.#parts = {
        ledger,
        outbox,
        now: () => this.#ports.clock.now(),
        wait: this.#ports.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
        commit: (writes) => {
          ctx.storage.transactionSync(writes)
          this.#arm()
        },
      }
    }

    /** Answers `<origin>/accounts/<account>/...`; the account is the one that this object was first asked for. */
    override async fetch(request: Request): Promise<Response> {
      const url = new URL(request.url)
      const place = parseSimulatorUrl(url)
      if (place === null || this.#parts.ledger.account(place.account) !== place.account)
        return errorAnswer(404, 'not_found', 'There is no such network.')
      url.pathname = place.path
      return createNetworkApi({ ...this.#parts, account: place.account }).fetch(new Request(url, request))
    }

    /** Sends the webhooks that are due. Never throws: the platform would retry six times and then forget the alarm. */
    override async alarm(): Promise<void> {
      try {
        this.#parts.ledger.expire(this.#ports.clock.now())
        const account = this.#parts.ledger.account()
        if (account !== null) await this.#parts.outbox.run(account)
      } catch (error) {
        console.error('simulator', error)
      } finally {
        this.#arm()
      }
    }

    /** Sets the alarm to the earliest need. In the same turn as the writes, so that the platform commits them together. */
    #arm(): void {
      const needs = [this.#parts.outbox.next(), this.#parts.ledger.expiry()].filter((need) => need !== null)
      if (needs.length > 0) void this.ctx.storage.setAlarm(Math.max(Math.min(...needs), Date.now()))
    }
  }
}
