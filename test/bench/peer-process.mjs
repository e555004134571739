// A peer in a process of its own: see measure.mjs.
import { fork } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

/**
 * @typedef {{ cpu: number, bytes: number, wasm: number, memory: number, failed?: undefined } | { failed: string }} Answer
 *   CPU milliseconds; bytes of the file, of wasm memory, and of that and all ArrayBuffers together
 * @typedef {{ failed: string | undefined, output: string, run: () => Promise<Answer>, end: () => void }} PeerProcess
 */

/**
 * Starts a peer on a photo and waits until it is warm.
 *
 * @param {string} key of PEERS
 * @param {string} photo
 * @param {import('./peers.mjs').Task} task
 * @returns {Promise<PeerProcess>}
 */
export async function startPeer(key, photo, task) {
  const output = join(mkdtempSync(join(tmpdir(), 'belino-bench-')), 'out.jpg')
  const child = fork(join(here, 'measure.mjs'), [key, photo, JSON.stringify(task), output], {
    execArgv: ['--conditions=node'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const { failed } = await answer(child)
  return {
    failed,
    output,
    run() {
      child.send('run')
      return answer(child)
    },
    end: () => void child.kill(),
  }
}

/** The next thing that a child says. @param {import('node:child_process').ChildProcess} child @returns {Promise<any>} */
function answer(child) {
  return new Promise((resolve) => {
    const gone = () => resolve({ failed: 'it ended' })
    child.once('exit', gone)
    child.once('message', (message) => {
      child.off('exit', gone)
      resolve(message)
    })
  })
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [below = Number.NaN, at = Number.NaN] = [sorted[middle - 1], sorted[middle]]
  return sorted.length % 2 ? at : (below + at) / 2
}
