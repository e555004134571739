import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPackage } from '../../scripts/build-package.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

/** A folder of a stranger who has installed the tarball, and nothing else. */
export type Unpacked = {
  readonly folder: string
  /** The package as it lies in `node_modules`. */
  readonly installed: string
  readonly remove: () => Promise<void>
}

/** Packs the package and unpacks it elsewhere, as npm does; what it depends on is linked instead of fetched. */
export async function unpack(): Promise<Unpacked> {
  await buildPackage()
  const folder = await mkdtemp(join(tmpdir(), 'belino-package-'))
  const modules = join(folder, 'node_modules')
  await mkdir(modules)
  // The build was made above: the script that npm would run before packing is the same.
  const said = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [{ filename }] = JSON.parse(said)
  execFileSync('tar', ['xzf', join(folder, filename), '-C', folder])
  const installed = join(modules, 'belino')
  await rename(join(folder, 'package'), installed)
  const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  for (const name of [...Object.keys(dependencies), 'xmlchars', '@cloudflare/workers-types']) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(join(root, 'node_modules', name), join(modules, name)).catch(() => {})
  }
  return { folder, installed, remove: () => rm(folder, { recursive: true, force: true }) }
}
