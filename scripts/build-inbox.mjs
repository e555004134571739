// Bundles the client of the message center (src/inbox/client -> src/inbox/build/assets.ts, a module of texts that the Worker
// serves). Does nothing when the sources have not changed.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'src/inbox')
const out = join(source, 'build')
const module = join(out, 'assets.ts')

/** What a page may ask for, by its name under `/inbox/`. */
const ENTRIES = ['center.tsx', 'fit.tsx', 'overview.tsx', 'style.css', 'overview.css']

async function fingerprint() {
  const hash = createHash('sha256')
  for (const name of ['esbuild', 'preact', '@preact/signals', 'uplot']) {
    const { version } = JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8'))
    hash.update(`${name} ${version}\n`)
  }
  const entries = await readdir(source, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && entry.parentPath !== out)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  for (const path of [fileURLToPath(import.meta.url), ...paths])
    hash.update(`${relative(root, path)}\n`).update(await readFile(path))
  return hash.digest('hex').slice(0, 32)
}

const opening = (print) => `// Made by scripts/build-inbox.mjs from ${print}\n`

/**
 * Bundles unless the bundle is up to date. The result is renamed into place, so that nobody reads half of it.
 *
 * @returns {Promise<string>} the path of the module
 */
export async function buildInbox() {
  const print = await fingerprint()
  const before = await readFile(module, 'utf8').catch(() => '')
  if (before.startsWith(opening(print))) return module
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ENTRIES.map((name) => join(source, 'client', name)),
    outdir: out,
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['es2023', 'safari17', 'chrome118', 'firefox121'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    charset: 'utf8',
    logLevel: 'silent',
    // Its own configuration keeps the Worker's out: the two see different JSX and different globals.
    tsconfig: join(source, 'client/tsconfig.json'),
  })
  const assets = Object.fromEntries(
    outputFiles.map((file) => [
      relative(out, file.path),
      { hash: createHash('sha256').update(file.contents).digest('hex').slice(0, 16), body: file.text },
    ]),
  )
  await mkdir(out, { recursive: true })
  const fresh = `${module}.${process.pid}`
  await writeFile(
    fresh,
    `${opening(print)}\n/** Texts of the client's files, with hashes of them. */\nexport const ASSETS: { readonly [name: string]: { readonly hash: string; readonly body: string } } = ${JSON.stringify(assets)}\n`,
  )
  await rename(fresh, module)
  return module
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildInbox()
