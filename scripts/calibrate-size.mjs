// Finds the constants of src/media/formats/jpeg/size.ts: encodes each photo of a folder at many sizes to each budget,
// scores what a phone would show (2048 on the long side, or the photo itself where it is smaller), and fits the rule.
//
//   node scripts/calibrate-size.mjs measure <folder> <table.json> [--metric 'ssimulacra2 {a} {b}'] [--skip regex]
//   node scripts/calibrate-size.mjs fit <table.json>
//
// A metric is a command that prints a number first, greater for better; with {b*} it takes many pictures and prints a
// line for each. Without one butteraugli's 3-norm serves, negated.
// `measure` adds to the table and skips what it has: it can be stopped and started again.
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { buildCore } from './build-core.mjs'
import { enlarged } from './lib/enlarged.mjs'
import { metricScores } from './lib/metric-scores.mjs'

const BUDGETS = [100_000, 300_000, 600_000, 1_000_000]
const SIDES = [640, 832, 1024, 1216, 1408, 1600, 1792, 2048]
const VIEW = 2048
/** Scales of the core's tables at which a photo's complexity is taken. */
const COMPLEXITY_SCALES = [0.3, 1]

const [mode, ...rest] = process.argv.slice(2)

/** The value of an option, or nothing. */
function option(name) {
  const at = rest.indexOf(name)
  return at < 0 ? undefined : rest[at + 1]
}

/** Photos of a folder at the size that a phone shows, and quarters of the large ones, which count as photos of their own. */
async function photosOf(folder) {
  const skip = option('--skip')
  const found = []
  for (const name of readdirSync(folder).sort()) {
    if (!/\.(jpe?g|webp|avif|png)$/i.test(name) || (skip && new RegExp(skip).test(name))) continue
    const path = join(folder, name)
    const size = await sharp(path)
      .metadata()
      .catch(() => undefined)
    if (!size?.width || Math.max(size.width, size.height) < 1000) continue
    const { width, height } = size
    found.push({ name, path, area: { left: 0, top: 0, width, height } })
    if (Math.max(width, height) < 2000) continue
    const [w, h] = [Math.floor(width / 2), Math.floor(height / 2)]
    for (const [i, [left, top]] of [
      [0, 0],
      [w, 0],
      [0, h],
      [w, h],
    ].entries())
      found.push({ name: `${name} quarter ${i + 1}`, path, area: { left, top, width: w, height: h } })
  }
  return found
}

/** Pixels of a photo as a phone shows it. */
async function shown({ path, area }) {
  const scale = Math.min(1, VIEW / Math.max(area.width, area.height))
  const { data, info } = await sharp(path)
    .toColourspace('srgb')
    .removeAlpha()
    .extract(area)
    .resize(Math.round(area.width * scale), Math.round(area.height * scale), { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: info.channels, data }
}

/** Drives the core by its exports: rows in, a stage of full size, a file out. */
function encoder(core, picture) {
  const { width, height, channels, data } = picture
  const stage = () => {
    core.bitmap_begin(width, height, channels, 2 ** 30, width, height, 2)
    for (let top = 0; top < height; top += 16) {
      const rows = Math.min(16, height - top)
      const part = data.subarray(top * width * channels, (top + rows) * width * channels)
      new Uint8Array(core.memory.buffer).set(part, core.bitmap_pixels())
      core.bitmap_rows(top, rows)
    }
  }
  return {
    complexity() {
      stage()
      return [
        ...COMPLEXITY_SCALES.map((scale) => core.fit_complexity(scale)),
        core.fit_contrast(0),
        core.fit_contrast(1),
      ]
    },
    encode(w, h, budget) {
      stage()
      if (!core.fit_encode(w, h, 1, 2, budget, 1, 1, 0.1, 8)) return undefined
      const bytes = new Uint8Array(core.memory.buffer, core.fit_output(), core.fit_output_bytes()).slice()
      return { bytes, scale: core.fit_scale() }
    },
  }
}

function writePpm(path, data, width, height) {
  writeFileSync(path, Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), data]))
}

