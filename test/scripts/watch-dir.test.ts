import { readdirSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { unstable_readConfig } from 'wrangler'

const config = fileURLToPath(new URL('../../wrangler.toml', import.meta.url))
const root = dirname(config)
const build = unstable_readConfig({ config }, { hideWarnings: true }).build
const watched = [build.watch_dir ?? []].flat().map((path) => relative(root, resolve(root, path)))

/** Whether a file is what a watched path names, or lies within it. */
const isWatched = (file: string) => watched.some((path) => file === path || file.startsWith(`${path}/`))

it('watches every source of the core, so that an edit is seen while `wrangler dev` runs', () => {
  const sources = readdirSync(`${root}/wasm`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|json)$/.test(entry.name))
    .map((entry) => relative(root, `${entry.parentPath}/${entry.name}`))
    .filter((file) => !file.startsWith('wasm/build/') && !/tsconfig\.json$|checked/.test(file))
  expect(sources.length).toBeGreaterThan(20)
  expect(sources.filter((file) => !isWatched(file))).toEqual([])
})

it('watches the Worker: with a build command of its own, wrangler looks nowhere else', () => {
  expect(isWatched('src/worker.ts')).toBe(true)
})

it('does not watch what the build writes: a build would start the next one', () => {
  for (const file of ['core.wasm', 'core.wasm.stamp', '.lock'])
    expect(isWatched(`wasm/build/${file}`)).toBe(false)
})
