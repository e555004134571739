import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildCore } from '../../scripts/build-core.mjs'

/** The folder of the checkout, without a trailing slash. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

const store = join(root, '.wrangler/prebuilt')
const DAY = 86_400_000

/**
 * Bundles the Worker once for a state of its sources, and says where. Test files start many Workers: bundling for each would
 * take longer than the tests, and an edit during a run would change what is tested.
 */
export async function prebuiltWorker(): Promise<string> {
  const core = await buildCore('release')
  const out = join(store, await fingerprint(core))
  if (await exists(join(out, 'worker.js'))) return out
  await mkdir(store, { recursive: true })
  const fresh = await mkdtemp(join(store, 'fresh-'))
  await bundle(fresh)
  // Whoever comes second finds the place taken by the same bundle.
  await rename(fresh, out).catch(() => rm(fresh, { recursive: true, force: true }))
  await removeOld()
  return out
}

async function fingerprint(core: string): Promise<string> {
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

function bundle(out: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const wrangler = join(root, 'node_modules/wrangler/bin/wrangler.js')
    const child = spawn(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', out], {
      cwd: root,
      env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    const keep = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`The Worker does not build:\n${said}`)),
    )
  })
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

async function removeOld(): Promise<void> {
  for (const name of await readdir(store)) {
    const found = await stat(join(store, name)).catch(() => null)
    if (found !== null && Date.now() - found.mtimeMs > DAY)
      await rm(join(store, name), { recursive: true, force: true })
  }
}
