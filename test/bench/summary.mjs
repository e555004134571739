// The rows of the table in the README: what was to be reached, and what was.
import { median } from './peer-process.mjs'
import { P3, PLAIN } from './pictures.mjs'

/**
 * @typedef {import('./media.mjs').Row} Row
 * @typedef {{ name: string, width: number, height: number, rows: Row[] }} Measured
 * @typedef {{ error: number[], butter: number[], score: number[] }} Ratios
 */

/**
 * @param {object} found
 * @param {readonly Measured[]} found.pictures
 * @param {Readonly<Record<string, Ratios>>} found.ratios
 * @param {readonly import('./memory.mjs').MemoryRow[]} found.memory
 * @param {{ ms: number, bytes: number }} found.refusal
 * @param {number} found.budget
 * @returns {string[]} lines of markdown
 */
export function summary({ pictures, ratios, memory, refusal, budget }) {
  const lines = ['| what | to reach | then | reached | |', '|---|---|---|---|---|']
  /**
   * @param {string} what
   * @param {string} aim
   * @param {string} reached
   * @param {boolean | undefined} good
   * @param {string} [then] what was to come after it
   * @param {boolean} [better] whether that came too
   */
  const add = (what, aim, reached, good, then = '', better = false) => {
    if (good === undefined) return
    const verdict = good ? (then && !better ? 'yes, not then' : 'yes') : '**no**'
    lines.push(`| ${what} | ${aim} | ${then} | ${reached} | ${verdict} |`)
  }
  /** @param {Measured | undefined} picture @param {string} key */
  const cpu = (picture, key) => picture?.rows.find((row) => row.key === key)?.cpu ?? Number.NaN
  /**
   * Ours over theirs.
   *
   * @param {string} what
   * @param {Measured | undefined} picture
   * @param {string} key
   * @param {number} aim
   * @param {{ ours?: string, next?: number }} [more]
   */
  const against = (what, picture, key, aim, { ours = 'best', next } = {}) => {
    const ratio = cpu(picture, ours) / cpu(picture, key)
    if (!Number.isFinite(ratio)) return
    const reached = `${ratio.toFixed(2)} (${cpu(picture, ours).toFixed(0)} ms to ${cpu(picture, key).toFixed(0)})`
    add(what, `at most ${aim.toFixed(2)}`, reached, ratio <= aim, next?.toFixed(2), ratio <= (next ?? aim))
  }
  const main = pictures.find(({ name }) => name.endsWith(PLAIN))
  const profiled = pictures.find(({ name }) => name.endsWith(P3))
  const large = pictures.find(({ width, height }) => width * height > 40e6)
  const progressive = pictures.find(({ name }) => name.includes('progressive'))

  const job = main ? mega(main) : ''
  against(`CPU time, ${job} baseline: against @jsquash/jpeg with bisection`, main, 'bisection', 1 / 15)
  against(`against @jsquash/jpeg that knows the quality`, main, 'jsquash', 1 / 5)
  against(`against magick-wasm with bisection`, main, 'magickBisection', 1 / 4)
  against(`against magick-wasm that knows the quality`, main, 'magick', 1 / 4)
  against(`against sharp (native) with 7 encodes`, main, 'sharp', 0.9)
  against(`against djpeg into one cjpeg -optimize (native)`, main, 'pipe', 2.5, { next: 1.8 })
  const profile = cpu(profiled, 'best') / cpu(main, 'best')
  add(
    'the same photo with a Display P3 profile, against without',
    'at most 1.25',
    `${profile.toFixed(2)} (${cpu(profiled, 'best').toFixed(0)} ms)`,
    Number.isNaN(profile) ? undefined : profile <= 1.25,
    '1.15',
    profile <= 1.15,
  )
  against('the same with `effort: fast`, against `best`', profiled, 'best', 0.7, { ours: 'fast' })
  if (large)
    against(`CPU time, ${mega(large)}: against sharp with 7 encodes`, large, 'sharp', 1.3, { next: 1 })
  if (progressive)
    against(
      `CPU time, ${mega(progressive)} progressive: against sharp with 7 encodes`,
      progressive,
      'sharp',
      1.3,
      { next: 1 },
    )

  for (const [kind, most] of /** @type {const} */ ([
    ['12 MP baseline', 16],
    ['48 MP baseline', 24],
    ['48 MP progressive', 48],
  ])) {
    const rows = memory.filter((row) => row.kind === kind)
    const largest = Math.max(...rows.map(({ mib }) => mib))
    const samplings = rows.map(({ sampling, mib }) => `${sampling} ${mib.toFixed(1)}`).join(', ')
    add(`wasm memory, ${kind}`, `${most} MiB`, `${samplings} MiB`, rows.length ? largest <= most : undefined)
  }
  for (const [kind, { error, butter, score }] of Object.entries(ratios)) {
    quality(`(1 - SSIM) against mozjpeg's, ${kind}, at the same pixels and bytes`, error)
    quality(`butteraugli's 3-norm, ${kind}`, butter)
    if (score.length > 0) {
      const middle = median(score)
      add(
        `points of SSIMULACRA 2 ahead, ${kind}`,
        'median over 0',
        middle.toFixed(1),
        middle > 0,
        '2',
        middle >= 2,
      )
    }
  }
  /** @param {string} what @param {readonly number[]} values */
  function quality(what, values) {
    const numbers = values.filter((value) => Number.isFinite(value))
    const [middle, worst] = [median(numbers), Math.max(...numbers)]
    const reached = `${middle.toFixed(3)}, ${worst.toFixed(3)}`
    add(what, 'median under 1, worst 1.01', reached, numbers.length ? middle < 1 && worst <= 1.01 : undefined)
  }
  const fills = pictures.flatMap(({ rows }) =>
    rows.flatMap(({ key, bytes }) => (bytes && (key === 'best' || key === 'fast') ? [bytes / budget] : [])),
  )
  const [least, most] = [Math.min(...fills), Math.max(...fills)]
  add(
    'output bytes / budget, every picture and effort',
    '0.97 to 1.00',
    `${least.toFixed(3)} to ${most.toFixed(3)}, median ${median(fills).toFixed(3)}`,
    fills.length ? least >= 0.97 && most <= 1 : undefined,
    'median 0.99',
    median(fills) >= 0.99,
  )
  const refused = `${refusal.ms.toFixed(2)} ms, ${(refusal.bytes / 2 ** 20).toFixed(2)} MiB`
  const quick = refusal.ms < 1 && refusal.bytes < 2 ** 20
  add('to refuse a header of 65535 x 65535', 'under 1 ms and 1 MiB', refused, quick)
  return lines
}

/** @param {Measured} picture */
function mega({ width, height }) {
  return `${Math.round((width * height) / 1e6)} MP`
}
