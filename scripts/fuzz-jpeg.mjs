// Throws broken JPEG files at the core until the time is up, in the release build and in the checked one, and stops at
// the first that traps, differs between the two, or is slow.
//
//   node scripts/fuzz-jpeg.mjs [seconds, 60 unless told] [folder of JPEG files, own samples unless told] [seed]
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PlanesJob } from '../src/media/core/decode-planes.ts'
import { runJobOn } from '../src/media/core/run-job.ts'
import { coreInstances } from '../test/media/core/instances.ts'
import { seeded } from '../test/media/core/jpeg-writer.ts'
import { mutate } from '../test/media/core/mutate.ts'
import { sampleFiles } from '../test/media/core/samples.ts'

const [seconds = '60', folder, seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2)
const fresh = await coreInstances('release')
const freshChecked = await coreInstances('debug')
const files = folder ? await picturesOf(folder) : sampleFiles()
if (files.length === 0) throw new Error(`no JPEG files in ${folder}`)
console.log(`${files.length} files, ${seconds} s, seed ${seed}`)

async function picturesOf(path) {
  const names = (await readdir(path)).filter((name) => /\.jpe?g$/i.test(name))
  return Promise.all(names.map((name) => readFile(join(path, name))))
}

/** Milliseconds, and what came of it. */
function decode(core, bytes, scale) {
  const start = performance.now()
  const end = runJobOn(core, bytes, new PlanesJob(scale))
  return { ...end, took: performance.now() - start }
}

function digest({ result, trapped }) {
  if (trapped) return `trap ${JSON.stringify(result)}`
  if (!result.ok) return result.failure.code
  return result.value.planes.map(({ data }) => Buffer.from(data).toString('latin1')).join('\n')
}

async function report(bytes, what) {
  const name = `fuzz-${process.pid}.jpg`
  await writeFile(name, bytes)
  console.error(`${what}: written to ${name}`)
  process.exit(1)
}

const random = seeded(Number(seed))
const core = fresh()
const checkedCore = freshChecked()
const usual = files.map((bytes) =>
  Math.min(...[1, 2, 3].map(() => decode(core, bytes, { luma: 0, chroma: 0 }).took)),
)
const until = performance.now() + Number(seconds) * 1000
let rounds = 0
let decoded = 0
for (; performance.now() < until; rounds++) {
  const which = Math.floor(random() * files.length)
  const bytes = mutate(files[which], random, files[Math.floor(random() * files.length)])
  const scale = { luma: Math.floor(random() * 4), chroma: Math.floor(random() * 4) }
  const ours = decode(core, bytes, scale)
  if (ours.trapped) await report(bytes, `traps at ${JSON.stringify(scale)}`)
  if (ours.result.ok) decoded++
  if (ours.took > 5 * usual[which] + 1) {
    const again = Math.min(...[1, 2, 3, 4, 5].map(() => decode(core, bytes, scale).took))
    if (again > 5 * usual[which] + 1) await report(bytes, `takes ${again} ms instead of ${usual[which]}`)
  }
  // The checked build is slow: every eighth, and small files only.
  if (rounds % 8 || bytes.length > 100_000) continue
  const theirs = decode(checkedCore, bytes, scale)
  if (digest(theirs) !== digest(ours)) await report(bytes, `the builds differ at ${JSON.stringify(scale)}`)
}
console.log(`${rounds} mutations, ${decoded} decoded, none trapped, none differed, none was slow`)
