// Sinch's own client library, unmodified, against Belino: a Worker of its own under `wrangler dev`, or one that runs already.
//   node scripts/sinch-sdk.mjs [http://localhost:8787 [key]]
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { createLocalWorker } from './lib/local-worker.mjs'
import { exerciseSinch } from './lib/sinch-exercise.mjs'

const [given, key = 'dev-key'] = process.argv.slice(2)
const { version } = JSON.parse(
  await readFile(new URL('../node_modules/@sinch/sdk-core/package.json', import.meta.url), 'utf8'),
)
const noise = { type: /** @type {const} */ ('gaussian'), mean: 128, sigma: 30 }
const picture = await sharp({
  create: { width: 800, height: 600, channels: 3, background: '#808080', noise },
})
  .jpeg()
  .toBuffer()

const folder = await mkdtemp(join(tmpdir(), 'belino-sinch-'))
let run = null
let origin = given
if (origin === undefined) {
  const worker = await createLocalWorker(folder)
  run = await worker.start()
  origin = worker.origin
}
console.log(`@sinch/sdk-core ${version} against ${origin}/dialects/sinch`)
try {
  const { problems } = await exerciseSinch({
    origin,
    key,
    picture: new Uint8Array(picture),
    say: (line) => console.log(`  ${line}`),
  })
  for (const problem of problems) console.log(`- ${problem}`)
  console.log(`${problems.length} problems`)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  await run?.stop()
  await rm(folder, { recursive: true, force: true })
}
