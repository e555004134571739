// Builds the media core (wasm/ -> wasm/build/core.wasm) from source. Does nothing when the sources have not
// changed. `--debug` builds core.debug.wasm instead: assertions on, every raw access checked.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checked } from '../wasm/checked.mjs'
import { buildCodecs } from './build-codecs.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'wasm')
const out = join(source, 'build')

/** Every file that the module is made of, in a stable order. */
async function sources() {
  const entries = await readdir(source, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|json|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(source, path).startsWith(`build${sep}`))
    .sort()
}

async function fingerprint() {
  const hash = createHash('sha256')
  const compiler = JSON.parse(await readFile(join(root, 'node_modules/assemblyscript/package.json'), 'utf8'))
  hash.update(`assemblyscript ${compiler.version}\n`)
  for (const path of [fileURLToPath(import.meta.url), ...(await sources())]) {
    hash.update(`${relative(root, path)}\n`).update(await readFile(path))
  }
  return hash.digest('hex')
}

const text = (path) => readFile(path, 'utf8').catch(() => '')

/**
 * Runs `work` while no other process does: a directory can be made by one process only. A lock older than two
 * minutes is left over from a build that was killed.
 */
async function locked(work) {
  const lock = join(out, '.lock')
  await mkdir(out, { recursive: true })
  for (;;) {
    try {
      await mkdir(lock)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      const age = await stat(lock).then(
        (found) => Date.now() - found.mtimeMs,
        () => 0,
      )
      if (age > 120_000) await rm(lock, { recursive: true, force: true })
      else await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  try {
    return await work()
  } finally {
    await rm(lock, { recursive: true, force: true })
  }
}

/** What the checked build reads: the sources with a guard around every raw access. */
async function readChecked(name, base) {
  const path = resolve(base, name)
  const content = await readFile(path, 'utf8').catch(() => null)
  const ours = content !== null && path.startsWith(source) && path.endsWith('.ts')
  return ours && !path.endsWith('checked.ts') ? checked(content) : content
}

/**
 * Builds one target unless it is up to date. The result is renamed into place, so that nobody reads half a module. The
 * decoders of others come with the release.
 *
 * @param {'release' | 'debug'} target
 * @returns {Promise<string>} the path of the module
 */
export async function buildCore(target) {
  if (target === 'release') await buildCodecs()
  const name = target === 'debug' ? 'core.debug.wasm' : 'core.wasm'
  const module = join(out, name)
  const stamp = join(out, `${name}.stamp`)
  const upToDate = async () => (await text(stamp)) === (await fingerprint()) && (await text(module)) !== ''
  if (await upToDate()) return module
  return locked(async () => {
    if (await upToDate()) return module
    const print = await fingerprint()
    const asc = await import('assemblyscript/asc')
    const fresh = join(out, `${name}.${process.pid}`)
    const options = ['--config', join(source, 'asconfig.json'), '--target', target, '--outFile', fresh]
    const { error, stderr } =
      target === 'debug'
        ? await asc.main([join(source, 'checked.ts'), ...options], { readFile: readChecked })
        : await asc.main(options)
    if (error) throw new Error(`the core does not build:\n${stderr.toString()}`, { cause: error })
    await rename(fresh, module)
    await writeFile(stamp, print)
    return module
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildCore(process.argv.includes('--debug') ? 'debug' : 'release')
}
