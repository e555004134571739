// Finds the weights of src/media/score.ts: brings areas of the photos of a folder to many numbers of bytes, scores each
// against its source as a phone shows it by SSIMULACRA 2, and fits what the core counts of each to that.
//
//   node scripts/calibrate-score.mjs measure <folder> <table.json> --metric 'ssimulacra2 {a} {b}'
//   node scripts/calibrate-score.mjs fit <table.json> [--screenshots regex]
//
// `measure` adds to the table and skips what it has: it can be stopped and started again. `fit` judges each photo by
// weights that were fitted to the others, and prints the weights of all.
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { scaleOf } from '../src/media/formats/jpeg/coarseness.ts'
import { chooseSize, guessScale, largestSize, viewOf } from '../src/media/formats/jpeg/size.ts'
import { buildCore } from './build-core.mjs'
import { enlarged } from './lib/enlarged.mjs'
import { fitWeights, mean, rankCorrelation } from './lib/fit-weights.mjs'
import { metricScores } from './lib/metric-scores.mjs'

/** Bits a viewed pixel that are asked for. */
const LADDER = [0.06, 0.12, 0.22, 0.4, 0.7, 1.2, 2.2]
/** Longest sides at which areas are viewed. */
const VIEWS = [2048, 1024, 640]
/** What a table holds of a rendition: five kinds of windows, six numbers each. */
const KINDS = 5
const NUMBERS = 6

const [mode, ...rest] = process.argv.slice(2)

function option(name) {
  const at = rest.indexOf(name)
  return at < 0 ? undefined : rest[at + 1]
}

/** Areas of a photo: the whole at two sizes, and details as they are. */
async function areasOf(folder, name) {
  const path = join(folder, name)
  const { width = 0, height = 0 } = await sharp(path).metadata()
  const side = (length, part) => Math.floor(length * part)
  const areas = VIEWS.map((view) => ({ view, box: { left: 0, top: 0, width, height } }))
  for (const [left, top] of [
    [0.1, 0.15],
    [0.5, 0.45],
    [0.3, 0.7],
  ]) {
    const box = {
      left: side(width, left),
      top: side(height, top),
      width: Math.min(896, side(width, 0.4)),
      height: Math.min(672, side(height, 0.28)),
    }
    areas.push({ view: 2048, box })
  }
  return areas.map((area, i) => ({ ...area, path, name: `${name} ${i}` }))
}

/** The area as it came to a phone: a JPEG of little loss, decoded. */
async function picture({ path, box, view }) {
  const scale = Math.min(1, view / Math.max(box.width, box.height))
  const bytes = await sharp(path)
    .toColourspace('srgb')
    .removeAlpha()
    .extract(box)
    .resize(Math.round(box.width * scale), Math.round(box.height * scale), { fit: 'fill' })
    .jpeg({ quality: 96, chromaSubsampling: '4:2:0' })
    .toBuffer()
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

/** What the core makes of it within a budget, with what it counts of that. */
function rendition(core, { width, height, data }, budget) {
  const whole = { width, height }
  const stage = largestSize(whole, whole, budget)
  core.bitmap_begin(width, height, 3, 6_000_000, stage.width, stage.height, 2)
  for (let top = 0; top < height; top += 16) {
    const rows = Math.min(16, height - top)
    const part = data.subarray(top * width * 3, (top + rows) * width * 3)
    new Uint8Array(core.memory.buffer).set(part, core.bitmap_pixels())
    core.bitmap_rows(top, rows)
  }
  const complexity = {
    samples: core.fit_stage(0) * core.fit_stage(1),
    fine: core.fit_complexity(0.3),
    coarse: core.fit_complexity(1),
    hard: core.fit_contrast(0),
    flat: core.fit_contrast(1),
  }
  const view = viewOf(whole, whole)
  const size = chooseSize(view, complexity, budget, stage)
  const guess = guessScale(size, complexity, budget)
  core.score_stage()
  const made = core.fit_encode(size.width, size.height, 1, 2, budget, 1, guess, scaleOf(97), scaleOf(6))
  if (!made) return undefined
  core.score_encoded(size.width / view.width, core.fit_stage(0) / size.width)
  const facts = []
  for (let kind = 0; kind < KINDS; kind++)
    for (let number = 0; number < NUMBERS; number++) facts.push(core.score_fact(kind, number))
  const bytes = new Uint8Array(core.memory.buffer, core.fit_output(), core.fit_output_bytes()).slice()
  return { bytes, size, facts, scale: core.fit_scale() }
}

function writePpm(path, data, width, height) {
  writeFileSync(path, Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), data]))
}

