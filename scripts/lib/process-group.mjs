import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ownGroups = process.platform !== 'win32'
const keeper = fileURLToPath(new URL('keeper.mjs', import.meta.url))

/** Wrangler's own chatter switched off where it has a switch, and nothing asked of a person. */
const QUIET = {
  CI: '1',
  NO_COLOR: '1',
  FORCE_COLOR: '0',
  // Wrangler's own trace of every request: nobody reads it here, and it syncs the disk a dozen times a message.
  X_LOCAL_OBSERVABILITY: 'false',
  NO_UPDATE_NOTIFIER: '1',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  // Where a request comes from is made up locally: asking for it fails with a stack trace on a machine that is offline.
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

/**
 * Starts wrangler in a process group of its own, so that the workerds it starts can be stopped with it. The group ends when this
 * process does, even if it is killed.
 *
 * @param {string} root the folder of the checkout
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string }} [options]
 */
export function startWrangler(root, args, { env = {}, cwd = root } = {}) {
  const wrangler = `${root}/node_modules/wrangler/bin/wrangler.js`
  return spawn(process.execPath, [keeper, process.execPath, wrangler, ...args], {
    cwd,
    env: { ...process.env, ...QUIET, ...env },
    // The input is a pipe that nobody writes to: it breaks when this process ends.
    stdio: ['pipe', 'pipe', 'pipe'],
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

/** After SIGKILL only the system's own bookkeeping is left to wait for, and not for ever: milliseconds. */
const BURIAL = 2000

/**
 * Asks a group to stop, and makes it stop when it does not. Resolves when nobody of it is left.
 *
 * @param {import('node:child_process').ChildProcess} child started by `startWrangler`
 * @param {number} [patience] milliseconds before SIGKILL
 */
export async function stopGroup(child, patience = 5000) {
  signalGroup(child, 'SIGTERM')
  if (!(await isGone(child, patience))) await killGroup(child)
}

/**
 * Ends a group as a power cut would: no handler of it runs.
 *
 * @param {import('node:child_process').ChildProcess} child started by `startWrangler`
 */
export async function killGroup(child) {
  signalGroup(child, 'SIGKILL')
  await isGone(child, BURIAL)
}

async function isGone(child, within) {
  const end = Date.now() + within
  while (groupLives(child)) {
    if (Date.now() > end) return false
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}

function groupLives(child) {
  if (child.pid === undefined) return false
  if (!ownGroups) return child.exitCode === null && child.signalCode === null
  try {
    process.kill(-child.pid, 0)
  } catch {
    return false
  }
  return process.platform !== 'linux' || hasLivingMember(child.pid)
}

/** Whether anybody of a group still runs: the dead of a killed group stay listed until the first process buries them. */
const hasLivingMember = (group) => members(group).some(({ state }) => state !== 'Z' && state !== 'X')

/** The kernel's clock ticks a second in /proc, whatever its own clock runs at. */
const TICKS = 100

/**
 * CPU that a group has used so far, in milliseconds; null where the system does not tell.
 *
 * @param {import('node:child_process').ChildProcess} child started by `startWrangler`
 */
export function groupCpu(child) {
  if (process.platform !== 'linux' || child.pid === undefined) return null
  return members(child.pid).reduce((sum, { ticks }) => sum + (ticks / TICKS) * 1000, 0)
}

/** The processes of a group, as Linux lists them. */
function members(group) {
  const found = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The name before these may hold anything, also brackets and spaces.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (Number(fields[2]) === group)
        found.push({ state: fields[0], ticks: Number(fields[11]) + Number(fields[12]) })
    } catch {
      // It ended while the list was read.
    }
  }
  return found
}
