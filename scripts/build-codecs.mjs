// Lays libheif beside the core: wasm/build/libheif.wasm and what calls it. It stays a module of its own, as its licence
// asks, so that it can be left out or exchanged for another build.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const out = join(root, 'wasm/build')
const packages = join(root, 'node_modules')

/** Writes a file unless it has this content already; renamed into place, so that nobody reads half of it. */
async function put(name, content) {
  const path = join(out, name)
  const bytes = Buffer.from(content)
  const there = await readFile(path).catch(() => undefined)
  if (there?.equals(bytes)) return
  const fresh = `${path}.${process.pid}`
  await writeFile(fresh, bytes)
  await rename(fresh, path)
}

/** What the glue looks at to find out where it runs. It is told its module, so it need not know, and must not guess. */
const HIDDEN = ['process', 'require', 'document', 'window', 'importScripts', '__filename', '__dirname']

/** libheif's glue, word for word, in a function that hides the surroundings from it. */
async function libheif() {
  const folder = join(packages, 'libheif-js/libheif-wasm')
  const glue = await readFile(join(folder, 'libheif.js'), 'utf8')
  const { version } = JSON.parse(await readFile(join(packages, 'libheif-js/package.json'), 'utf8'))
  await put('libheif.wasm', await readFile(join(folder, 'libheif.wasm')))
  await put(
    'libheif.mjs',
    `// libheif-js ${version}, LGPL-3.0: see NOTICE.\nexport function makeLibheif(options) {\n` +
      `  var ${[...HIDDEN, 'exports', 'module', 'define'].join(', ')}\n${glue}\n  return libheif(options)\n}\n`,
  )
  await put(
    'libheif.d.mts',
    'export function makeLibheif(options: {\n' +
      '  instantiateWasm(imports: WebAssembly.Imports, use: (instance: { exports: object }) => void): object\n' +
      '  print(line: string): void\n  printErr(line: string): void\n' +
      '}): { [name: string]: (...args: number[]) => number } & { HEAPU8: Uint8Array<ArrayBuffer> }\n',
  )
}

/** Lays libheif where `src/media` looks for it. Does nothing where it lies already. */
export async function buildCodecs() {
  await mkdir(out, { recursive: true })
  await libheif()
}
