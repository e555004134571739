import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { unstable_readConfig } from 'wrangler'
import { prebuiltWorker, root } from './prebuilt-worker.mjs'
import { groupCpu, killGroup, signalGroup, startWrangler, stopGroup } from './process-group.mjs'
import { eachLine } from './wrangler-output.mjs'

/** The root key of local Workers: a test that signs as the carrier does needs it, and it opens nothing anywhere else. */
export const LOCAL_ROOT_KEY = 'a-root-key-that-opens-nothing-anywhere-else'

/** A port of this machine that nobody uses now. */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

/**
 * A Worker that `wrangler dev` runs on this machine, from a bundle of its own and with data in a folder that outlives it.
 *
 * @typedef {object} LocalWorker
 * @property {string} origin
 * @property {(pauseAt?: string) => Promise<Run>} start starts it, migrated; a named step makes it wait there (`src/pause.ts`)
 *
 * @typedef {object} Run
 * @property {number} bornIn milliseconds from the start of wrangler to the first answer
 * @property {(listener: (line: string) => void) => () => void} listen hears every line from now on; gives the way to stop
 * @property {() => number} cut sends SIGKILL to all of it and gives the time; `gone` waits for the end
 * @property {() => Promise<void>} gone
 * @property {() => Promise<void>} stop
 * @property {() => string[]} lines what it has said
 * @property {() => number | null} cpu milliseconds of CPU that all of it has used; null where the system does not tell
 */

/**
 * Lays out a folder with the Worker's configuration, variables and empty, migrated storage.
 *
 * @param {string} folder
 * @param {{ persistTo?: string, main?: string }} [options] `main` is a bundled Worker in place of the one that is deployed
 * @returns {Promise<LocalWorker>}
 */
export async function createLocalWorker(folder, { persistTo = join(folder, 'state'), main } = {}) {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const config = join(folder, 'wrangler.json')
  await mkdir(folder, { recursive: true })
  await writeFile(config, JSON.stringify(await configuration(main)))
  const variables = (pauseAt) =>
    writeFile(
      join(folder, '.dev.vars'),
      `BELINO_ROOT_KEY=${LOCAL_ROOT_KEY}\nBELINO_LOCAL=1\nBELINO_DEV_KEY=dev-key\nBELINO_PAUSE_AT=${pauseAt}\n`,
      { mode: 0o600 },
    )
  await variables('')
  await migrate(folder, ['--config', config, '--persist-to', persistTo])

  return {
    origin,
    async start(pauseAt = '') {
      await variables(pauseAt)
      const started = performance.now()
      const child = startWrangler(
        root,
        [
          'dev',
          ...['--config', config, '--persist-to', persistTo, '--ip', '127.0.0.1', '--port', String(port)],
          ...['--inspector-port', '0', '--show-interactive-dev-session=false'],
        ],
        { cwd: folder },
      )
      /** @type {string[]} */
      const lines = []
      /** @type {Set<(line: string) => void>} */
      const listeners = new Set()
      const take = (line) => {
        lines.push(line)
        for (const listener of listeners) listener(line)
      }
      eachLine(child.stdout, take)
      eachLine(child.stderr, take)
      await untilAnswers(origin, child, lines)
      return {
        bornIn: performance.now() - started,
        listen(listener) {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
        cut() {
          signalGroup(child, 'SIGKILL')
          return performance.now()
        },
        gone: () => killGroup(child),
        stop: () => stopGroup(child),
        lines: () => lines,
        cpu: () => groupCpu(child),
      }
    },
  }
}

/** What wrangler adds to a configuration when it reads one, and what is about building or serving it. */
const NOT_CARRIED = new Set([
  ...['configPath', 'userConfigPath', 'topLevelName', 'jsx_factory', 'jsx_fragment', 'python_modules'],
  ...['logfwdr', 'build', 'dev', 'main'],
])

/** The Worker as it is deployed, taken from the bundle as it lies there. */
async function configuration(main) {
  const read = unstable_readConfig({ config: join(root, 'wrangler.toml') }, { hideWarnings: true })
  const isSaid = (value) =>
    value !== null && value !== undefined && (typeof value !== 'object' || Object.keys(value).length > 0)
  const carried = Object.entries(read).filter(([name, value]) => !NOT_CARRIED.has(name) && isSaid(value))
  return {
    ...Object.fromEntries(carried),
    main: main ?? join(await prebuiltWorker(), 'worker.js'),
    d1_databases: read.d1_databases.map((one) => ({
      ...one,
      migrations_dir: join(root, one.migrations_dir ?? ''),
    })),
    no_bundle: true,
    find_additional_modules: true,
  }
}

async function migrate(folder, args) {
  const child = startWrangler(root, ['d1', 'migrations', 'apply', 'DB', '--local', ...args], { cwd: folder })
  const said = []
  eachLine(child.stdout, (line) => said.push(line))
  eachLine(child.stderr, (line) => said.push(line))
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`The migrations failed:\n${said.join('\n')}`)
}

const BIRTH = 60_000

async function untilAnswers(origin, child, lines) {
  const end = Date.now() + BIRTH
  for (;;) {
    const signal = AbortSignal.timeout(5000)
    const response = await fetch(`${origin}/health`, { signal }).catch(() => null)
    await response?.body?.cancel()
    if (response?.ok) return
    if (child.exitCode !== null || Date.now() > end) {
      await killGroup(child)
      throw new Error(`The Worker does not start:\n${lines.slice(-30).join('\n')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
