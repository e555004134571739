// Runs the benchmarks one after the other with the same arguments: side by side they would measure each other.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

for (const name of ['media', 'gif', 'heic', 'png', 'remux', 'score', 'gateway']) {
  const script = fileURLToPath(new URL(`../test/bench/${name}.mjs`, import.meta.url))
  const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
