import type { Failure } from '../domain/failure.ts'
import { ID_PATTERN, mintId, randomText } from '../domain/ids.ts'
import type { VendorName } from '../domain/number.ts'
import type { Caller, Clock, Page, Scope } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { StoredVendorAccount, VendorAccountStore } from '../domain/vendor-account.ts'
import type { VendorAccount, VendorAccounts, VendorKind } from '../vendors/contract.ts'
import type { Vault } from './vault.ts'

/** Times that a change is tried again when somebody else changed the account meanwhile. */
const TRIES = 5

/** What a request says; what is left out stays, or has its default. A credential that is left out stays too. */
export type VendorAccountInput = {
  readonly name?: string | undefined
  readonly credentials?: Readonly<Record<string, string>> | undefined
  readonly settings?: Readonly<Record<string, unknown>> | undefined
}

/** An account at a vendor as it is shown: of its credentials the names alone. */
export type ShownVendorAccount = Omit<StoredVendorAccount, 'sealed' | 'account' | 'revision'> & {
  readonly credentials: readonly string[]
}

/** What can be asked of the accounts at vendors. Seeing takes the scope `read`; the rest, the webhook's address too, `admin`. */
export interface VendorAccountsService {
  create(
    caller: Caller,
    vendor: VendorName,
    input: VendorAccountInput,
  ): Promise<Result<ShownVendorAccount & { readonly hookPath: string }, Failure>>
  list(
    caller: Caller,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<ShownVendorAccount>, Failure>>
  get(caller: Caller, id: string): Promise<Result<ShownVendorAccount, Failure>>
  update(caller: Caller, id: string, input: VendorAccountInput): Promise<Result<ShownVendorAccount, Failure>>
  remove(caller: Caller, id: string): Promise<Result<void, Failure>>
  /** The path of the webhook's address, which is a secret; a new one with `renew`, and the old one ends at once. */
  hook(caller: Caller, id: string, renew: boolean): Promise<Result<{ hookPath: string }, Failure>>
}

/** What the use cases are given. */
export type VendorAccountsPorts = {
  readonly clock: Clock
  readonly store: VendorAccountStore
  readonly vault: Vault
  readonly kinds: Partial<Record<VendorName, VendorKind>>
  readonly log: (event: string, facts: Record<string, string | number | null>) => void
}

type Secrets = { readonly credentials: Record<string, string>; readonly hook: string }

const NOT_FOUND: Failure = { code: 'not_found', what: 'vendor account' }
const placeOf = (one: Pick<StoredVendorAccount, 'account' | 'vendor' | 'id'>): string =>
  `${one.account}\0${one.vendor}\0${one.id}`

/** Opens the secrets; null, and a line in the log, when no root key does. What an old key sealed is sealed anew. */
async function open(ports: VendorAccountsPorts, stored: StoredVendorAccount): Promise<Secrets | null> {
  const opened = await ports.vault.open(placeOf(stored), stored.sealed)
  if (opened === null) {
    ports.log('vendor_credentials_sealed', { vendor: stored.vendor, id: stored.id })
    return null
  }
  if (opened.old) {
    const sealed = await ports.vault.seal(placeOf(stored), opened.text)
    // Whoever changes it at the same moment seals it with the new key anyway.
    await ports.store
      .replace({ ...stored, sealed, revision: stored.revision + 1 })
      .catch((error) => ports.log('vendor_reseal_failed', { error: String(error).slice(0, 200) }))
  }
  return JSON.parse(opened.text) as Secrets
}

/** The accounts at one vendor, opened, for its carrier. */
export function vendorAccountsOf(ports: VendorAccountsPorts, vendor: VendorName): VendorAccounts {
  const opened = async (stored: StoredVendorAccount | null): Promise<VendorAccount | null> => {
    const secrets = stored === null ? null : await open(ports, stored)
    if (stored === null || secrets === null) return null
    const { id, account, settings } = stored
    return { id, account, settings, credentials: secrets.credentials, hookSecret: secrets.hook }
  }
  return {
    of: async (account) => opened(await ports.store.of(account, vendor)),
    byId: async (id) => (ID_PATTERN.test(id) ? opened(await ports.store.findById(vendor, id)) : null),
  }
}

/** Makes the use cases. */
export function createVendorAccounts(ports: VendorAccountsPorts): VendorAccountsService {
  const { clock, store, vault } = ports

  const lacks = (caller: Caller, scope: Scope): Failure | null =>
    caller.scopes.includes(scope) || caller.scopes.includes('admin')
      ? null
      : { code: 'insufficient_scope', scope }

  async function found(
    caller: Caller,
    id: string,
    scope: Scope,
  ): Promise<Result<StoredVendorAccount, Failure>> {
    const refused = lacks(caller, scope)
    if (refused !== null) return fail(refused)
    const stored = ID_PATTERN.test(id) ? await store.find(caller.account, id) : null
    return stored === null ? fail(NOT_FOUND) : ok(stored)
  }

  const shown = (stored: StoredVendorAccount, secrets: Secrets | null): ShownVendorAccount => {
    const { id, vendor, name, settings, createdAt, updatedAt } = stored
    return {
      id,
      vendor,
      name,
      settings,
      createdAt,
      updatedAt,
      credentials: Object.keys(secrets?.credentials ?? {}),
    }
  }
  const hookPath = ({ vendor, id }: StoredVendorAccount, { hook }: Secrets): string =>
    `/hooks/${vendor}/${id}/${hook}`

  /** Changes an account there, again when somebody else was faster. */
  async function change(
    first: StoredVendorAccount,
    next: (
      stored: StoredVendorAccount,
      secrets: Secrets,
    ) => Result<[Partial<StoredVendorAccount>, Secrets], Failure>,
  ): Promise<Result<{ stored: StoredVendorAccount; secrets: Secrets }, Failure>> {
    let stored: StoredVendorAccount | null = first
    for (let tried = 0; tried < TRIES && stored !== null; tried++) {
      const secrets = (await open(ports, stored)) ?? { credentials: {}, hook: randomText(22) }
      // Opening may have sealed it anew, which counts the revision up.
      const fresh: StoredVendorAccount | null = await store.find(first.account, first.id)
      if (fresh === null) break
      const changed = next(fresh, secrets)
      if (!changed.ok) return changed
      const [fields, kept] = changed.value
      const sealed = await vault.seal(placeOf(fresh), JSON.stringify(kept))
      const made = { ...fresh, ...fields, sealed, revision: fresh.revision + 1, updatedAt: clock.now() }
      if (await store.replace(made)) return ok({ stored: made, secrets: kept })
      stored = await store.find(first.account, first.id)
    }
    return stored === null ? fail(NOT_FOUND) : fail({ code: 'storage_unavailable', retryAfter: 2 })
  }

  return {
    async create(caller, vendor, input) {
      const refused = lacks(caller, 'admin')
      if (refused !== null) return fail(refused)
      const kind = ports.kinds[vendor]
      if (kind === undefined)
        return fail({
          code: 'invalid_field',
          field: 'vendor',
          problem: `Nothing is to be connected there. Give one of ${Object.keys(ports.kinds).join(', ')}.`,
        })
      const checked = kind.check(input.credentials ?? {}, input.settings ?? {})
      if (!checked.ok) return fail({ code: 'invalid_field', field: checked.field, problem: checked.problem })
      const now = clock.now()
      const secrets: Secrets = { credentials: checked.credentials, hook: randomText(22) }
      const head = { id: mintId('ven', now), account: caller.account, vendor }
      const stored: StoredVendorAccount = {
        ...head,
        name: input.name ?? vendor,
        settings: checked.settings,
        sealed: await vault.seal(placeOf(head), JSON.stringify(secrets)),
        revision: 1,
        createdAt: now,
        updatedAt: now,
      }
      if (!(await store.insert(stored))) return fail({ code: 'vendor_account_exists', vendor })
      return ok({ ...shown(stored, secrets), hookPath: hookPath(stored, secrets) })
    },

    async list(caller, page) {
      const refused = lacks(caller, 'read')
      if (refused !== null) return fail(refused)
      const list = await store.list(caller.account, page)
      if (!list.ok) return list
      const items: ShownVendorAccount[] = []
      for (const one of list.value.items) items.push(shown(one, await open(ports, one)))
      return ok({ items, next: list.value.next })
    },

    async get(caller, id) {
      const stored = await found(caller, id, 'read')
      return stored.ok ? ok(shown(stored.value, await open(ports, stored.value))) : stored
    },

    async update(caller, id, input) {
      const first = await found(caller, id, 'admin')
      if (!first.ok) return first
      const changed = await change(first.value, (stored, secrets) => {
        const checked = ports.kinds[stored.vendor]?.check(
          { ...secrets.credentials, ...input.credentials },
          { ...stored.settings, ...input.settings },
        )
        if (checked === undefined) return fail({ code: 'vendor_not_available', vendor: stored.vendor })
        if (!checked.ok)
          return fail({ code: 'invalid_field', field: checked.field, problem: checked.problem })
        return ok([
          { name: input.name ?? stored.name, settings: checked.settings },
          { ...secrets, credentials: checked.credentials },
        ])
      })
      return changed.ok ? ok(shown(changed.value.stored, changed.value.secrets)) : changed
    },

    async remove(caller, id) {
      const stored = await found(caller, id, 'admin')
      if (!stored.ok) return stored
      await store.remove(caller.account, id)
      return ok(undefined)
    },

    async hook(caller, id, renew) {
      const stored = await found(caller, id, 'admin')
      if (!stored.ok) return stored
      if (!renew) {
        const secrets = await open(ports, stored.value)
        return secrets === null ? fail(NOT_FOUND) : ok({ hookPath: hookPath(stored.value, secrets) })
      }
      const changed = await change(stored.value, (_, secrets) =>
        ok([{}, { ...secrets, hook: randomText(22) }]),
      )
      return changed.ok ? ok({ hookPath: hookPath(changed.value.stored, changed.value.secrets) }) : changed
    },
  }
}
