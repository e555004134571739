// How well src/media/plan.ts and even-out.ts divide a message: areas of the photos of a folder are fitted to many numbers of
// bytes, which gives each a curve of scores; then the lowest score of random messages is compared, for the plan, for the
// plan and its correction, for equal shares, and for the best division there is in steps of a hundredth.
//
//   node scripts/calibrate-plan.mjs <folder> [messages, 30 unless said]
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { evenOut, fit as fitMedia, inspect, plan } from '../src/media/index.ts'
import { buildCore } from './build-core.mjs'
import { seededRandom } from './lib/seeded-random.mjs'

/** Bytes to fit to: from the fewest that are tried, each so much more than the one before. */
const FEWEST = 8_000
const STEP = 1.35
/** Areas of a photo that serve as pictures of their own: left, top, width and height in parts. */
const AREAS = [
  [0, 0, 1, 1],
  [0.25, 0.25, 0.5, 0.5],
  [0, 0.6, 0.35, 0.35],
]

const [folder, count = '30'] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node scripts/calibrate-plan.mjs <folder> [messages]')
  process.exit(2)
}

/** A picture's facts and its curve: bytes asked for, bytes that came, score. */
async function measure(path, [left, top, across, down]) {
  const { width, height } = await sharp(path).metadata()
  const part = (length, share) => Math.floor(length * share)
  const source = await sharp(path)
    .extract({
      left: part(width, left),
      top: part(height, top),
      width: part(width, across),
      height: part(height, down),
    })
    .removeAlpha()
    .jpeg({ quality: 92, chromaSubsampling: '4:2:0' })
    .toBuffer()
  const facts = inspect(source)
  if (!facts.ok) throw new Error(JSON.stringify(facts))
  const curve = []
  for (let budget = FEWEST; budget < source.length; budget *= STEP) {
    const fitted = await fitMedia(source, { budget: Math.round(budget) })
    if (fitted.ok && fitted.value.score !== undefined)
      curve.push({ budget: Math.round(budget), bytes: fitted.value.bytes.length, score: fitted.value.score })
  }
  curve.push({ budget: source.length, bytes: source.length, score: 100 })
  return { facts: facts.value, curve }
}

/** What so many bytes come to, straight between the measured points. */
function at({ curve }, budget) {
  const x = Math.log(budget)
  let i = 1
  while (i < curve.length - 1 && budget > curve[i].budget) i++
  const [a, b] = [curve[i - 1], curve[i]]
  const share = Math.min(
    1,
    Math.max(-2, (x - Math.log(a.budget)) / (Math.log(b.budget) - Math.log(a.budget))),
  )
  return {
    score: Math.max(0, a.score + (b.score - a.score) * share),
    bytes: Math.min(budget, Math.round(a.bytes + (b.bytes - a.bytes) * share)),
  }
}

const lowest = (pictures, shares) => Math.min(...pictures.map((picture, i) => at(picture, shares[i]).score))

/** The highest lowest score that any division in hundredths gives: no part gains by more than the worst one needs. */
function best(pictures, budget) {
  const shares = pictures.map(() => 1)
  for (let given = pictures.length; given < 100; given++) {
    const scores = pictures.map((picture, i) => at(picture, (shares[i] * budget) / 100).score)
    shares[scores.indexOf(Math.min(...scores))]++
  }
  return lowest(
    pictures,
    shares.map((share) => (share * budget) / 100),
  )
}

const summary = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  const within = sorted.filter((value) => value <= 2).length
  return `median ${sorted[sorted.length >> 1].toFixed(1)}, most ${sorted.at(-1).toFixed(1)}, ${within} of ${sorted.length} within 2`
}

await buildCore('release')
const pictures = []
for (const name of readdirSync(folder).filter((name) => /\.(jpe?g|webp)$/i.test(name))) {
  const path = join(folder, name)
  const { width = 0, height = 0, space } = await sharp(path).metadata()
  if (width * height < 4e6 || width * height > 20e6 || space === 'cmyk' || space === 'b-w') continue
  for (const area of AREAS) {
    const picture = await measure(path, area).catch(() => undefined)
    if (picture === undefined || picture.curve.length < 4) continue
    pictures.push(picture)
    console.log(name, area.join(' '), picture.facts.bytes, picture.curve.map(({ score }) => score).join(' '))
  }
}

const random = seededRandom(7)
const lost = { plan: [], once: [], twice: [], thrice: [], equal: [] }
for (let message = 0; message < Number(count); message++) {
  const chosen = Array.from(
    { length: 2 + Math.floor(random() * 5) },
    () => pictures[Math.floor(random() * pictures.length)],
  )
  const budget = [300_000, 600_000, 1_000_000][Math.floor(random() * 3)]
  const parts = chosen.map(({ facts }) => ({
    bytes: facts.bytes,
    kind: /** @type {const} */ ('image'),
    compressible: true,
    demand: facts.demand,
  }))
  const planned = plan({ budget, overhead: 0, perPart: 0, encoding: 'binary', parts })
  if (!planned.ok) continue
  const most = best(chosen, budget)
  const first = planned.value.shares.map((share) => share.budget)
  const correct = (shares) =>
    evenOut(
      chosen.map((picture, i) => ({ ...at(picture, shares[i]), most: picture.facts.bytes })),
      budget,
      'binary',
    ) ?? shares
  lost.plan.push(most - lowest(chosen, first))
  let [shares, kept] = [first, first]
  for (const turn of /** @type {const} */ (['once', 'twice', 'thrice'])) {
    shares = correct(shares)
    // As fitEvenly does: the best of what was tried is taken.
    if (lowest(chosen, shares) > lowest(chosen, kept)) kept = shares
    lost[turn].push(most - lowest(chosen, kept))
  }
  lost.equal.push(
    most -
      lowest(
        chosen,
        chosen.map(() => budget / chosen.length),
      ),
  )
}
console.log(`points below the best division, lowest picture of ${lost.plan.length} messages`)
console.log(`  the plan:           ${summary(lost.plan)}`)
console.log(`  corrected once:     ${summary(lost.once)}`)
console.log(`  corrected twice:    ${summary(lost.twice)}`)
console.log(`  corrected 3 times:  ${summary(lost.thrice)}`)
console.log(`  equal shares:       ${summary(lost.equal)}`)
