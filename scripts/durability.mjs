// Cuts the power of a local Worker many times (1,000 unless told) and tells whether anything was lost or sent twice (F-1).
//   node scripts/durability.mjs [cuts] [--seed 7]
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runDurability, STEPS } from './lib/durability-run.mjs'
import { createLocalWorker } from './lib/local-worker.mjs'
import { seededRandom } from './lib/seeded-random.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: String(Date.now() % 1_000_000) } },
})
const cuts = Number(positionals[0] ?? 1000)
const random = seededRandom(Number(values.seed))
const folder = await mkdtemp(join(tmpdir(), 'belino-durability-'))

// Three in four at any moment, the others where it hurts most.
const plan = Array.from({ length: cuts }, () =>
  random() < 0.75 ? null : (STEPS[Math.floor(random() * STEPS.length)] ?? null),
)
console.log(`${cuts} cuts, seed ${values.seed}, data in ${folder}`)
const verdict = await runDurability(await createLocalWorker(folder), { cuts: plan, random, log: console.log })
const { messages, inbound, repeated, resolved, named, settledAfter, problems } = verdict
for (const problem of problems) console.log(`- ${problem}`)
console.log(
  `F-1: ${cuts} cuts (${named} at a named step), ${messages} messages out, ${inbound} in, ` +
    `${resolved.found + resolved.absent} cut while submitting (${resolved.absent} sent again), ${repeated} submitted twice and marked; settled ${settledAfter === null ? 'never' : `${(settledAfter / 1000).toFixed(1)} s after the last start`}; ` +
    `${problems.length} problems`,
)
const failed = problems.length > 0 || settledAfter === null
// A run that failed leaves its data to be looked at.
if (!failed) await rm(folder, { recursive: true, force: true })
process.exitCode = failed ? 1 : 0
