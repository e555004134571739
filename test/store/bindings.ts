import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

type Bindings = { DB: D1Database; MEDIA: R2Bucket; TEST_MIGRATIONS: Parameters<typeof applyD1Migrations>[1] }

/** The local D1 and R2 that the test runner gives. */
export const bindings = env as unknown as Bindings

/** The database with every migration applied; the same one for all tests of a file. */
export async function migrated(): Promise<D1Database> {
  await applyD1Migrations(bindings.DB, bindings.TEST_MIGRATIONS)
  return bindings.DB
}
