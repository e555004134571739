// What the score costs of a fit, and the wasm memory that a fit comes to hold, over the stills of a folder.
//
//   node test/bench/score.mjs <folder> [--write]
//
// Each still is fitted to four budgets in a process of its own. Memory is that of every wasm module which that process ever
// made, all at once.
import { fork } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { buildCore } from '../../scripts/build-core.mjs'
import { memories } from './memories.mjs'
import { writeIntoReadme } from './readme-table.mjs'

const BUDGETS = [100_000, 300_000, 600_000, 1_000_000]
const STILLS = /\.(jpe?g|png|webp|heic|heif|avif|bmp|tiff?)$/i
const LIMIT = 64 * 2 ** 20
/** Milliseconds of a fit from which the score's part of it says something. */
const LARGE = 50

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: { write: { type: 'boolean' }, one: { type: 'string' } },
})

/** Fits one still, and says what that took. */
async function one(path) {
  let spent = 0
  const cpu = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
  const timed =
    (run) =>
    (...words) => {
      const start = cpu()
      try {
        return run(...words)
      } finally {
        spent += cpu() - start
      }
    }
  // The core's own exports, with a clock around those of the score.
  const { Instance } = WebAssembly
  /** @type {any} */ const wasm = WebAssembly
  wasm.Instance = new Proxy(Instance, {
    construct(target, words) {
      const instance = Reflect.construct(target, words)
      if (instance.exports.score_stage === undefined) return instance
      const wrapped = Object.entries(instance.exports).map(([name, value]) => [
        name,
        name.startsWith('score_') ? timed(value) : value,
      ])
      return { exports: Object.fromEntries(wrapped) }
    },
  })
  const { fit: fitMedia } = await import(String(new URL('../../src/media/index.ts', import.meta.url)))
  const source = new Uint8Array(readFileSync(path))
  let [fits, over, scoring, fitting] = [0, 0, 0, 0]
  for (const budget of [300_000, ...BUDGETS]) {
    spent = 0
    const start = cpu()
    const made = await fitMedia(source, { budget })
    const whole = cpu() - start
    // The first warms the engine up.
    if (!made.ok || fits++ === 0) continue
    if (made.value.bytes.length > budget) over++
    scoring += spent
    fitting += whole
  }
  const bytes = [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0)
  return { fits: Math.max(0, fits - 1), over, share: scoring / Math.max(1, fitting), scoring, fitting, bytes }
}

if (values.one !== undefined) {
  process.send?.(await one(values.one))
  process.disconnect?.()
} else {
  const [folder] = positionals
  if (folder === undefined) {
    console.error('usage: node test/bench/score.mjs <folder> [--write]')
    process.exit(2)
  }
  await buildCore('release')
  const results = []
  for (const name of readdirSync(folder).filter((name) => STILLS.test(name))) {
    const child = fork(fileURLToPath(import.meta.url), ['--one', join(folder, name)])
    const result = await new Promise((resolve, reject) => {
      child.once('message', resolve)
      child.once('exit', (code) => reject(new Error(`${name}: exit ${code}`)))
    })
    console.log(
      name,
      `${(result.bytes / 2 ** 20).toFixed(1)} MiB`,
      `${(result.share * 100).toFixed(1)} %`,
      result.fits,
    )
    if (result.fits > 0) results.push({ name, ...result })
  }
  const most = results.toSorted((a, b) => b.bytes - a.bytes)[0]
  // A small picture is done in milliseconds, of which what has to be laid out for any size is a part.
  const large = results.filter(({ fitting }) => fitting >= 4 * LARGE)
  const small = results.filter(({ fitting }) => fitting < 4 * LARGE)
  const shares = large.map(({ share }) => share).toSorted((a, b) => a - b)
  const briefly = Math.max(0, ...small.map(({ scoring }) => scoring / 4)).toFixed(1)
  const fits = results.reduce((sum, one) => sum + one.fits, 0)
  const over = results.reduce((sum, one) => sum + one.over, 0)
  const percent = (part) => `${(part * 100).toFixed(1)} %`
  const table = `| | reached | wanted | holds |
|---|---|---|---|
| ${fits} fits of ${results.length} stills to 100 KB, 300 KB, 600 KB and 1 MB, over their budget | ${over} | none | ${over === 0 ? 'yes' : 'no'} |
| wasm memory of all modules, most of any still | ${(most.bytes / 2 ** 20).toFixed(1)} MiB (${most.name}) | under 64 MiB | ${most.bytes < LIMIT ? 'yes' : 'no'} |
| the score's part of a fit's CPU, median and most, where a fit takes ${LARGE} ms and more (else it takes ${briefly} ms) | ${percent(shares[shares.length >> 1])}, ${percent(shares.at(-1))} | at most 15 % | ${shares.at(-1) <= 0.15 ? 'yes' : 'no'} |

By \`node test/bench/score.mjs\` on ${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, Node ${process.versions.node}.`
  console.log(table)
  if (values.write) await writeIntoReadme('stills', table)
}
