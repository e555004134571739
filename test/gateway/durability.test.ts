import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runDurability } from '../../scripts/lib/durability-run.mjs'
import { createLocalWorker } from '../../scripts/lib/local-worker.mjs'
import { seededRandom } from '../../scripts/lib/seeded-random.mjs'

/** Twelve cuts at a named step, eight at any moment. What leaves a claim held comes first: its lease runs out meanwhile. */
const CUTS = [
  ...['blob', 'commit', null, 'blob', 'commit', null, null, 'blob', 'commit', null],
  ...['index', 'submit', 'answer', null, 'index', 'submit', 'answer', null, null, null],
]

it('F-1: loses nothing and submits nothing twice silently when the power is cut 20 times', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'belino-durability-'))
  try {
    const worker = await createLocalWorker(folder)
    const verdict = await runDurability(worker, { cuts: CUTS, random: seededRandom(20) })
    expect(verdict.problems).toEqual([])
    expect(verdict.settledAfter).not.toBeNull()
    expect(verdict.messages).toBe(100)
    // The run met what it was made for: cuts at the steps (the Worker waits there, so a slow machine cuts there too),
    // attempts of unknown outcome, replies on their way.
    expect(verdict.named).toBeGreaterThanOrEqual(10)
    // Which of the two an attempt becomes is a matter of milliseconds; that some were met is not.
    expect(verdict.resolved.found + verdict.resolved.absent).toBeGreaterThan(0)
    expect(verdict.inbound).toBeGreaterThan(0)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 600_000)
