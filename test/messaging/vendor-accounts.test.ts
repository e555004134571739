import { describe, expect, it } from 'vitest'
import type { Caller } from '../../src/domain/ports.ts'
import { ok } from '../../src/domain/result.ts'
import type { StoredVendorAccount, VendorAccountStore } from '../../src/domain/vendor-account.ts'
import { createVault } from '../../src/messaging/vault.ts'
import {
  createVendorAccounts,
  type VendorAccountsPorts,
  vendorAccountsOf,
} from '../../src/messaging/vendor-accounts.ts'

const OLD = 'the old root key, of at least 32 characters'
const NEW = 'the new root key, of at least 32 characters'
const caller = (scopes: Caller['scopes'], account = 'acc_one'): Caller => ({
  account,
  key: 'key_1',
  scopes,
  test: false,
})
const ADMIN = caller(['admin'])

/** A store in memory; `races` changes are lost to somebody who was faster. */
function memory(races = 0): VendorAccountStore & { rows: Map<string, StoredVendorAccount> } {
  const rows = new Map<string, StoredVendorAccount>()
  let lost = races
  const all = () => [...rows.values()]
  return {
    rows,
    async insert(one) {
      if (all().some((row) => row.account === one.account && row.vendor === one.vendor)) return false
      rows.set(one.id, one)
      return true
    },
    find: async (account, id) => all().find((one) => one.account === account && one.id === id) ?? null,
    findById: async (vendor, id) => all().find((one) => one.vendor === vendor && one.id === id) ?? null,
    of: async (account, vendor) =>
      all().find((one) => one.account === account && one.vendor === vendor) ?? null,
    list: async (account) => ok({ items: all().filter((one) => one.account === account), next: null }),
    async replace(one) {
      const before = rows.get(one.id)
      if (before === undefined || before.revision !== one.revision - 1) return false
      if (lost > 0) {
        lost--
        rows.set(one.id, { ...before, revision: before.revision + 1 })
        return false
      }
      rows.set(one.id, one)
      return true
    },
    async remove(account, id) {
      if (rows.get(id)?.account === account) rows.delete(id)
    },
  }
}

function stage(roots: readonly string[], store = memory()) {
  const logged: string[] = []
  const ports: VendorAccountsPorts = {
    clock: { now: () => 1_790_000_000_000 },
    store,
    vault: createVault(roots),
    kinds: {
      mm7: {
        createCarrier: () => {
          throw new Error('not asked for here')
        },
        check: (credentials, settings) =>
          'url' in (settings as object)
            ? {
                ok: true,
                credentials: credentials as Record<string, string>,
                settings: settings as Record<string, unknown>,
              }
            : { ok: false, field: 'settings.url', problem: 'It is missing.' },
      },
    },
    log: (event, facts) => logged.push(JSON.stringify({ event, ...facts })),
  }
  return { service: createVendorAccounts(ports), accounts: vendorAccountsOf(ports, 'mm7'), store, logged }
}

const INPUT = { credentials: { password: 'hunter-two' }, settings: { url: 'https://relay.example' } }

describe('the vault', () => {
  it('opens what it sealed, in its place alone, and never seals twice alike', async () => {
    const vault = createVault([NEW])
    const [one, two] = [await vault.seal('a', 'text'), await vault.seal('a', 'text')]
    expect(one).not.toBe(two)
    expect(await vault.open('a', one)).toEqual({ text: 'text', old: false })
    expect(await vault.open('b', one)).toBeNull()
    expect(await createVault([OLD]).open('a', one)).toBeNull()
    expect(await createVault([OLD, NEW]).open('a', one)).toEqual({ text: 'text', old: true })
    await expect(createVault([]).seal('a', 'text')).rejects.toThrow()
  })

  it('opens nothing of which one bit was changed', async () => {
    const vault = createVault([NEW])
    const sealed = await vault.seal('a', 'text')
    for (let at = 0; at < sealed.length; at++) {
      const wrong =
        sealed.slice(0, at) + String.fromCharCode(sealed.charCodeAt(at) ^ 1) + sealed.slice(at + 1)
      // The last letter of base64 has bits that say nothing.
      if ((await vault.open('a', wrong)) !== null) expect(at).toBeGreaterThan(sealed.length - 4)
    }
    for (const text of ['', '1.', '1.a.b.c', `2${sealed.slice(1)}`])
      expect(await vault.open('a', text)).toBeNull()
  })
})

