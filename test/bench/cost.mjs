// What one message costs in the units of Cloudflare's price list, counted while it is sent, delivered and reported.
//   node test/bench/cost.mjs [--messages 40] [--statements]
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { read } from '../../scripts/lib/durability-client.mjs'
import { createLocalWorker } from '../../scripts/lib/local-worker.mjs'
import { bundle, root } from '../../scripts/lib/prebuilt-worker.mjs'

const { values } = parseArgs({
  options: { messages: { type: 'string', default: '40' }, statements: { type: 'boolean', default: false } },
})
const MESSAGES = Number(values.messages)
const KEY = { authorization: 'Bearer dev-key' }
const DRAIN = 60_000
const QUIET = 4_000

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms))

const folder = await mkdtemp(join(tmpdir(), 'belino-cost-'))
await bundle(join(folder, 'bundle'), join(root, 'test/bench/counted-worker.ts'))
const worker = await createLocalWorker(folder, { main: join(folder, 'bundle/counted-worker.js') })
const running = await worker.start()
const { origin } = worker

/** @param {string} path @param {RequestInit} init */
async function ask(path, init) {
  const response = await fetch(origin + path, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`)
  return JSON.parse(text)
}

/** @returns {Promise<{ counts: Record<string, number>, statements: Record<string, number> }>} */
const counts = () => ask('/counts', {})

/**
 * Sends messages one after the other, each to somebody else, and gives what one of them cost, with its delivery and receipts.
 *
 * @param {(n: number) => Record<string, unknown>} message
 * @param {number} first
 */
async function measure(message, first) {
  await counts()
  const sent = []
  for (let n = 0; n < MESSAGES; n++) {
    const headers = { ...KEY, 'content-type': 'application/json', 'idempotency-key': `cost-${first + n}` }
    sent.push(
      await ask('/v1/messages', { method: 'POST', headers, body: JSON.stringify(message(first + n)) }),
    )
  }
  const end = performance.now() + DRAIN
  let looks = 0
  for (let waiting = sent; waiting.length > 0; ) {
    if (performance.now() > end) throw new Error('Messages are stuck')
    await pause(QUIET)
    const now = await Promise.all(waiting.map(({ id }) => read(origin, `/v1/messages/${id}`)))
    looks += waiting.length
    waiting = waiting.filter((_, n) => now[n].state !== 'delivered')
  }
  const all = await counts()
  // Our own looking: a request, the lookup of the key, and a call of the object each.
  const own = {
    'Worker requests': 1,
    'D1 calls': 1,
    'D1 statements': 1,
    'D1 rows read': 1,
    'DO requests': 1,
    'DO requests Conversation.message': 1,
  }
  const each = Object.entries(all.counts).map(([name, total]) => [
    name,
    (total - (own[/** @type {keyof typeof own} */ (name)] ?? 0) * looks) / MESSAGES,
  ])
  return { each: Object.fromEntries(each), statements: all.statements }
}

/** How large the databases of each class of objects have become. */
async function sizes() {
  /** @type {Record<string, { files: number, bytes: number }>} */
  const found = {}
  for (const name of await readdir(folder, { recursive: true })) {
    const kind = /([A-Za-z0-9]+)[/\\][0-9a-f]{64}\.sqlite$/.exec(name)?.[1]
    if (kind === undefined) continue
    const database = new DatabaseSync(join(folder, name))
    const pages = database
      .prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size')
      .get()
    database.close()
    const { files, bytes } = found[kind] ?? { files: 0, bytes: 0 }
    found[kind] = { files: files + 1, bytes: bytes + Number(pages?.bytes) }
  }
  return found
}

try {
  await ask('/health', {})
  const media = await ask('/v1/media', {
    method: 'POST',
    headers: KEY,
    body: new Uint8Array(
      await (await import('sharp'))
        .default({
          create: { width: 1280, height: 960, channels: 3, background: '#808080' },
        })
        .jpeg()
        .toBuffer(),
    ),
  })
  const to = (/** @type {number} */ n) => `+1613${String(2_000_000 + n)}`
  // The first ones find cold code and new threads; so do all: most messages of a campaign begin a thread.
  const cases = {
    'text, a new thread each': await measure((n) => ({ to: to(n), text: `text ${n}` }), 0),
    'text, the same threads again': await measure(
      (n) => ({ to: to(n - MESSAGES), text: `text ${n}` }),
      MESSAGES,
    ),
    'a picture, threads that are there': await measure(
      (n) => ({ to: to(n - 2 * MESSAGES), text: `picture ${n}`, media: [{ id: media.id }] }),
      2 * MESSAGES,
    ),
  }
  const names = [...new Set(Object.values(cases).flatMap(({ each }) => Object.keys(each)))].sort()
  console.log(`| counted, each message | ${Object.keys(cases).join(' | ')} |`)
  console.log(`|---|${'--:|'.repeat(Object.keys(cases).length)}`)
  for (const name of names)
    console.log(
      `| ${name} | ${Object.values(cases)
        .map(({ each }) => (each[name] ?? 0).toFixed(1))
        .join(' | ')} |`,
    )
  if (values.statements)
    for (const [name, { statements }] of Object.entries(cases)) {
      console.log(`\n${name}`)
      for (const [sql, times] of Object.entries(statements).sort())
        console.log(`${(times / MESSAGES).toFixed(2).padStart(8)}  ${sql}`)
    }
  await running.stop()
  for (const [kind, { files, bytes }] of Object.entries(await sizes()))
    console.log(`${kind}: ${files} databases, ${Math.round(bytes / files)} bytes each`)
} finally {
  await running.stop()
  await rm(folder, { recursive: true, force: true })
}
