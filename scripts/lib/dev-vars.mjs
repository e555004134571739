import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'

/**
 * Writes the variables of local development where there are none yet: a root key that nobody else has, the demo account and
 * its key. What is there stays as it is.
 *
 * @param {string} path of `.dev.vars`
 * @returns {Promise<{ written: boolean, devKey: string | null }>} the demo account's key, where the file names one
 */
export async function ensureDevVars(path) {
  const fresh = `BELINO_ROOT_KEY=${randomBytes(32).toString('base64url')}\nBELINO_LOCAL=1\nBELINO_DEV_KEY=dev-key\n`
  try {
    // Made and opened in one step, and for its owner alone: the root key opens everything.
    await writeFile(path, fresh, { flag: 'wx', mode: 0o600 })
    return { written: true, devKey: 'dev-key' }
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const match = /^\s*BELINO_DEV_KEY\s*=\s*(["']?)([^"'\s]+)\1\s*$/m.exec(await readFile(path, 'utf8'))
  return { written: false, devKey: match?.[2] ?? null }
}
