/**
 * A rendition as the calibration of the score has it: what the core counted, and what a full metric says of it.
 *
 * @typedef {{ readonly facts: readonly number[], readonly score: number }} Judged
 */

/** SSIMULACRA 2 maps a weighted sum of errors to a score; the map is steep, so sums are what is fitted. */
const POWER = 0.6276336467831387

/** @param {number} sum @returns {number} the score of a sum, 0 to 100 */
export function scoreOfSum(sum) {
  return Math.min(100, Math.max(0, 100 - 10 * Math.max(0, sum) ** POWER))
}

/** @param {number} score */
function sumOfScore(score) {
  return (Math.max(0, 100 - score) / 10) ** (1 / POWER)
}

/**
 * Weights, none below 0, that make a sum of the facts as near to the scores as can be: coordinate descent on squared
 * errors of the score, which the slope of the map at each place stands for.
 *
 * @param {readonly Judged[]} rows
 * @returns {{ weights: number[], predict: (facts: readonly number[]) => number }}
 */
export function fitWeights(rows) {
  const size = rows[0]?.facts.length ?? 0
  const scales = Array.from({ length: size }, (_, j) => mean(rows.map(({ facts }) => facts[j] ?? 0)) || 1)
  const targets = rows.map(({ score }) => sumOfScore(score))
  const weights = new Array(size).fill(0)
  const xs = rows.map(({ facts }) => facts.map((fact, j) => fact / (scales[j] ?? 1)))
  const slopes = targets.map((sum) => 10 * POWER * Math.max(0.3, sum) ** (POWER - 1))
  const left = targets.slice()
  for (let round = 0; round < 3000; round++)
    for (let j = 0; j < size; j++) {
      let up = 0
      let down = RIDGE * rows.length
      for (const [i, x] of xs.entries()) {
        const factor = (slopes[i] ?? 0) ** 2 * (x[j] ?? 0)
        up += factor * (left[i] ?? 0)
        down += factor * (x[j] ?? 0)
      }
      const next = Math.max(0, weights[j] + (up - RIDGE * rows.length * weights[j]) / down)
      const change = next - weights[j]
      if (change === 0) continue
      weights[j] = next
      for (const [i, x] of xs.entries()) left[i] = (left[i] ?? 0) - change * (x[j] ?? 0)
    }
  const plain = weights.map((weight, j) => weight / (scales[j] ?? 1))
  return {
    weights: plain,
    predict: (facts) => scoreOfSum(facts.reduce((sum, fact, j) => sum + fact * (plain[j] ?? 0), 0)),
  }
}

/** Keeps numbers that say the same from sharing a weight by chance. */
const RIDGE = 0.02

/** @param {readonly number[]} values */
export function mean(values) {
  return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)
}

/** @param {readonly number[]} a @param {readonly number[]} b @returns {number} Spearman's */
export function rankCorrelation(a, b) {
  const [x, y] = [ranks(a), ranks(b)]
  const middle = (a.length - 1) / 2
  const sum = (f) => x.reduce((total, _, i) => total + f(x[i] - middle, y[i] - middle), 0)
  return sum((p, q) => p * q) / Math.sqrt(sum((p) => p * p) * sum((_, q) => q * q))
}

function ranks(values) {
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j])
  const found = new Array(values.length)
  for (const [rank, i] of order.entries()) found[i] = rank
  return found
}
