import { execFileSync } from 'node:child_process'

/**
 * Scores of pictures against one, by a command that prints a number first, greater for better; with `{b*}` it takes many
 * pictures and prints a line for each. Without a command butteraugli's 3-norm serves, negated.
 *
 * @param {string | undefined} command such as `ssimulacra2 {a} {b}`
 * @param {string} a path of the source
 * @param {readonly string[]} candidates paths
 * @returns {number[]}
 */
export function metricScores(command, a, candidates) {
  if (command === undefined)
    return candidates.map((b) => {
      const text = execFileSync('butteraugli_main', [a, b], { stdio: ['ignore', 'pipe', 'ignore'] })
      return -Number(/3-norm: ([\d.]+)/.exec(String(text))?.[1])
    })
  const [program = '', ...words] = command.split(' ')
  const run = (paths) => {
    const args = words.flatMap((word) => (word === '{a}' ? [a] : /^\{b\*?\}$/.test(word) ? paths : [word]))
    return execFileSync(program, args, { encoding: 'utf8' })
  }
  if (words.includes('{b*}')) return run(candidates).trim().split('\n').map(Number.parseFloat)
  return candidates.map((b) => Number.parseFloat(run([b])))
}
