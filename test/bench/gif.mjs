// The benchmark of animated GIFs: `node test/bench/gif.mjs [folder] [--quick] [--grid] [--no-readme]`.
//
// Each animated GIF of the folder to 600,000 bytes. Beside it gifsicle, which has to be told how: ten ways to lose
// something (`--quick`: three), each at the largest size that fits, which takes it up to five runs. Its CPU time is that of
// the one run that fitted best. `--grid` also writes 200 points of size, frames, colours and loss with our own encoder, and
// says how near to the best of them the choice came.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { filmOf, likeness } from './gif-likeness.mjs'
import { writeIntoReadme } from './readme-table.mjs'

const BUDGET = 600_000
/** Sizes that gifsicle is given besides the first. */
const STEPS = 4
/** Ways that `--quick` leaves. */
const QUICK = /lossy=80`$|lossy=80 --colors 64`|lossy=30 --colors 128`/
const words = process.argv.slice(2)
const folder = words.find((word, i) => !word.startsWith('--') && !/^--(runs|only)$/.test(words[i - 1] ?? ''))
const scratch = mkdtempSync(join(tmpdir(), 'belino-gif-'))

/** @typedef {{ name: string, cpu?: number, bytes: number, frames: number, width: number, height: number, ssim: number }} Row */

/** Ways of gifsicle: what is lost, and which frames stay. @type {{ name: string, options: string[], every?: number }[]} */
const WAYS = [
  { name: '`--lossy=30`', options: ['--lossy=30'] },
  { name: '`--lossy=80`', options: ['--lossy=80'] },
  { name: '`--lossy=140`', options: ['--lossy=140'] },
  { name: '`--lossy=200`', options: ['--lossy=200'] },
  { name: '`--lossy=30 --colors 128`', options: ['--lossy=30', '--colors=128'] },
  { name: '`--lossy=80 --colors 128`', options: ['--lossy=80', '--colors=128'] },
  { name: '`--lossy=200 --colors 128`', options: ['--lossy=200', '--colors=128'] },
  { name: '`--lossy=80 --colors 64`', options: ['--lossy=80', '--colors=64'] },
  { name: '`--lossy=30`, every second frame', options: ['--lossy=30'], every: 2 },
  { name: '`--lossy=80`, every second frame', options: ['--lossy=80'], every: 2 },
]

/**
 * CPU seconds and the file of one run of gifsicle.
 *
 * @param {string} path
 * @param {number} scale
 * @param {{ options: string[], every?: number }} way
 * @param {number} frames
 */
function gifsicle(path, scale, { options, every = 1 }, frames) {
  const output = join(scratch, 'out.gif')
  // Frames can be left out only where each is whole.
  const kept = every === 1 ? [] : Array.from({ length: Math.ceil(frames / every) }, (_, i) => `#${i * every}`)
  const words = [
    '-w',
    '-O2',
    '--scale',
    scale.toFixed(4),
    ...options,
    ...(every === 1 ? [] : ['-U']),
    path,
    ...kept,
    '-o',
    output,
  ]
  const { stderr } = spawnSync('bash', ['-c', 'gifsicle "$@"; times >&2', 'gifsicle', ...words], {
    encoding: 'utf8',
  })
  const line = stderr.trim().split('\n').at(-1) ?? ''
  const cpu = [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60 + Number(s),
    0,
  )
  return { cpu, file: new Uint8Array(readFileSync(output)) }
}

/** The largest size of a way that fits. @param {string} path @param {typeof WAYS[number]} way @param {number} frames */
function largest(path, way, frames) {
  let scale = 0.6
  let run = gifsicle(path, scale, way, frames)
  let best = run
  // Bytes grow with the pixels, nearly: each run says where the next one has to look.
  for (let step = 0; step < STEPS && run.file.length !== BUDGET; step++) {
    const over = step > 0 && run.file.length > BUDGET ? 0.96 : 0.999
    const next = Math.min(1, scale * Math.sqrt((BUDGET * over) / run.file.length))
    if (next === scale) break
    scale = next
    run = gifsicle(path, scale, way, frames)
    const fits = run.file.length <= BUDGET
    if (best.file.length > BUDGET || (fits && run.file.length > best.file.length)) best = run
  }
  return best
}

/** @param {string} name @param {Uint8Array} file @param {import('./gif-likeness.mjs').Film} source @returns {Promise<Row>} */
async function row(name, file, source, cpu = 0) {
  const { width, height, starts } = await filmOf(file)
  return {
    name,
    cpu,
    bytes: file.length,
    frames: starts.length,
    width,
    height,
    ssim: await likeness(source, file),
  }
}

/** @param {string} path @param {string} name @returns {Promise<Row[]>} */
async function measure(path, name) {
  const { fit: fitMedia } = await import('../../src/media/index.ts')
  const file = new Uint8Array(readFileSync(path))
  const source = await filmOf(file)
  const times = []
  let ours = new Uint8Array()
  for (let run = 0; run < 4; run++) {
    const before = process.cpuUsage()
    const fitted = await fitMedia(file, { budget: BUDGET })
    if (!fitted.ok) throw new Error(JSON.stringify(fitted.failure))
    const { user, system } = process.cpuUsage(before)
    // The engine compiles during the first run; that is paid once an isolate.
    if (run > 0) times.push((user + system) / 1e6)
    ours = new Uint8Array(fitted.value.bytes)
  }
  times.sort((a, b) => a - b)
  const rows = [await row('**belino**', ours, source, times[1])]
  const ways = words.includes('--quick') ? WAYS.filter(({ name }) => QUICK.test(name)) : WAYS
  for (const way of ways) {
    const { cpu, file: made } = largest(path, way, source.starts.length)
    if (made.length <= BUDGET) rows.push(await row(`gifsicle ${way.name}`, made, source, cpu))
    process.stderr.write(`${name}: ${way.name}\n`)
  }
  return rows
}

/** @param {Row} one */
const line = ({ name, cpu = 0, bytes, frames, width, height, ssim }) =>
  `| ${name} | ${cpu.toFixed(2)} | ${bytes} | ${width} x ${height} | ${frames} | ${ssim.toFixed(4)} |`

const files = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.gif'))
const parts = []
for (const name of files) {
  const path = join(/** @type {string} */ (folder), name)
  if (((await sharp(path).metadata()).pages ?? 1) < 2) continue
  const [ours, ...theirs] = await measure(path, name)
  if (ours === undefined) continue
  theirs.sort((a, b) => b.ssim - a.ssim)
  const one = theirs.find(({ name }) => name.endsWith('`--lossy=80`'))
  const ratio = one?.cpu ? `; CPU ${((ours.cpu ?? 0) / one.cpu).toFixed(2)} x one pass of \`--lossy=80\`` : ''
  process.stderr.write(`${[ours, ...theirs].map(line).join('\n')}\n`)
  const grid = words.includes('--grid')
    ? await (await import('./gif-grid.mjs')).nearest(path, ours.ssim, BUDGET)
    : ''
  parts.push(
    `**${name}** to ${BUDGET} bytes${ratio}${grid}\n\n| | CPU s | bytes | size | frames | SSIM |\n| --- | --- | --- | --- | --- | --- |`,
    [ours, ...theirs].map(line).join('\n').concat('\n'),
  )
}
const text = parts.join('\n')
process.stdout.write(`${text}\n`)
if (!words.includes('--no-readme') && parts.length > 0) await writeIntoReadme('gif', text)