async function measure(folder, table) {
  const module = new WebAssembly.Module(readFileSync(await buildCore('release')))
  const core = new WebAssembly.Instance(module, {}).exports
  const rows = existsSync(table) ? JSON.parse(readFileSync(table, 'utf8')) : []
  const scratch = mkdtempSync(join(tmpdir(), 'belino-score-'))
  const names = readdirSync(folder).filter((name) => /\.(jpe?g|webp|avif|png)$/i.test(name))
  const all = await Promise.all(names.sort().map((name) => areasOf(folder, name)))
  // Small areas first: a table that is stopped early has something of every photo.
  const pixels = ({ box, view }) => Math.min(view, Math.max(box.width, box.height))
  for (const area of all.flat().sort((a, b) => pixels(a) - pixels(b))) {
    if (rows.some(({ area: name }) => name === area.name)) continue
    const source = await picture(area)
    const { width, height } = source
    writePpm(join(scratch, 'a.ppm'), source.data, width, height)
    const made = []
    for (const bits of LADDER) {
      const got = rendition(core, source, Math.round((bits * width * height) / 8))
      if (got === undefined) continue
      const decoded = await sharp(got.bytes).toColourspace('srgb').raw().toBuffer()
      const path = join(scratch, `${made.length}.ppm`)
      writePpm(path, enlarged({ data: decoded, ...got.size }, width, height), width, height)
      made.push({ path, bits, scale: got.scale, part: got.size.width / width, facts: got.facts })
    }
    const values = metricScores(
      option('--metric'),
      join(scratch, 'a.ppm'),
      made.map(({ path }) => path),
    )
    for (const [i, { path: _path, ...row }] of made.entries())
      rows.push({ area: area.name, width, height, ...row, score: values[i] })
    writeFileSync(table, JSON.stringify(rows))
    console.log(area.name, `${width}x${height}`, values.map((value) => value.toFixed(1)).join(' '))
  }
}

/** The photo that a row's area is of. */
function photoOf({ area }) {
  return area.replace(/ \d+$/, '')
}

function report(name, pairs) {
  if (pairs.length === 0) return
  const errors = pairs.map(({ said, score }) => Math.abs(said - score))
  const correlation = rankCorrelation(
    pairs.map(({ said }) => said),
    pairs.map(({ score }) => score),
  )
  console.log(
    `${name}: ${pairs.length} renditions, rank correlation ${correlation.toFixed(3)}, ` +
      `mean error ${mean(errors).toFixed(2)}, worst ${Math.max(...errors).toFixed(1)}`,
  )
}

function fitTable(table) {
  const screenshots = new RegExp(option('--screenshots') ?? 'scree')
  const rows = JSON.parse(readFileSync(table, 'utf8')).filter(({ score }) => score > 0)
  for (const row of rows) row.score = Math.max(0, row.score)
  const photos = rows.filter((row) => !screenshots.test(row.area))
  const names = [...new Set(photos.map(photoOf))]
  const judged = names.flatMap((name) => {
    const { predict } = fitWeights(photos.filter((row) => photoOf(row) !== name))
    const pairs = photos
      .filter((row) => photoOf(row) === name)
      .map((row) => ({ said: predict(row.facts), score: row.score }))
    report(`  ${name}, by the others`, pairs)
    return pairs
  })
  report('photos, each by the others', judged)
  const { predict, weights } = fitWeights(photos)
  report(
    'photos, by all of them',
    photos.map((row) => ({ said: predict(row.facts), score: row.score })),
  )
  report(
    'screenshots, by photos',
    rows
      .filter((row) => screenshots.test(row.area))
      .map((row) => ({ said: predict(row.facts), score: row.score })),
  )
  console.log('WEIGHTS', weights.map((weight) => weight.toFixed(4)).join(', '))
}

if (mode === 'measure') await measure(rest[0], rest[1])
else if (mode === 'fit') fitTable(rest[0])
else console.log('node scripts/calibrate-score.mjs measure <folder> <table.json> | fit <table.json>')
