import type { Failure } from '../domain/failure.ts'
import type { FitKey, FitKeyStore, FitSpent } from '../domain/fit-ports.ts'
import { mintId } from '../domain/ids.ts'
import type { Caller, Clock, Page } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { forbidden, lacks } from './scopes.ts'

/** Keys that an account may have for the optimizer. */
export const MOST_FIT_KEYS = 50
/** Times that a change is tried again when somebody else rotated the key meanwhile. */
const TRIES = 5

/** What a request says of a key; what is left out stays, or has its default. */
export type FitKeyInput = {
  readonly name?: string | undefined
  readonly sources?: readonly string[] | undefined
  readonly perMinute?: number | null | undefined
  readonly perDay?: number | null | undefined
}

/** The secrets that a key signs with: 64 hexadecimal digits each. */
export type FitSecrets = { readonly secret: string; readonly previous: string | null }

/** What can be asked about the optimizer's keys. All of it takes the scope `admin`, listing them `read`. */
export interface FitKeys {
  page(
    caller: Caller,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<FitKey & FitSpent>, Failure>>
  create(caller: Caller, input: FitKeyInput): Promise<Result<{ key: FitKey; secrets: FitSecrets }, Failure>>
  update(caller: Caller, id: string, input: FitKeyInput): Promise<Result<FitKey, Failure>>
  secrets(caller: Caller, id: string): Promise<Result<FitSecrets, Failure>>
  /** Makes a new secret. The one before stays good until the next rotation, or ends at once without `keepPrevious`. */
  rotate(caller: Caller, id: string, keepPrevious: boolean): Promise<Result<FitSecrets, Failure>>
  remove(caller: Caller, id: string): Promise<Result<void, Failure>>
}

/** What the use cases are given. */
export type FitKeysPorts = {
  readonly clock: Clock
  readonly fitKeys: FitKeyStore
  /** The key from which the secrets are derived. */
  readonly fitSecret: () => Promise<CryptoKey>
}

const NOT_FOUND: Failure = { code: 'not_found', what: 'fit key' }

/** The secret of a key's generation: 32 bytes, never stored. */
export async function fitSecretOf(root: CryptoKey, id: string, generation: number): Promise<Uint8Array> {
  const purpose = new TextEncoder().encode(`${id}\0${generation}`)
  return new Uint8Array(await crypto.subtle.sign('HMAC', root, purpose))
}

/** Makes the use cases. */
export function createFitKeys(ports: FitKeysPorts): FitKeys {
  const { clock, fitKeys: store } = ports

  async function found(caller: Caller, id: string): Promise<Result<FitKey, Failure>> {
    if (lacks(caller, 'admin')) return forbidden('admin')
    const key = /^fit_[0-9A-Za-z]{22,64}$/.test(id) ? await store.find(id) : null
    return key === null || key.account !== caller.account ? fail(NOT_FOUND) : ok(key)
  }

  async function secretsOf(key: FitKey): Promise<FitSecrets> {
    const root = await ports.fitSecret()
    const secret = (await fitSecretOf(root, key.id, key.generation)).toHex()
    return {
      secret,
      previous: key.previous ? (await fitSecretOf(root, key.id, key.generation - 1)).toHex() : null,
    }
  }

  /** Changes a key, again when it was rotated meanwhile. */
  async function change(first: FitKey, next: (key: FitKey) => FitKey): Promise<Result<FitKey, Failure>> {
    let key: FitKey | null = first
    for (let tried = 0; tried < TRIES && key !== null; tried++) {
      const changed = { ...next(key), updatedAt: clock.now() }
      if (await store.save(changed, key.generation)) return ok(changed)
      key = await store.find(first.id)
    }
    return key === null ? fail(NOT_FOUND) : fail({ code: 'storage_unavailable', retryAfter: 2 })
  }

  return {
    async page(caller, page) {
      return lacks(caller, 'read') ? forbidden('read') : await store.page(caller.account, page)
    },

    async create(caller, input) {
      if (lacks(caller, 'admin')) return forbidden('admin')
      if (input.sources === undefined)
        return fail({
          code: 'invalid_field',
          field: 'sources',
          problem: 'Name where files may be fetched from, such as ["https://cdn.example.com/photos/"].',
        })
      const now = clock.now()
      const key: FitKey = {
        id: mintId('fit', now),
        account: caller.account,
        name: input.name ?? '',
        sources: input.sources,
        perMinute: input.perMinute ?? null,
        perDay: input.perDay ?? null,
        generation: 1,
        previous: false,
        createdAt: now,
        updatedAt: now,
      }
      if (!(await store.add(key, MOST_FIT_KEYS)))
        return fail({
          code: 'invalid_field',
          field: 'name',
          problem: `An account has at most ${MOST_FIT_KEYS} of these keys. Delete one first.`,
        })
      return ok({ key, secrets: await secretsOf(key) })
    },

    async update(caller, id, input) {
      const key = await found(caller, id)
      if (!key.ok) return key
      return await change(key.value, (one) => ({
        ...one,
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.sources === undefined ? {} : { sources: input.sources }),
        ...(input.perMinute === undefined ? {} : { perMinute: input.perMinute }),
        ...(input.perDay === undefined ? {} : { perDay: input.perDay }),
      }))
    },

    async secrets(caller, id) {
      const key = await found(caller, id)
      return key.ok ? ok(await secretsOf(key.value)) : key
    },

    async rotate(caller, id, keepPrevious) {
      const key = await found(caller, id)
      if (!key.ok) return key
      const { generation } = key.value
      // Counted from what was read: two rotations at once make one new secret, not two of which one is never seen.
      const rotated = await change(key.value, (one) =>
        one.generation > generation ? one : { ...one, generation: generation + 1, previous: keepPrevious },
      )
      return rotated.ok ? ok(await secretsOf(rotated.value)) : rotated
    },

    async remove(caller, id) {
      const key = await found(caller, id)
      if (!key.ok) return key
      return (await store.remove(caller.account, id)) ? ok(undefined) : fail(NOT_FOUND)
    },
  }
}
