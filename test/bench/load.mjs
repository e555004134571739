/**
 * What a number of requests came to.
 *
 * @typedef {{ name: string, ids: string, width: number, count: number, perSecond: number, p50: number, p99: number, cpu?: number | null }} Load
 */

/** The value below which a share of the sorted values lies. */
const quantile = (/** @type {number[]} */ sorted, /** @type {number} */ share) =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN

/**
 * Makes requests, `width` at a time, until either limit is reached. Every one must succeed.
 *
 * @param {{ name: string, ids?: string, width: number, requests: number, seconds: number }} plan `ids` names the targets that the row answers
 * @param {(n: number) => Promise<void>} request throws when it was refused
 * @returns {Promise<Load>} times in milliseconds
 */
export async function load({ name, ids = '', width, requests, seconds }, request) {
  const took = []
  let next = 0
  const started = performance.now()
  const end = started + seconds * 1000
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < requests && performance.now() < end) {
        const n = next++
        const before = performance.now()
        await request(n)
        took.push(performance.now() - before)
      }
    }),
  )
  const elapsed = performance.now() - started
  took.sort((one, other) => one - other)
  return {
    ...{ name, ids, width, count: took.length },
    perSecond: (took.length / elapsed) * 1000,
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
  }
}

/** @param {readonly Load[]} loads `cpu` is in milliseconds a request */
export function loadTable(loads) {
  const rows = loads.map(({ name, ids, width, count, perSecond, p50, p99, cpu }) => {
    const figures = [
      width,
      count,
      perSecond.toFixed(0),
      p50.toFixed(1),
      p99.toFixed(1),
      cpu?.toFixed(1) ?? '-',
    ]
    return `| ${[name, ids, ...figures].join(' | ')} |`
  })
  return [
    '| | target | at once | requests | per second | p50 ms | p99 ms | CPU ms each |',
    '|---|---|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n')
}
