import { readFile } from 'node:fs/promises'
import { buildCore } from '../../../scripts/build-core.mjs'
import type { CoreExports } from '../../../src/media/core/exports.ts'

/** The core, and how to make a fresh instance of it. */
export async function coreInstances(target: 'release' | 'debug'): Promise<() => CoreExports> {
  const module = await WebAssembly.compile(await readFile(await buildCore(target)))
  return () => new WebAssembly.Instance(module, {}).exports as unknown as CoreExports
}
