// The benchmark of the media core: `npm run bench -- [folder] [--runs n] [--only text] [--no-readme]`.
// Each peer does the same job on each JPEG of the folder in a process of its own, in turns: to 300,000 bytes,
// 1600 pixels on the long side. CPU time, medians. Then the encoders alone, on the same pixels to the same bytes.
import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildCore } from '../../scripts/build-core.mjs'
import { compareEncoders } from './encoders.mjs'
import { PEERS } from './peers.mjs'
import { picturesOf, syntheticPictures } from './pictures.mjs'
import { butteraugli, decoded, reference, ssim } from './quality.mjs'
import { writeIntoReadme } from './readme-table.mjs'

const BUDGET = 300_000
const SIDE = 1600
const here = dirname(fileURLToPath(import.meta.url))
const words = process.argv.slice(2)

/** @param {string} name @returns {string | undefined} */
function option(name) {
  const at = words.indexOf(name)
  return at < 0 ? undefined : words[at + 1]
}

const folder = words.find((word, i) => !word.startsWith('--') && !/^--(runs|only)$/.test(words[i - 1] ?? ''))
const runs = Number(option('--runs') ?? 5)
const only = option('--only')

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * @typedef {{ peer: string, failed?: string, cpu?: number, mib?: number, bytes?: number, ssim?: number,
 *   butteraugli?: number }} Row
 */

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
    const output = join(mkdtempSync(join(tmpdir(), 'belino-bench-')), 'out.jpg')
    // Peers that leave the orientation alone are given the picture as it is stored.
    const turned = picture.orientation >= 5 && key !== 'best' && key !== 'fast'
    const size = turned ? { width: upright.height, height: upright.width } : upright
    const task = JSON.stringify({ ...size, budget: BUDGET })
    const child = fork(join(here, 'measure.mjs'), [key, picture.path, task, output], {
      execArgv: ['--conditions=node'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const failed = (await answer(child)).failed
    peers.push({ peer, child, output, failed, results: [] })
  }
  for (let run = 0; run < runs; run++)
    for (const one of peers) {
      if (one.failed) continue
      one.child.send('run')
      const result = await answer(one.child)
      if (result.failed) one.failed = result.failed
      else one.results.push(result)
    }
  const rows = []
  for (const { peer, child, output, failed, results } of peers) {
    child.kill()
    /** @type {Row} */
    const row = { peer: peer.name, failed }
    if (!failed) {
      row.cpu = median(results.map(({ cpu }) => cpu))
      row.bytes = results[0].bytes
      if (!peer.native) row.mib = Math.max(...results.map(({ memory }) => memory)) / 2 ** 20
      const made = await decoded(readFileSync(output)).catch(() => undefined)
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

/** The next thing that a child says. @param {import('node:child_process').ChildProcess} child @returns {Promise<any>} */
function answer(child) {
  return new Promise((resolve) => {
    const gone = () => resolve({ failed: 'it ended' })
    child.once('exit', gone)
    child.once('message', (message) => {
      child.off('exit', gone)
      resolve(message)
    })
  })
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
const pictures = (folder ? await picturesOf(folder) : await syntheticPictures()).filter(
  ({ name }) => !only || name.includes(only),
)
/** @type {{ name: string, rows: Row[] }[]} */
const all = []
for (const picture of pictures) all.push({ name: picture.name, rows: await measurePicture(picture) })
const encoders = await compareEncoders(pictures)

const versions = Object.values(PEERS)
  .map((peer) => `${peer.name.split(',')[0]} ${peer.version()}`.trim())
  .filter((text, i, list) => list.indexOf(text) === i && !text.startsWith('belino'))
const report = [
  `Measured on ${cpus()[0]?.model.trim() ?? 'an unknown machine'} (${cpus().length} cores), Node ${process.versions.node}; ${versions.join('; ')}.`,
  `CPU milliseconds (user and system), median of ${runs}; to at most ${BUDGET.toLocaleString('en-US')} bytes, ${SIDE} pixels on the long side${folder ? '' : '; pictures are synthetic'}. Memory is wasm memory and ArrayBuffers of the process, the source included, in MiB. SSIM (more is better) and butteraugli's 3-norm (less is better) are against the source scaled by another library.`,
  '',
  '| picture | who | CPU ms | ratio | memory | bytes | SSIM | butteraugli |',
  '|---|---|---|---|---|---|---|---|',
  ...all.flatMap(({ name, rows }) => rows.map((row) => line(name, row, rows[0]))),
  '',
  ...encoders,
].join('\n')
console.log(`\n${report}`)

if (folder && !only && !words.includes('--no-readme')) await writeIntoReadme('media', report)
