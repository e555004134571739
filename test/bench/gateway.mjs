// How many messages and webhooks the gateway takes, beside a route of the same Worker that does nothing (L-1, L-2, L-3).
//   node test/bench/gateway.mjs [--requests 400] [--seconds 8] [--disk] [--write]
// Every row stops at whichever comes first; --write puts the table into the README. Data lies in memory where the system has
// such a place: the local database syncs the disk for every statement, even a reading one, and would be all that is measured.
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { read } from '../../scripts/lib/durability-client.mjs'
import { createLocalWorker, LOCAL_ROOT_KEY } from '../../scripts/lib/local-worker.mjs'
import { root } from '../../scripts/lib/prebuilt-worker.mjs'
import { deriveKey } from '../../src/messaging/media-links.ts'
import { signHook } from '../../src/vendors/simulator/wire.ts'
import { load, loadTable } from './load.mjs'
import { writeIntoReadme } from './readme-table.mjs'
import { vendorHooks } from './vendor-hooks.mjs'

const { values } = parseArgs({
  strict: false,
  options: {
    requests: { type: 'string', default: '400' },
    seconds: { type: 'string', default: '8' },
    disk: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const bounds = { requests: Number(values.requests), seconds: Number(values.seconds) }
const KEY = { authorization: 'Bearer dev-key' }
const ACCOUNT = 'acc_demo000000000000000000'
/** Clients of one gateway; more only queue. */
const WIDTH = 16
const DRAIN = 120_000

/** Numbers kept free for fiction that are handsets like any other. @param {number} n */
const handset = (n) => `+1${['312', '415', '604', '617'][n % 4]}55501${20 + (Math.floor(n / 4) % 80)}`

/** @param {string} origin @param {() => number | null} cpu */
async function measure(origin, cpu) {
  /** @type {string[]} */
  const accepted = []
  /** Those of them that are still on their way. @type {string[]} */
  const pending = []
  /** @type {Map<string, { reference: string, recipient: string }>} */
  const known = new Map()

  /** @param {string} path @param {RequestInit} init @param {number} status */
  const ask = async (path, init, status) => {
    const response = await fetch(origin + path, init)
    const text = await response.text()
    if (response.status !== status) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`)
    return text
  }
  /** @param {Record<string, unknown>} message */
  const send = async (message) => {
    const headers = { ...KEY, 'content-type': 'application/json' }
    const answer = JSON.parse(
      await ask('/v1/messages', { method: 'POST', headers, body: JSON.stringify(message) }, 202),
    )
    accepted.push(answer.id)
    pending.push(answer.id)
    known.set(answer.id, { reference: answer.id, recipient: answer.to[0] })
  }

  const picture = await sharp({
    create: {
      width: 1280,
      height: 960,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 20 },
    },
  })
    .jpeg({ quality: 70 })
    .toBuffer()
  const stored = JSON.parse(
    await ask('/v1/media', { method: 'POST', headers: KEY, body: new Uint8Array(picture) }, 201),
  )
  const media = [{ id: stored.id }]
  const key = await deriveKey(LOCAL_ROOT_KEY, 'simulator-webhook')

  /** A signed report of an accepted message, with an event id of its own: it is claimed and written down. @param {number} n */
  const report = async (n) => {
    const { reference, recipient } = /** @type {any} */ (known.get(accepted[n % accepted.length] ?? ''))
    const id = `evt_${randomUUID()}`
    const at = Date.now()
    const event = {
      ...{
        type: 'message.status',
        event: id,
        account: ACCOUNT,
        at,
        reference,
        id: `sim_${reference}`,
        recipient,
      },
      ...{ state: 'submitted', certainty: 'carrier', code: null, text: null },
    }
    const body = new TextEncoder().encode(JSON.stringify(event))
    const headers = { 'content-type': 'application/json', ...(await signHook(key, { id, at, body })) }
    await ask(`/hooks/simulator/${ACCOUNT}`, { method: 'POST', headers, body }, 200)
  }

  const empty = async () => void (await ask('/health', {}, 200))
  const rows = []
  /** @param {string} name @param {string} alone @param {string} many @param {(n: number) => Promise<void>} work */
  const row = async (name, alone, many, work) => {
    // The first requests of a kind find cold code.
    await load({ name, width: 4, requests: 20, seconds: 3 }, work)
    for (const [width, ids, requests] of /** @type {const} */ ([
      [1, alone, bounds.requests / 4],
      [WIDTH, many, bounds.requests],
    ])) {
      await drained(origin, pending)
      const before = cpu()
      const measured = await load({ ...bounds, name, ids, width, requests }, work)
      // With what a request leaves to be done after its answer, and not with the cost of looking whether it is done.
      await quiet(cpu)
      const after = cpu()
      rows.push({
        ...measured,
        cpu: before === null || after === null ? null : (after - before) / measured.count,
      })
    }
    await drained(origin, pending)
  }

  await row('`GET /health`, the empty route', '', '', empty)
  await row('`POST /v1/messages`, text, many threads', 'L-1', 'L-2', (n) =>
    send({ to: handset(n), text: `text ${n}` }),
  )
  await row('the same, one thread', '', 'L-2', (n) => send({ to: '+16135550123', text: `text ${n}` }))
  await row('the same, with a stored picture', 'L-1', 'L-2', (n) =>
    send({ to: handset(n), text: `picture ${n}`, media }),
  )
  await row('a webhook acknowledged', 'L-3', 'L-3', report)
  for (const { name, post } of await vendorHooks(ask, KEY)) await row(name, 'L-3', 'L-3', post)
  return { rows, accepted: accepted.length }
}

/** Waits until the gateway has nothing to do. @param {() => number | null} cpu */
async function quiet(cpu) {
  const end = performance.now() + DRAIN
  for (let before = cpu(); performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    const now = cpu()
    if (before === null || now === null || now - before < 25) return
    before = now
  }
}

/**
 * Waits until every pending message has been delivered, and takes it out. One that never is was lost.
 *
 * @param {string} origin
 * @param {string[]} pending
 */
async function drained(origin, pending) {
  const started = performance.now()
  while (pending.length > 0) {
    if (performance.now() - started > DRAIN)
      throw new Error(`${pending.length} messages were lost or are stuck`)
    const asked = pending.splice(0, 20)
    const states = await Promise.all(
      asked.map(async (id) => (await read(origin, `/v1/messages/${id}`)).state),
    )
    const open = asked.filter((_, n) => states[n] !== 'delivered')
    if (open.length > 0) await new Promise((resolve) => setTimeout(resolve, 50))
    pending.push(...open)
  }
}

/** @param {string} name */
const version = (name) =>
  JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version

const memory = !values.disk && existsSync('/dev/shm')
const folder = await mkdtemp(join(memory ? '/dev/shm' : tmpdir(), 'belino-bench-'))
const run = await (async () => {
  const worker = await createLocalWorker(folder)
  return { worker, running: await worker.start() }
})()
try {
  const { rows, accepted } = await measure(run.worker.origin, run.running.cpu)
  const processors = cpus()
  const processor = `${processors.length} cores of ${processors[0]?.model ?? 'an unknown processor'}`
  const [oneMinute = 0] = loadavg()
  const table = `${loadTable(rows)}

${accepted} messages accepted, every one delivered. By \`npm run bench\` on ${processor} (load ${oneMinute.toFixed(1)} at the end, client included),
\`wrangler dev\` ${version('wrangler')} with workerd ${version('workerd')}, which runs every Worker, object and database of this on one thread; Node ${process.versions.node}, Hono
${version('hono')}; data ${memory ? 'in memory' : 'on disk'}. CPU is that of all processes of the gateway, with the delivery, the simulated carrier and its webhooks. Targets: L-1
15 / 60 ms, L-2 50 a second in one thread and 300 in many, L-3 p99 300 ms.`
  console.log(table)
  if (values.write) await writeIntoReadme('gateway', table)
} finally {
  await run.running.stop()
  await rm(folder, { recursive: true, force: true })
}
