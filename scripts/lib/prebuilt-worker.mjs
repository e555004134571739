import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildCore } from '../build-core.mjs'
import { startWrangler } from './process-group.mjs'
import { eachLine } from './wrangler-output.mjs'

/** The folder of the checkout, without a slash at its end. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

const store = join(root, '.wrangler/prebuilt')
const DAY = 86_400_000

/**
 * Bundles the Worker once for a state of its sources, and says where. Tests start many Workers: bundling for each would take
 * longer than the tests, and an edit during a run would change what is tested.
 *
 * @returns {Promise<string>} a folder with `worker.js` and the modules beside it
 */
export async function prebuiltWorker() {
  const out = join(store, await fingerprint(await buildCore('release')))
  if (await exists(join(out, 'worker.js'))) return out
  await mkdir(store, { recursive: true })
  const fresh = await mkdtemp(join(store, 'fresh-'))
  await bundle(fresh)
  // Whoever comes second finds the place taken by the same bundle.
  await rename(fresh, out).catch(() => rm(fresh, { recursive: true, force: true }))
  await removeOld()
  return out
}

async function fingerprint(core) {
  const hash = createHash('sha256')
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true })
  const sources = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  for (const path of [core, join(root, 'wrangler.toml'), join(root, 'package-lock.json'), ...sources.sort()])
    hash
      .update(path)
      .update('\0')
      .update(await readFile(path))
  return hash.digest('hex').slice(0, 24)
}

/**
 * Bundles a Worker into a folder: the one of wrangler.toml unless another entry is named.
 *
 * @param {string} out
 * @param {string} [entry]
 * @returns {Promise<void>}
 */
export function bundle(out, entry) {
  return new Promise((resolve, reject) => {
    const entries = entry === undefined ? [] : [entry]
    const child = startWrangler(root, ['deploy', ...entries, '--dry-run', '--outdir', out])
    const said = []
    eachLine(child.stdout, (line) => said.push(line))
    eachLine(child.stderr, (line) => said.push(line))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`The Worker does not build:\n${said.join('\n')}`)),
    )
  })
}

const exists = (path) =>
  stat(path).then(
    () => true,
    () => false,
  )

async function removeOld() {
  for (const name of await readdir(store)) {
    const found = await stat(join(store, name)).catch(() => null)
    if (found !== null && Date.now() - found.mtimeMs > DAY)
      await rm(join(store, name), { recursive: true, force: true })
  }
}
