import { beforeAll, expect, test } from 'vitest'
import type { ClaimOutcome } from '../../src/domain/ports.ts'
import { StorageError } from '../../src/domain/storage-error.ts'
import { createClaimStore } from '../../src/store/claims.ts'
import { createIndexStore } from '../../src/store/index-store.ts'
import { RETRY } from '../../src/store/retry.ts'
import { migrated } from './bindings.ts'
import { flakyDatabase, LOST, seeded, sometimes } from './flaky.ts'
import { ACCOUNT, conversation, message } from './messages.ts'

const RESET =
  'D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset: storage caused object to be reset'

let db: D1Database
beforeAll(async () => {
  db = await migrated()
})

const retry = { ...RETRY, sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 1)) }
const rows = async (sql: string) => (await db.prepare(sql).all()).results

/** Does it until storage answers, as an alarm does; five failures in a row are rare, and not the end. */
async function atLast<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    }
  }
}

test.each([LOST, RESET])('F-9: a fifth of calls fail with "%s": 0 lost, 0 twice', async (words) => {
  await db.batch(
    ['conversations', 'messages', 'parked', 'claims'].map((table) => db.prepare(`DELETE FROM ${table}`)),
  )
  let failed = 0
  const dice = sometimes(0.2, words, seeded(words.length))
  const lossy = flakyDatabase(db, async (call) => {
    const fault = await dice(call)
    if (fault !== null) failed++
    return fault
  })
  const index = createIndexStore({ db: lossy, retry })
  const claims = createClaimStore({ db: lossy, retry })

  const outcomes: ClaimOutcome[] = []
  await Promise.all(
    Array.from({ length: 60 }, async (_, i) => {
      const thread = conversation(String(i % 6))
      await atLast(() =>
        index.open(thread, { account: ACCOUNT, own: '+14165550100', members: [] }, 1_000 + i),
      )
      const claim = { account: ACCOUNT, key: `key ${i % 20}`, bodyHash: 'h', subject: `msg_${i}`, now: 1_000 }
      outcomes.push(await atLast(() => claims.take(claim)))
      for (const [revision, state] of (['accepted', 'submitted', 'delivered'] as const).entries()) {
        const one = message({ sequence: 1 + Math.floor(i / 6), conversation: thread, state })
        await atLast(() => index.project([{ message: one, revision }]))
      }
      await atLast(() =>
        index.park({
          vendor: 'simulator',
          account: null,
          eventId: `e${i}`,
          vendorId: 'v',
          body: '{}',
          at: i,
        }),
      )
    }),
  )

  expect(failed).toBeGreaterThan(60)
  expect(outcomes.filter((outcome) => outcome.kind === 'taken')).toHaveLength(20)
  expect(outcomes.filter((outcome) => outcome.kind === 'taken' && outcome.resumed)).toEqual([])
  expect(await rows('SELECT count(*) AS n, sum(open) AS open FROM conversations')).toEqual([
    { n: 6, open: 6 },
  ])
  expect(await rows('SELECT DISTINCT messages FROM conversations')).toEqual([{ messages: 10 }])
  expect(await rows('SELECT state, count(*) AS n FROM messages GROUP BY state')).toEqual([
    { state: 'delivered', n: 60 },
  ])
  expect(await rows('SELECT count(*) AS n FROM parked')).toEqual([{ n: 60 }])
})