describe('accounts at vendors', () => {
  it('give their credentials to the carrier, and to nobody else', async () => {
    const { service, accounts, store, logged } = stage([NEW])
    const made = await service.create(ADMIN, 'mm7', INPUT)
    if (!made.ok) throw new Error(made.failure.code)
    expect(made.value).toMatchObject({ credentials: ['password'], settings: INPUT.settings })
    expect(await accounts.of('acc_one')).toMatchObject({ credentials: INPUT.credentials })
    const byId = await accounts.byId(made.value.id)
    expect(made.value.hookPath).toBe(`/hooks/mm7/${made.value.id}/${byId?.hookSecret}`)
    const list = await service.list(caller(['read']), { cursor: null, limit: 10 })
    const shown = JSON.stringify([
      made,
      list,
      await service.get(ADMIN, made.value.id),
      [...store.rows],
      logged,
    ])
    expect(shown).not.toContain('hunter-two')
    expect(await accounts.of('acc_two')).toBeNull()
    expect(await accounts.byId("ven_' OR 1=1")).toBeNull()
  })

  it('ask for scopes, and are their account\u2019s alone', async () => {
    const { service } = stage([NEW])
    const made = await service.create(ADMIN, 'mm7', INPUT)
    if (!made.ok) throw new Error(made.failure.code)
    const { id } = made.value
    const refusals = [
      await service.create(caller(['read', 'send']), 'mm7', INPUT),
      await service.update(caller(['read']), id, {}),
      await service.remove(caller(['read']), id),
      await service.hook(caller(['read']), id, false),
      await service.list(caller(['send']), { cursor: null, limit: 1 }),
    ]
    for (const one of refusals) expect(one).toMatchObject({ failure: { code: 'insufficient_scope' } })
    const stranger = caller(['admin'], 'acc_two')
    for (const one of [await service.get(stranger, id), await service.remove(stranger, id)])
      expect(one).toMatchObject({ failure: { code: 'not_found' } })
    expect(await service.create(ADMIN, 'mm7', INPUT)).toMatchObject({
      failure: { code: 'vendor_account_exists' },
    })
    expect(await service.create(ADMIN, 'sinch', INPUT)).toMatchObject({ failure: { code: 'invalid_field' } })
    expect(await service.create(stranger, 'mm7', { settings: {} })).toMatchObject({
      failure: { code: 'invalid_field', field: 'settings.url' },
    })
  })

  it('are changed field by field, through races, and get a new webhook address', async () => {
    const { service, accounts } = stage([NEW], memory(2))
    const made = await service.create(ADMIN, 'mm7', INPUT)
    if (!made.ok) throw new Error(made.failure.code)
    const { id, hookPath } = made.value
    const changed = await service.update(ADMIN, id, { name: 'New', credentials: { username: 'me' } })
    expect(changed).toMatchObject({ ok: true, value: { name: 'New', credentials: ['password', 'username'] } })
    expect(await service.hook(ADMIN, id, false)).toEqual(ok({ hookPath }))
    const renewed = await service.hook(ADMIN, id, true)
    expect(renewed).not.toEqual(ok({ hookPath }))
    expect(await service.hook(ADMIN, id, false)).toEqual(renewed)
    expect((await accounts.byId(id))?.credentials).toEqual({ password: 'hunter-two', username: 'me' })
    expect(await service.remove(ADMIN, id)).toMatchObject({ ok: true })
    expect(await accounts.byId(id)).toBeNull()
  })

  it('are sealed anew when the root key changed, and closed when it is gone', async () => {
    const store = memory()
    await stage([OLD], store).service.create(ADMIN, 'mm7', INPUT)
    const before = [...store.rows.values()][0]?.sealed
    const both = stage([NEW, OLD], store)
    expect(await both.accounts.of('acc_one')).toMatchObject({ credentials: INPUT.credentials })
    expect([...store.rows.values()][0]?.sealed).not.toBe(before)
    expect(await stage([NEW], store).accounts.of('acc_one')).toMatchObject({ credentials: INPUT.credentials })
    const gone = stage([OLD], store)
    expect(await gone.accounts.of('acc_one')).toBeNull()
    expect(gone.logged.join()).toContain('vendor_credentials_sealed')
  })
})