async function measure(folder, table) {
  const module = new WebAssembly.Module(readFileSync(await buildCore('release')))
  const core = new WebAssembly.Instance(module, {}).exports
  const rows = existsSync(table) ? JSON.parse(readFileSync(table, 'utf8')) : []
  const scratch = mkdtempSync(join(tmpdir(), 'belino-calibrate-'))
  const a = join(scratch, 'a.ppm')
  for (const photo of await photosOf(folder)) {
    const known = rows.find(({ name }) => name === photo.name)
    if (known?.complexity.length === 4) continue
    const picture = await shown(photo)
    if (picture.channels !== 3) continue
    const { width, height } = picture
    const work = encoder(core, picture)
    if (known) {
      // Measured before edges were counted.
      known.complexity = work.complexity()
      writeFileSync(table, JSON.stringify(rows))
      continue
    }
    writePpm(a, picture.data, width, height)
    const row = { name: photo.name, width, height, complexity: work.complexity(), results: [] }
    const candidates = []
    for (const budget of BUDGETS)
      for (const side of SIDES) {
        const scale = Math.min(1, side / Math.max(width, height))
        const [w, h] = [Math.round(width * scale), Math.round(height * scale)]
        const made = work.encode(w, h, budget)
        if (made === undefined) continue
        const decoded = await sharp(made.bytes).toColourspace('srgb').raw().toBuffer()
        candidates.push(join(scratch, `${candidates.length}.ppm`))
        const view = enlarged({ data: decoded, width: w, height: h }, width, height)
        writePpm(candidates.at(-1), view, width, height)
        row.results.push({ budget, pixels: w * h, scale: made.scale, bytes: made.bytes.length, score: 0 })
        if (scale === 1) break
      }
    for (const [i, value] of metricScores(option('--metric'), a, candidates).entries())
      row.results[i].score = value
    rows.push(row)
    writeFileSync(table, JSON.stringify(rows))
    console.log(photo.name, row.complexity.map((value) => value.toFixed(3)).join(' '))
  }
}

/** One photo at one budget: what was measured, by pixels, and the best of it. */
function casesOf(rows) {
  return rows.flatMap((row, index) =>
    BUDGETS.flatMap((budget) => {
      const points = row.results
        .filter((point) => point.budget === budget)
        .sort((a, b) => a.pixels - b.pixels)
      const best = Math.max(...points.map(({ score }) => score))
      return points.length < 2 ? [] : [{ row, index, budget, points, best, view: row.width * row.height }]
    }),
  )
}

/** The score at a number of pixels between those that were measured. */
function scoreAt(points, pixels) {
  const above = points.findIndex((point) => point.pixels >= pixels)
  if (above < 0) return points.at(-1).score
  if (above === 0) return points[0].score
  const [a, b] = [points[above - 1], points[above]]
  const part = Math.log(pixels / a.pixels) / Math.log(b.pixels / a.pixels)
  return a.score + part * (b.score - a.score)
}

/** How fast bits fall with the scale of the tables. */
const fallOf = ([fine, coarse]) =>
  Math.min(
    1.5,
    Math.max(0.3, Math.log(fine / coarse) / Math.log(COMPLEXITY_SCALES[1] / COMPLEXITY_SCALES[0])),
  )

/** As src/media/format/jpeg/size.ts has them. */
const BITS = { start: -0.25, pixels: 0.892, scale: 1.13 }
const FINE_VIEW = 0.42
const DRAWN = 0.45
const MOST = 0.8

/** The rule of size.ts, in pixels. */
function pixelsBy([soft, rise, favour, half], { row, budget, view }) {
  const [, coarse, hard, flat] = row.complexity
  const slope = BITS.scale * fallOf(row.complexity)
  const scale = Math.min(8, Math.exp((BITS.start - Math.log((budget * 8) / view / coarse)) / slope))
  const best = soft + rise * hard
  if (flat >= DRAWN || scale <= Math.max(FINE_VIEW, best * favour)) return view
  const part = Math.min(MOST, (best / scale) ** (slope / BITS.pixels))
  return view * (part < half ? 0.25 : part)
}

