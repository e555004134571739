import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/**
 * Puts text between the README's markers `<!-- bench:<name> -->` and `<!-- /bench:<name> -->`.
 *
 * @param {string} name
 * @param {string} text
 */
export async function writeIntoReadme(name, text) {
  await writeBetweenMarks('README.md', name, text)
}

/**
 * As {@link writeIntoReadme}, into another document.
 *
 * @param {string} document path from the root of the repository
 * @param {string} name
 * @param {string} text
 */
export async function writeBetweenMarks(document, name, text) {
  const path = fileURLToPath(new URL(`../../${document}`, import.meta.url))
  const [opening, closing] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const before = await readFile(path, 'utf8')
  const from = before.indexOf(opening)
  const to = before.indexOf(closing)
  if (from === -1 || to < from) throw new Error(`${document} has no markers for ${name}`)
  await writeFile(path, `${before.slice(0, from + opening.length)}\n${text.trim()}\n${before.slice(to)}`)
}
