// The benchmark of the media core:
//
//   npm run bench -- [folder] [--runs n] [--only text] [--no-readme] [--keep file] [--score 'command {a} {b}']
//
// Each peer does the same job on each JPEG of the folder in a process of its own, in turns: to 300,000 bytes,
// 1600 pixels on the long side. CPU time, medians. Then the encoders alone, on the same pixels to the same bytes, and
// the core's memory. With --keep a run that was stopped goes on where it stood. A command given as --score prints a number, greater for better, for the PPM files a and b.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { buildCore } from '../../scripts/build-core.mjs'
import { compareEncoders } from './encoders.mjs'
import { measureMemory, measureRefusal } from './memory.mjs'
import { median, startPeer } from './peer-process.mjs'
import { PEERS } from './peers.mjs'
import { picturesOf, syntheticPictures } from './pictures.mjs'
import { butteraugli, decoded, reference, ssim } from './quality.mjs'
import { writeBetweenMarks, writeIntoReadme } from './readme-table.mjs'
import { summary } from './summary.mjs'

const BUDGET = 300_000
const SIDE = 1600
/** A peer that takes longer than this runs three times and no more. */
const SLOW_MS = 3000
const words = process.argv.slice(2)

/** @param {string} name @returns {string | undefined} */
function option(name) {
  const at = words.indexOf(name)
  return at < 0 ? undefined : words[at + 1]
}

const folder = words.find(
  (word, i) => !word.startsWith('--') && !/^--(runs|only|keep|score)$/.test(words[i - 1] ?? ''),
)
const runs = Number(option('--runs') ?? 5)
const only = option('--only')

const keep = option('--keep')
/** @type {Record<string, any>} */
const known = keep && existsSync(keep) ? JSON.parse(readFileSync(keep, 'utf8')) : {}

/**
 * What an earlier run found under this name, or what `find` finds.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} find
 * @returns {Promise<T>}
 */
async function kept(name, find) {
  known[name] ??= await find()
  if (keep) writeFileSync(keep, JSON.stringify(known))
  return known[name]
}

/**
 * @typedef {{ key: string, peer: string, failed?: string, cpu?: number, mib?: number, bytes?: number, ssim?: number,
 *   butteraugli?: number }} Row
 */

/**
 * Lets a peer run once.
 *
 * @param {{ failed: string | undefined, running: import('./peer-process.mjs').PeerProcess, results: object[] }} one
 */
async function turn(one) {
  if (one.failed) return
  const result = await one.running.run()
  if (result.failed !== undefined) one.failed = result.failed
  else one.results.push(result)
}

/** @param {import('./pictures.mjs').Picture} picture @returns {Promise<Row[]>} */
async function measurePicture(picture) {
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height))
  const upright = {
    width: Math.max(1, Math.round(picture.width * scale)),
    height: Math.max(1, Math.round(picture.height * scale)),
  }
  const source = new Uint8Array(readFileSync(picture.path))
  const aim = await reference(source, upright.width, upright.height).catch(() => undefined)
  const peers = []
  for (const [key, peer] of Object.entries(PEERS)) {
    // Peers that leave the orientation alone are given the picture as it is stored.
    const turned = picture.orientation >= 5 && key !== 'best' && key !== 'fast'
    const size = turned ? { width: upright.height, height: upright.width } : upright
    const running = await startPeer(key, picture.path, { ...size, budget: BUDGET })
    const results = /** @type {Exclude<import('./peer-process.mjs').Answer, { failed: string }>[]} */ ([])
    const one = { key, peer, running, failed: running.failed, results }
    peers.push(one)
    for (let run = 0; peer.alone && run < runs; run++) await turn(one)
  }
  for (let run = 0; run < runs; run++)
    for (const one of peers) {
      if (one.peer.alone || (run >= 3 && median(one.results.map(({ cpu }) => cpu)) > SLOW_MS)) continue
      await turn(one)
    }
  const rows = []
  for (const { key, peer, running, failed, results } of peers) {
    running.end()
    /** @type {Row} */
    const row = { key, peer: peer.name, failed }
    if (!failed) {
      row.cpu = median(results.map(({ cpu }) => cpu))
      row.bytes = results[0]?.bytes
      if (!peer.native) row.mib = Math.max(...results.map(({ memory }) => memory)) / 2 ** 20
      const made = await decoded(readFileSync(running.output)).catch(() => undefined)
      if (aim && made && made.width === aim.width && made.height === aim.height) {
        row.ssim = ssim(aim, made)
        row.butteraugli = await butteraugli(aim, made)
      }
    }
    rows.push(row)
    console.log(line(picture.name, row, rows[0]))
  }
  return rows
}