function lossesOf(rule, cases) {
  return cases.map((one) => one.best - scoreAt(one.points, pixelsBy(rule, one)))
}

/** A rule must not be right by a hair: budgets around those that were measured count too. */
const AROUND = [0.88, 1, 1.14]

/** Random descent, the same each time: the loss has plateaus, and there are few numbers. */
function fitRule(cases) {
  const wide = AROUND.flatMap((factor) => cases.map((one) => ({ ...one, budget: one.budget * factor })))
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const cost = (rule) =>
    lossesOf(rule, wide).reduce((sum, loss) => sum + loss + 3 * Math.max(0, loss - 0.9) ** 2, 0) / wide.length
  const start = [0.2, 2.5, 1.4, 0.38]
  let best = { rule: start, cost: Number.POSITIVE_INFINITY }
  for (let restart = 0; restart < 4; restart++) {
    let rule = start.map((value) => value * (0.8 + 0.4 * random()))
    let now = cost(rule)
    let step = 0.3
    for (let i = 0; i < 4000; i++) {
      const tried = rule.map((value) => value * (1 + step * (random() + random() - 1)))
      const next = cost(tried)
      if (next < now) {
        rule = tried
        now = next
        step *= 1.1
      } else step = Math.max(0.01, step * 0.999)
    }
    if (now < best.cost) best = { rule, cost: now }
  }
  return best.rule
}

function report(name, losses) {
  const sorted = [...losses].sort((a, b) => a - b)
  const within = sorted.filter((loss) => loss <= 1).length / sorted.length
  const mean = sorted.reduce((a, b) => a + b, 0) / sorted.length
  console.log(
    `${name}: ${sorted.length} cases, mean ${mean.toFixed(2)} below the best, ${(100 * within).toFixed(1)} % within 1, worst ${sorted.at(-1).toFixed(2)}`,
  )
}

/** Bits of a file against the sample's, by pixels and scale: what guessScale has. Least squares. */
function fitBits(rows) {
  const lines = rows.flatMap(({ width, height, complexity, results }) =>
    results
      .filter(({ scale }) => scale > 0.11 && scale < 7)
      .map(({ pixels, scale, bytes }) => ({
        x: [1, Math.log(pixels / (width * height)), -Math.log(scale) * fallOf(complexity)],
        y: Math.log((bytes * 8) / (width * height) / complexity[1]),
      })),
  )
  const matrix = [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) => lines.reduce((sum, { x }) => sum + x[i] * x[j], 0)),
  )
  const right = [0, 1, 2].map((i) => lines.reduce((sum, { x, y }) => sum + x[i] * y, 0))
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      if (j === i) continue
      const factor = matrix[j][i] / matrix[i][i]
      for (let k = 0; k < 3; k++) matrix[j][k] -= factor * matrix[i][k]
      right[j] -= factor * right[i]
    }
  return right.map((value, i) => value / matrix[i][i])
}

function fitTable(table) {
  const rows = JSON.parse(readFileSync(table, 'utf8'))
  const cases = casesOf(rows)
  const [fitting, judging] = [
    cases.filter(({ index }) => index % 2 === 0),
    cases.filter(({ index }) => index % 2 === 1),
  ]
  report('always the view', lossesOf([8, 0, 1, 0], cases))
  const half = fitRule(fitting)
  report('one half, fitted', lossesOf(half, fitting))
  report('the other half', lossesOf(half, judging))
  const second = fitRule(judging)
  report('that half, fitted', lossesOf(second, judging))
  report('the one half', lossesOf(second, fitting))
  const whole = fitRule(cases)
  report('all', lossesOf(whole, cases))
  console.log('RULE: soft, rise, view, half', whole.map((value) => value.toFixed(3)).join(' '))
  console.log(
    'BITS: start, pixels, scale',
    fitBits(rows)
      .map((value) => value.toFixed(3))
      .join(' '),
  )
}

if (mode === 'measure') await measure(rest[0], rest[1])
else if (mode === 'fit') fitTable(rest[0])
else console.log('node scripts/calibrate-size.mjs measure <folder> <table.json> | fit <table.json>')
