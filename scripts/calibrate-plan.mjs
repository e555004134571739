// How well src/media/plan.ts divides a message: areas of the photos of a folder are fitted to a ladder of bytes and
// scored as a phone shows them; then the lowest score of random messages is compared, for the plan, for equal shares
// and for the best division there is, which is found on the measured curves.
//
//   node scripts/calibrate-plan.mjs <folder> [messages, 30 unless said]
//
// The score is 100 less 14 times butteraugli's 3-norm (Debian's libjxl-devtools); ImageMagick enlarges, since sharp
// shifts what it enlarges by a part of a pixel. Both have to be installed. It takes a few minutes.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { fit as fitMedia, inspect, plan } from '../src/media/index.ts'
import { buildCore } from './build-core.mjs'
import { seededRandom } from './lib/seeded-random.mjs'

const VIEW = 2048
/** Bytes to fit to, as parts of what the picture demands. */
const LADDER = [0.08, 0.16, 0.32, 0.64, 1.3]
/** Areas of a photo that serve as pictures of their own: left, top, width and height in parts. */
const AREAS = [
  [0, 0, 1, 1],
  [0.25, 0.25, 0.5, 0.5],
  [0, 0.6, 0.35, 0.35],
]
const MOST_PHOTOS = 3

const [folder, count = '30'] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node scripts/calibrate-plan.mjs <folder> [messages]')
  process.exit(2)
}
const scratch = mkdtempSync(join(tmpdir(), 'plan-'))

/** The score of a file against its source at the size that a phone shows. */
async function scoreOf(source, bytes, width, height) {
  const [wanted, got, coded] = ['wanted.png', 'got.png', 'coded.jpg'].map((name) => join(scratch, name))
  await sharp(source).resize(width, height, { fit: 'fill' }).png({ compressionLevel: 1 }).toFile(wanted)
  writeFileSync(coded, bytes)
  execFileSync('convert', [coded, '-filter', 'Lanczos', '-resize', `${width}x${height}!`, got])
  const said = execFileSync('butteraugli_main', [wanted, got, '--pnorm', '3'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return 100 - 14 * Number(/3-norm: ([\d.]+)/.exec(said)[1])
}

/** A picture's demand, its bytes and its curve of score over the logarithm of bytes. */
async function measure(path, area) {
  const [left, top, across, down] = area
  const { width, height } = await sharp(path).metadata()
  const pixels = {
    left: Math.floor(width * left),
    top: Math.floor(height * top),
    width: Math.floor(width * across),
    height: Math.floor(height * down),
  }
  const source = await sharp(path)
    .extract(pixels)
    .jpeg({ quality: 92, chromaSubsampling: '4:2:0' })
    .toBuffer()
  const facts = inspect(source)
  if (!facts.ok) throw new Error(JSON.stringify(facts))
  const { demand } = facts.value
  const view = Math.min(1, VIEW / Math.max(pixels.width, pixels.height))
  const curve = []
  for (const part of LADDER) {
    const fitted = await fitMedia(source, { budget: Math.round(demand * part) })
    if (!fitted.ok) continue
    const score = await scoreOf(
      source,
      fitted.value.bytes,
      Math.round(pixels.width * view),
      Math.round(pixels.height * view),
    )
    curve.push([Math.log(demand * part), score])
  }
  return { bytes: source.length, demand, curve }
}

/** The score at so many bytes, straight between the measured points and beyond them. */
function at({ curve, bytes }, wanted) {
  const x = Math.log(Math.min(bytes, wanted))
  let i = 1
  while (i < curve.length - 1 && x > curve[i][0]) i++
  const [[x0, y0], [x1, y1]] = [curve[i - 1], curve[i]]
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
}

/** The highest lowest score that so many bytes can give. */
function best(pictures, bytes) {
  let [low, high] = [-500, 100]
  for (let turn = 0; turn < 50; turn++) {
    const middle = (low + high) / 2
    const needed = pictures.reduce((sum, picture) => sum + leastBytes(picture, middle), 0)
    if (needed <= bytes) low = middle
    else high = middle
  }
  return low
}

function leastBytes(picture, score) {
  let [low, high] = [500, picture.bytes]
  for (let turn = 0; turn < 40; turn++) {
    const middle = (low + high) / 2
    if (at(picture, middle) >= score) high = middle
    else low = middle
  }
  return high
}

const summary = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  return `median ${sorted[sorted.length >> 1].toFixed(1)}, most ${sorted.at(-1).toFixed(1)}`
}

await buildCore('release')
const names = readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name))
const pictures = []
for (const name of names) {
  const path = join(folder, name)
  const { width = 0, height = 0, space } = await sharp(path).metadata()
  if (width * height < 4e6 || width * height > 20e6 || space === 'cmyk' || space === 'b-w') continue
  if (pictures.length >= MOST_PHOTOS * AREAS.length) break
  for (const area of AREAS) {
    const picture = await measure(path, area).catch(() => undefined)
    if (picture === undefined || picture.curve.length < 2) continue
    pictures.push(picture)
    console.log(
      name,
      area.join(' '),
      Math.round(picture.demand),
      picture.curve.map(([, score]) => score.toFixed(1)).join(' '),
    )
  }
}

const random = seededRandom(7)
const lost = { plan: [], equal: [] }
for (let message = 0; message < Number(count); message++) {
  const chosen = Array.from(
    { length: 2 + Math.floor(random() * 4) },
    () => pictures[Math.floor(random() * pictures.length)],
  )
  const budget = Math.round(chosen.reduce((sum, { demand }) => sum + demand, 0) * (0.1 + 0.5 * random()))
  const parts = chosen.map(({ bytes, demand }) => ({
    bytes,
    demand,
    kind: /** @type {const} */ ('image'),
    compressible: true,
  }))
  const planned = plan({ budget, overhead: 0, perPart: 0, encoding: 'binary', parts })
  if (!planned.ok) continue
  const lowest = (shares) => Math.min(...chosen.map((picture, i) => at(picture, shares[i])))
  const most = best(chosen, budget)
  lost.plan.push(most - lowest(planned.value.shares.map((share) => share.budget)))
  lost.equal.push(most - lowest(chosen.map(() => budget / chosen.length)))
}
console.log(`points below the best division, lowest picture of ${lost.plan.length} messages`)
console.log(`  the plan:     ${summary(lost.plan)}`)
console.log(`  equal shares: ${summary(lost.equal)}`)