/** @param {number | undefined} value @param {number} digits */
const number = (value, digits) => (value === undefined || Number.isNaN(value) ? '' : value.toFixed(digits))

/** @param {string} picture @param {Row} row @param {Row | undefined} first */
function line(picture, row, first) {
  if (row.failed) return `| ${picture} | ${row.peer} | fails | | | | | |`
  const ratio = row.cpu !== undefined && first?.cpu ? number(row.cpu / first.cpu, 2) : ''
  return `| ${picture} | ${row.peer} | ${number(row.cpu, 0)} | ${ratio} | ${number(row.mib, 0)} | ${row.bytes} | ${number(row.ssim, 4)} | ${number(row.butteraugli, 2)} |`
}

await buildCore('release')
const refusal = await kept('refusal', measureRefusal)
const pictures = (folder ? await picturesOf(folder) : await syntheticPictures()).filter(
  ({ name }) => !only || name.includes(only),
)
/** @type {import('./summary.mjs').Measured[]} */
const all = []
for (const picture of pictures)
  all.push({ ...picture, rows: await kept(`picture ${picture.name}`, () => measurePicture(picture)) })
const { lines: encoders, ratios } = await kept('encoders', () => compareEncoders(pictures, option('--score')))
const memory = await kept('memory', () => measureMemory(pictures))

const versions = Object.values(PEERS)
  .map((peer) => `${peer.name.split(',')[0]} ${peer.version()}`.trim())
  .filter((text, i, list) => list.indexOf(text) === i && !text.startsWith('belino'))
const machine = `Measured on ${cpus()[0]?.model.trim() ?? 'an unknown machine'} (${cpus().length} cores), Node ${process.versions.node}; ${versions.join('; ')}.`
const job = `To at most ${BUDGET.toLocaleString('en-US')} bytes, ${SIDE} pixels on the long side${folder ? '' : '; pictures are synthetic'}. CPU time, user and system, median of ${runs} (of 3 where a run takes more than ${SLOW_MS / 1000} s); peers take turns.`
const short = [
  machine,
  job,
  '',
  ...summary({ pictures: all, ratios, memory, refusal, budget: BUDGET }),
  '',
  'Picture by picture, with every peer: [docs/benchmarks.md](docs/benchmarks.md).',
].join('\n')
const long = [
  machine,
  job,
  'Memory is wasm memory and ArrayBuffers of the process, the source included, in MiB. SSIM (more is better) and butteraugli\'s 3-norm (less is better) are against the source scaled by another library. "Fails" means that the peer cannot decode the picture.',
  '',
  '| picture | who | CPU ms | ratio | memory | bytes | SSIM | butteraugli |',
  '|---|---|---|---|---|---|---|---|',
  ...all.flatMap(({ name, rows }) => rows.map((row) => line(name, row, rows[0]))),
  '',
  ...encoders,
].join('\n')
console.log(`\n${long}\n\n${short}`)

if (folder && !only && !words.includes('--no-readme')) {
  await writeIntoReadme('media', short)
  await writeBetweenMarks('docs/benchmarks.md', 'media', long)
}
