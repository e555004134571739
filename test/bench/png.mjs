// Screenshots and transparency against native pngquant and OxiPNG's port: CPU, and how the results look at equal bytes.
//
//   node test/bench/png.mjs <folder> [--write] [--metric 'ssimulacra2 {a} {b}']
//
// The folder has png-4k-screenshot.png, whose left part is text, and png-alpha.png. Every measurement is the median of
// three, in a process that did the same once before; of pngquant, of the program itself.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { buildCore } from '../../scripts/build-core.mjs'
import { butteraugli, reference, scoreOf, ssim } from './quality.mjs'
import { writeIntoReadme } from './readme-table.mjs'

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: { write: { type: 'boolean' }, metric: { type: 'string' } },
})
const [folder] = positionals
if (folder === undefined) {
  console.error("usage: node test/bench/png.mjs <folder> [--write] [--metric 'ssimulacra2 {a} {b}']")
  process.exit(2)
}
const RUNS = 3
const scratch = mkdtempSync(join(tmpdir(), 'belino-png-'))
await buildCore('release')
const { fit: fitMedia } = await import(String(new URL('../../src/media/index.ts', import.meta.url)))

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`

/** CPU of something in this process, and what it gave. */
async function measured(run) {
  let result = await run()
  const times = []
  for (let i = 0; i < RUNS; i++) {
    const before = process.cpuUsage()
    result = await run()
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000)
  }
  return { cpu: median(times), result }
}

async function ours(source, target) {
  const made = await fitMedia(source, target)
  if (!made.ok) throw new Error(JSON.stringify(made.failure))
  return made.value
}

/** CPU of pngquant, and its file; nothing where it is not installed. */
function pngquant(path, colors) {
  const output = join(scratch, 'pngquant.png')
  const times = []
  for (let i = 0; i < RUNS; i++) {
    const script = `time -p pngquant --force --output ${output} ${colors} ${path}`
    const run = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
    if (run.status !== 0) return undefined
    const part = (name) => Number(new RegExp(`${name} ([\\d.]+)`).exec(run.stderr)?.[1])
    times.push((part('user') + part('sys')) * 1000)
  }
  return { cpu: median(times), result: readFileSync(output) }
}

/** OxiPNG as its port is used, at its default level. */
async function oxipng(source) {
  const require = createRequire(import.meta.url)
  const path = require.resolve('@jsquash/oxipng/codec/pkg/squoosh_oxipng_bg.wasm')
  const codec = await import(String(pathToFileURL(path.replace('_bg.wasm', '.js'))))
  await codec.default(readFileSync(path))
  return measured(async () => codec.optimise(source, 2, false, false))
}

const onWhite = async (bytes, width, height) => {
  const { data, info } = await sharp(bytes)
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** The left part of a picture: the text. */
function left({ data, width, height }, share) {
  const part = Math.floor(width * share)
  const out = Buffer.alloc(part * height * 3)
  for (let y = 0; y < height; y++) data.copy(out, y * part * 3, y * width * 3, (y * width + part) * 3)
  return { data: out, width: part, height }
}

const rows = []
const row = (what, reached, target, holds) => {
  rows.push(`| ${what} | ${reached} | ${target} | ${holds ? 'yes' : 'no'} |`)
  console.log(rows.at(-1))
}

const screenshotPath = join(folder, 'png-4k-screenshot.png')
const screenshot = readFileSync(screenshotPath)
const BUDGET = 300_000
const mine = await measured(() => ours(screenshot, { budget: BUDGET }))
const quant = pngquant(screenshotPath, 256)
if (quant !== undefined)
  row(
    '4K screenshot to 300 KB, CPU against native pngquant (256 colours, whatever bytes)',
    `${seconds(mine.cpu)} (${mine.result.bytes.length} bytes) against ${seconds(quant.cpu)} (${quant.result.length} bytes)`,
    'at most 1/2',
    mine.cpu <= quant.cpu / 2,
  )
const oxi = await oxipng(screenshot)
row(
  'the same against @jsquash/oxipng, level 2',
  `${seconds(mine.cpu)} against ${seconds(oxi.cpu)} (${oxi.result.length} bytes)`,
  'at most 1/4',
  mine.cpu <= oxi.cpu / 4,
)
const { width, height } = mine.result
const wanted = left(await reference(screenshot, width, height), 0.58)
const text = async (bytes) => ssim(wanted, left(await onWhite(bytes, width, height), 0.58))
const jpeg = await ours(screenshot, { budget: mine.result.bytes.length, types: ['image/jpeg'] })
const [asPng, asJpeg] = [await text(mine.result.bytes), await text(jpeg.bytes)]
row(
  'text in it, SSIM, against our JPEG of the same bytes',
  `${asPng.toFixed(4)} against ${asJpeg.toFixed(4)}`,
  'ahead',
  asPng > asJpeg,
)

const alphaPath = join(folder, 'png-alpha.png')
const alpha = readFileSync(alphaPath)
const size = await sharp(alpha).metadata()
const source = await onWhite(alpha, size.width, size.height)
const judge = async (bytes) => {
  const seen = await onWhite(bytes, size.width, size.height)
  return values.metric === undefined ? butteraugli(source, seen) : scoreOf(values.metric, source, seen)
}
for (const colors of [256, 64]) {
  const theirs = pngquant(alphaPath, colors)
  if (theirs === undefined) break
  const same = await ours(alpha, { budget: theirs.result.length, types: ['image/png'] })
  const [a, b] = [await judge(same.bytes), await judge(theirs.result)]
  const metric = values.metric === undefined ? "butteraugli's 3-norm, less is better" : 'SSIMULACRA 2'
  row(
    `2048x1536 with alpha at the bytes of pngquant's ${colors} colours, ${metric}`,
    `${a?.toFixed(2)} (${same.bytes.length} bytes, ${same.width} wide) against ${b?.toFixed(2)} (${theirs.result.length} bytes)`,
    'within 1.5',
    values.metric === undefined ? a <= b * 1.05 : a >= b - 1.5,
  )
}
rmSync(scratch, { recursive: true, force: true })

const pngquantVersion =
  quant === undefined ? 'not installed' : execFileSync('pngquant', ['--version'], { encoding: 'utf8' }).trim()
const table = `| | reached | wanted | holds |
|---|---|---|---|
${rows.join('\n')}

By \`node test/bench/png.mjs\` on ${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, Node ${process.versions.node}, pngquant ${pngquantVersion}. CPU is the median of three.`
if (values.write) await writeIntoReadme('png', table)
