import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const readme = fileURLToPath(new URL('../../README.md', import.meta.url))

/**
 * Puts text between the README's markers `<!-- bench:<name> -->` and `<!-- /bench:<name> -->`.
 *
 * @param {string} name
 * @param {string} text
 */
export async function writeIntoReadme(name, text) {
  const [opening, closing] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const before = await readFile(readme, 'utf8')
  const from = before.indexOf(opening)
  const to = before.indexOf(closing)
  if (from === -1 || to < from) throw new Error(`The README has no markers for ${name}`)
  await writeFile(readme, `${before.slice(0, from + opening.length)}\n${text.trim()}\n${before.slice(to)}`)
}
