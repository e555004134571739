// The benchmark of the decoders of phones' and the web's pictures:
//
//   node test/bench/heic.mjs [folder] [--runs n] [--no-readme]
//
// Each HEIC, AVIF and WebP of the folder, and some made here, to a JPEG (or an animated GIF) of at most 300,000 bytes, in
// a process of its own: CPU time, median, and wasm memory by module. Beside it native programs that decode the same file
// and encode one JPEG at a fixed quality, which is less work: nothing is searched for, and nothing has to fit.
import { fork, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { buildCore } from '../../scripts/build-core.mjs'
import { memories } from './memories.mjs'
import { median } from './peer-process.mjs'
import { writeIntoReadme } from './readme-table.mjs'

const BUDGET = 300_000
/** The long side of the native programs' results, about what comes out here. */
const SIDE = 2048

/** @typedef {{ cpu: number, bytes: number, type: string, size: string, memory: number[] }} Run */

/** The peers in a child process: each gives what it made of a file. */
const WORK = {
  /** @param {Uint8Array} source */
  async belino(source) {
    const { fit: fitMedia } = await import('../../src/media/index.ts')
    const fitted = await fitMedia(source, { budget: BUDGET })
    if (!fitted.ok) throw new Error(fitted.failure.code)
    const { bytes, type, width, height } = fitted.value
    return { bytes: bytes.length, type, size: `${width} x ${height}` }
  },
  /** @param {Uint8Array} source */
  async sharp(source) {
    const picture = sharp(source, { animated: false }).autoOrient()
    const made = await picture
      .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 80 })
      .toBuffer({ resolveWithObject: true })
    return { bytes: made.data.length, type: 'image/jpeg', size: `${made.info.width} x ${made.info.height}` }
  },
}

if (process.send !== undefined) {
  const [key, path] = /** @type {['belino' | 'sharp', string]} */ (process.argv.slice(2))
  const source = new Uint8Array(readFileSync(path))
  sharp.concurrency(1)
  process.on('message', async () => {
    const before = process.cpuUsage()
    try {
      const made = await WORK[key](source)
      const { user, system } = process.cpuUsage(before)
      const memory = [...memories].map(({ buffer }) => buffer.byteLength)
      process.send?.({ ...made, cpu: (user + system) / 1000, memory })
    } catch (error) {
      process.send?.({ failed: String(error) })
    }
  })
} else await main(process.argv.slice(2))

/** @param {string} key @param {string} path @param {number} runs @returns {Promise<Run | string>} */
async function measure(key, path, runs) {
  const child = fork(fileURLToPath(import.meta.url), [key, path], { execArgv: ['--conditions=node'] })
  const all = /** @type {Run[]} */ ([])
  /** @type {number[]} */
  let memory = []
  // The first run compiles and is not counted; it makes each module's memory once, the decoder's and then the core's.
  for (let i = 0; i <= runs; i++) {
    child.send('run')
    const run = await new Promise((resolve) => child.once('message', resolve))
    if ('failed' in run) {
      child.kill()
      return run.failed
    }
    if (i > 0) all.push(run)
    else memory = run.memory
  }
  child.kill()
  return { .../** @type {Run} */ (all.at(-1)), cpu: median(all.map(({ cpu }) => cpu)), memory }
}

/** CPU milliseconds of heif-convert, or nothing where it is not installed. @param {string} path @param {number} runs */
function heifConvert(path, runs) {
  const out = join(mkdtempSync(join(tmpdir(), 'belino-heic-')), 'out.jpg')
  const times = Array.from({ length: runs }, () => {
    const { stderr, status } = spawnSync(
      'bash',
      ['-c', `TIMEFORMAT='%U %S'; time heif-convert -q 80 "$0" "$1" >/dev/null 2>&1`, path, out],
      { encoding: 'utf8' },
    )
    const [user, system] = stderr.trim().split(' ').map(Number)
    return status === 0 ? (Number(user) + Number(system)) * 1000 : Number.NaN
  })
  return median(times)
}

