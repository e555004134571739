// Builds what `npm pack` puts into the tarball (dist/): the media library for each place that it runs in, the gateway for
// Workers, the command line, and their types. The sources cannot be shipped as they are: Node strips no types in
// node_modules, and each place loads the core in its own way.

import { spawnSync } from 'node:child_process'
import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildCore } from './build-core.mjs'
import { buildInbox } from './build-inbox.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')

/** Where the code runs, and what of it is built for there. */
const PLACES = {
  workerd: { media: 'src/media/index.ts', index: 'src/index.ts' },
  browser: { media: 'src/media/index.ts' },
  node: { media: 'src/media/index.ts', cli: 'src/cli/main.ts' },
}

/** Puts every wasm module beside the code that names it, and makes the code say so. */
function wasmBeside(folder) {
  const copied = new Set()
  const beside = async (path) => {
    if (!copied.has(path)) {
      copied.add(path)
      await copyFile(path, join(folder, basename(path)))
    }
    return `./${basename(path)}`
  }
  return {
    name: 'wasm-beside',
    setup(builder) {
      builder.onResolve({ filter: /\.wasm$/ }, async ({ path, resolveDir, kind }) => {
        if (kind === 'entry-point') return undefined
        const found = path.startsWith('.')
          ? resolve(resolveDir, path)
          : fileURLToPath(import.meta.resolve(path))
        return { path: await beside(found), external: true }
      })
      builder.onLoad({ filter: /src\/media\/.*\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8')
        let contents = text
        for (const [whole, named] of text.matchAll(/new URL\('([^']+\.wasm)', import\.meta\.url\)/g)) {
          const name = await beside(resolve(dirname(path), named))
          contents = contents.replace(whole, `new URL('${name}', import.meta.url)`)
        }
        return { contents, loader: 'ts' }
      })
    },
  }
}

/** Builds the package into dist/. */
export async function buildPackage() {
  await buildCore('release')
  await buildInbox()
  await rm(dist, { recursive: true, force: true })
  for (const [place, entryPoints] of Object.entries(PLACES)) {
    const folder = join(dist, place)
    await mkdir(folder, { recursive: true })
    await build({
      absWorkingDir: root,
      entryPoints: Object.fromEntries(
        Object.entries(entryPoints).map(([name, path]) => [name, join(root, path)]),
      ),
      outdir: folder,
      bundle: true,
      splitting: true,
      chunkNames: 'shared-[hash]',
      format: 'esm',
      target: 'es2023',
      platform: place === 'node' ? 'node' : 'neutral',
      mainFields: ['module', 'main'],
      conditions: [place, 'import'],
      jsx: 'automatic',
      jsxImportSource: 'hono/jsx',
      charset: 'utf8',
      legalComments: 'eof',
      // What the package depends on is installed beside it; everything else (the argument parser) is inside.
      external: [
        ...Object.keys(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).dependencies).flatMap(
          (name) => [name, `${name}/*`],
        ),
        'node:*',
        'cloudflare:*',
      ],
      plugins: [wasmBeside(folder)],
      logLevel: 'warning',
    })
  }
  const cli = join(dist, 'node/cli.js')
  await writeFile(cli, `#!/usr/bin/env node\n${await readFile(cli, 'utf8')}`, { mode: 0o755 })
  // Types alone, for Hono's client.
  await writeFile(join(dist, 'client.js'), 'export {}\n')
  await cp(join(root, 'src/store/migrations'), join(dist, 'migrations'), { recursive: true })
  await emitTypes()
}

async function emitTypes() {
  const { status, stdout } = spawnSync(
    join(root, 'node_modules/.bin/tsc'),
    [
      '-p',
      'tsconfig.json',
      '--noEmit',
      'false',
      '--declaration',
      '--emitDeclarationOnly',
      '--rewriteRelativeImportExtensions',
      '--rootDir',
      'src',
      '--outDir',
      'dist/types',
    ],
    { cwd: root, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`the types do not build:\n${stdout}`)
  // Declarations name each other as the sources do; who installs them has no sources.
  for (const entry of await readdir(join(dist, 'types'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replaceAll(/(['"])(\.{1,2}\/[^'"]+)\.tsx?\1/g, '$1$2.js$1'))
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPackage()
