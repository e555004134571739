// One peer on one photo, in a process of its own: `measure.mjs <peer> <photo> <task as JSON> <output>`, forked. It says
// when it is warm, then runs once for each message and answers with the CPU milliseconds, the bytes, and the memory that
// the peer came to hold. Peers take turns that way, so that a busy machine is no peer's own misfortune.
import { readFileSync, writeFileSync } from 'node:fs'
import { memories } from './memories.mjs'

const [name, photo, taskText, output] = /** @type {string[]} */ (process.argv.slice(2))
const peers = await import('./peers.mjs')
const peer = peers.PEERS[name]
const source = new Uint8Array(readFileSync(photo))
const task = JSON.parse(taskText)

/** @param {object} message */
const say = (message) => process.send?.(message)

/** @param {unknown} error */
function fail(error) {
  say({ failed: String(error).slice(0, 80) })
  process.disconnect?.()
}

/** @param {import('./peers.mjs').Run} run */
async function once(run) {
  const before = process.cpuUsage()
  const bytes = await run(source, task)
  const { user, system } = process.cpuUsage(before)
  writeFileSync(output, bytes)
  const wasm = [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0)
  const cpu = peers.childCpu ?? (user + system) / 1000
  say({ cpu, bytes: bytes.length, wasm, memory: wasm + process.memoryUsage().arrayBuffers })
}

try {
  const run = await peer.ready()
  // The engine compiles while a peer warms up; that is paid once an isolate, not once a photo.
  if (peer.known) {
    const found = await peers.bisect((guess) => run(source, { ...task, guess }), task.budget)
    task.guess = found.quality
  } else for (let i = 0; i < (name.includes('isection') ? 1 : 3); i++) await run(source, task)
  process.on('message', () => once(run).catch(fail))
  say({ warm: true })
} catch (error) {
  fail(error)
}