/** Pictures that the folder may lack. @param {string} folder @param {string} to */
async function made(folder, to) {
  const photo = readdirSync(folder).find((name) => /^p12.*\.jpe?g$/.test(name))
  if (photo === undefined) return []
  mkdirSync(to, { recursive: true })
  const source = () => sharp(join(folder, photo)).autoOrient()
  const frames = await Promise.all(
    Array.from({ length: 24 }, (_, i) =>
      source()
        .resize(1000, 750)
        .extract({ left: i * 8, top: i * 4, width: 600, height: 450 })
        .raw()
        .toBuffer(),
    ),
  )
  const film = sharp(Buffer.concat(frames), {
    raw: { width: 600, height: 450 * 24, channels: 3, pageHeight: 450 },
  })
  const files = {
    'made-12mp-420.avif': source().avif({ quality: 60, effort: 2, chromaSubsampling: '4:2:0' }),
    'made-12mp-444.avif': source().avif({ quality: 60, effort: 2, chromaSubsampling: '4:4:4' }),
    'made-pan-24-frames.webp': film.webp({ quality: 75, effort: 2, delay: new Array(24).fill(80) }),
  }
  const paths = []
  for (const [name, picture] of Object.entries(files)) {
    const path = join(to, name)
    writeFileSync(path, await picture.toBuffer())
    paths.push(path)
  }
  return paths
}

/** @param {string[]} words */
async function main(words) {
  const at = words.indexOf('--runs')
  const runs = at < 0 ? 3 : Number(words[at + 1])
  const folder = words.find((word, i) => !word.startsWith('--') && words[i - 1] !== '--runs')
  if (folder === undefined) return console.log('No folder of pictures was given: nothing to measure.')
  await buildCore('release')
  const scratch = mkdtempSync(join(tmpdir(), 'belino-bench-'))
  const theirs = readdirSync(folder)
    .filter((name) => /\.(?:heic|heif|avif|webp)$/.test(name))
    .map((name) => join(folder, name))
  const lines = [
    `${process.arch}, Node ${process.versions.node}, one thread; CPU milliseconds, median of ${runs}, to at most ${BUDGET.toLocaleString('en')} bytes. Memory in MiB: the decoder's module and the core's. Native: sharp ${sharp.versions.sharp} (scaled, JPEG of quality 80) or heif-convert (whole, quality 80), which search for nothing and fit nothing.`,
    '',
    '| file | KB | becomes | bytes | CPU ms | decoder MiB | core MiB | native CPU ms |',
    '|---|--:|---|--:|--:|--:|--:|--:|',
  ]
  for (const path of [...theirs, ...(await made(folder, scratch))]) {
    const ours = await measure('belino', path, runs)
    const heic = /^\.hei[cf]$/.test(extname(path))
    const peer = heic ? heifConvert(path, runs) : await measure('sharp', path, runs)
    const native = typeof peer === 'number' ? peer : typeof peer === 'string' ? Number.NaN : peer.cpu
    lines.push(row(path, ours, native, heic ? 'heif-convert' : 'sharp'))
    console.log(lines.at(-1))
  }
  rmSync(scratch, { recursive: true })
  if (!words.includes('--no-readme')) await writeIntoReadme('heic', lines.join('\n'))
}

/** @param {string} path @param {Run | string} ours @param {number} native @param {string} peer */
function row(path, ours, native, peer) {
  const name = basename(path)
  const kilobytes = Math.round(readFileSync(path).length / 1000)
  // A still of an animation is not the same work.
  const film = typeof ours !== 'string' && ours.type === 'image/gif'
  const other = Number.isNaN(native) || film ? '-' : `${Math.round(native)} (${peer})`
  if (typeof ours === 'string') return `| ${name} | ${kilobytes} | ${ours} | | | | | ${other} |`
  const { type, size, bytes, cpu, memory } = ours
  const [decoder = 0, core = 0] = memory.slice(-2).map((length) => length / 2 ** 20)
  const becomes = `${type === 'image/gif' ? 'GIF' : 'JPEG'} ${size}`
  return `| ${name} | ${kilobytes} | ${becomes} | ${bytes} | ${Math.round(cpu)} | ${decoder.toFixed(1)} | ${core.toFixed(1)} | ${other} |`
}
