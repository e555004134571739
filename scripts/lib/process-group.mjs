import { spawn } from 'node:child_process'

const ownGroups = process.platform !== 'win32'

/** Wrangler's own chatter switched off where it has a switch, and nothing asked of a person. */
const QUIET = {
  CI: '1',
  NO_COLOR: '1',
  FORCE_COLOR: '0',
  NO_UPDATE_NOTIFIER: '1',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  // Where a request comes from is made up locally: asking for it fails with a stack trace on a machine that is offline.
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

/**
 * Starts wrangler at the head of a process group of its own, so that the workerds it starts can be stopped with it.
 *
 * @param {string} root the folder of the checkout
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string }} [options]
 */
export function startWrangler(root, args, { env = {}, cwd = root } = {}) {
  return spawn(process.execPath, [`${root}/node_modules/wrangler/bin/wrangler.js`, ...args], {
    cwd,
    env: { ...process.env, ...QUIET, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroups,
  })
}

/**
 * Signals a child and everything it started. Says whether there was anybody to hear it.
 *
 * @param {import('node:child_process').ChildProcess} child started by `startWrangler`
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(child, signal) {
  if (child.pid === undefined) return false
  if (!ownGroups) return child.kill(signal)
  try {
    return process.kill(-child.pid, signal)
  } catch {
    return false
  }
}

/**
 * Asks a group to stop, and makes it stop when it does not. Resolves when nobody of it is left.
 *
 * @param {import('node:child_process').ChildProcess} child started by `startWrangler`
 * @param {number} [patience] milliseconds
 */
export async function stopGroup(child, patience = 5000) {
  signalGroup(child, 'SIGTERM')
  const end = Date.now() + patience
  while (groupLives(child)) {
    if (Date.now() > end) signalGroup(child, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function groupLives(child) {
  if (child.pid === undefined) return false
  if (!ownGroups) return child.exitCode === null && child.signalCode === null
  try {
    return process.kill(-child.pid, 0)
  } catch {
    return false
  }
}
