import { type Address, parseAddress } from '../domain/address.ts'
import type { Failure } from '../domain/failure.ts'
import { NETWORKS, type Network, networkById, networkNamed, overridden } from '../domain/networks.ts'
import type { Caller, Clock, Scope } from '../domain/ports.ts'
import { type MmsAbility, type RecipientFacts, unknownRecipient } from '../domain/recipient.ts'
import type { RecipientStore } from '../domain/recipient-store.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { MessagingPorts } from './ports.ts'

/** A network as an account has it, and whether its own word is in it. */
export type AccountNetwork = Network & { readonly own: boolean }

/** What can be asked about those whom an account writes to, and about networks. */
export interface Recipients {
  get(caller: Caller, typed: string): Promise<Result<RecipientFacts, Failure>>
  /** Sets by hand; `unknown` and null forget what was set and learned. */
  set(
    caller: Caller,
    typed: string,
    change: { mms?: MmsAbility | undefined; network?: string | null | undefined },
  ): Promise<Result<RecipientFacts, Failure>>
  networks(caller: Caller): Promise<Result<AccountNetwork[], Failure>>
  /** Null takes the account's own word back. */
  override(
    caller: Caller,
    id: string,
    own: { messageBytes: number | null; maxSide: number | null } | null,
  ): Promise<Result<AccountNetwork, Failure>>
}

const may = (caller: Caller, scope: Scope): boolean =>
  caller.scopes.includes(scope) || caller.scopes.includes('admin')
const forbidden = (scope: Scope): Result<never, Failure> => fail({ code: 'insufficient_scope', scope })

/** Makes the use cases of recipients. */
export function createRecipients(ports: {
  readonly recipients: RecipientStore
  readonly clock: Clock
}): Recipients {
  return {
    async get(caller, typed) {
      if (!may(caller, 'read')) return forbidden('read')
      const address = parseAddress(typed)
      if (!address.ok) return fail({ code: 'invalid_number', field: 'recipient', typed })
      const known = await ports.recipients.known(caller.account, [address.value])
      return ok(known.get(address.value) ?? unknownRecipient(address.value))
    },

    async set(caller, typed, change) {
      if (!may(caller, 'send')) return forbidden('send')
      const address = parseAddress(typed)
      if (!address.ok) return fail({ code: 'invalid_number', field: 'recipient', typed })
      if (change.network != null && networkById(change.network) === undefined)
        return fail({
          code: 'invalid_field',
          field: 'network',
          problem: 'There is no such network. See GET /v1/networks.',
        })
      return ok(await ports.recipients.set(caller.account, address.value, change, ports.clock.now()))
    },

    async networks(caller) {
      if (!may(caller, 'read')) return forbidden('read')
      const own = await ports.recipients.overrides(caller.account)
      return ok(NETWORKS.map((row) => ({ ...overridden(row, own.get(row.id)), own: own.has(row.id) })))
    },

    async override(caller, id, own) {
      if (!may(caller, 'admin')) return forbidden('admin')
      const row = networkById(id)
      if (row === undefined) return fail({ code: 'not_found', what: 'network' })
      await ports.recipients.override(caller.account, id, own)
      return ok({ ...overridden(row, own ?? undefined), own: own !== null })
    },
  }
}

/** Keeps what a vendor says of a phone's network. It is a help, not a promise: nothing waits for it or fails with it. */
export async function learnNetwork(
  ports: Pick<MessagingPorts, 'recipients' | 'log'>,
  account: string,
  address: Address | null,
  event: { readonly kind: 'message' | 'receipt'; readonly network?: string | null; readonly at: number },
): Promise<void> {
  const network = event.network == null ? null : networkNamed(event.network)
  if (network === null || address === null) return
  const source = event.kind === 'message' ? 'inbound' : 'receipt'
  try {
    await ports.recipients.learnNetwork(account, address, network.id, source, event.at)
  } catch (error) {
    ports.log('network_not_learned', { error: String(error).slice(0, 200) })
  }
}
