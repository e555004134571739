import type { Failure } from '../domain/failure.ts'
import type { Orphan, OrphanStore } from '../domain/orphan.ts'
import type { Caller, Page } from '../domain/ports.ts'
import type { Result } from '../domain/result.ts'
import { forbidden, lacks } from './scopes.ts'

/** What vendors told us that nobody here knew anything of. */
export interface Orphans {
  /** Those that came to the caller's account. */
  mine(caller: Caller, page: Wanted): Promise<Result<Page<Orphan>, Failure>>
  /** All of them, for whoever runs the gateway. */
  all(page: Wanted): Promise<Result<Page<Orphan>, Failure>>
}

type Wanted = { cursor: string | null; limit: number }

/** Makes the use case. */
export const createOrphans = (store: OrphanStore): Orphans => ({
  mine: async (caller, page) =>
    lacks(caller, 'read') ? forbidden('read') : await store.orphans(caller.account, page),
  all: (page) => store.orphans(null, page),
})
