// What lists, searches and inserts cost in a large index against a small one, by the stores' own queries: in time, and in the
// rows that D1 charges for. Ends with 1 when a ratio of medians is over 1.5; searches for rare words are shown and not judged.
//   node scripts/million.mjs [large] [small]     messages; 1000000 and 10000 without them
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { getPlatformProxy } from 'wrangler'

// By name at run time: the stores are checked with the types of the Worker, which scripts do not have.
const from = (path) => import(new URL(`../src/${path}`, import.meta.url).href)
const { startOfDay } = await from('domain/people.ts')
const { createIndexStore } = await from('store/index-store.ts')
const { createPeopleStore } = await from('store/people.ts')
const { createSearchStore } = await from('store/search.ts')

const MIGRATIONS = fileURLToPath(new URL('../src/store/migrations/', import.meta.url))
const ACCOUNT = 'acc_0000000000000000000001'
const OWN = '+14165550100'
const PER_CONVERSATION = 20
const START = Date.UTC(2026, 0, 1)
const STEP = 1_000
const WARM = 20
const ROUNDS = 400
const MOST = 1.5
/** Grow slowly with the account: whatever is frequent beside them is skipped page by page. */
const RARE = ['search: a word of one message', 'search: both']
/** Different words that people use, of which some are frequent and most are not. */
const VOCABULARY = 20_000

/** A word of two to four syllables; the same number gives the same word. */
function word(n) {
  const syllables = [
    'ba',
    'ke',
    'di',
    'go',
    'lu',
    'ma',
    'ne',
    'pi',
    'ro',
    'su',
    'ta',
    've',
    'wi',
    'yo',
    'cha',
    'ste',
  ]
  let text = ''
  for (let rest = n + 16; rest > 0; rest = Math.floor(rest / 16)) text += syllables[rest % 16]
  return text
}

/** Ids of conversations have no order: they are a hash. Multiplying by an odd number modulo 2^22 mixes and repeats nothing. */
const mixed = (sql) => `((${sql}) * 2654435 % 4194304)`
const conversationId = (n) => `cnv_${String((n * 2654435) % 4194304).padStart(22, '0')}`
const order = (n) => `order${String(n).padStart(8, '0')}`
const address = (n) => `+1613${String(n).padStart(7, '0')}`

/** Makes a local D1 in a folder, so that its file is there, and gives the file. */
async function emptyD1(folder) {
  const config = join(folder, 'wrangler.json')
  writeFileSync(
    config,
    JSON.stringify({
      name: 'scale',
      compatibility_date: '2026-10-15',
      d1_databases: [{ binding: 'DB', database_name: 'scale', database_id: 'scale' }],
    }),
  )
  const proxy = () => getPlatformProxy({ configPath: config, persist: { path: join(folder, 'state') } })
  const { env, dispose } = await proxy()
  await env.DB.prepare('SELECT 1').run()
  await dispose()
  const found = readdirSync(folder, { recursive: true }).find(
    (name) => /[0-9a-f]{64}\.sqlite$/.test(String(name)) && String(name).includes('D1'),
  )
  if (found === undefined) throw new Error('The local D1 has no file')
  return { file: join(folder, String(found)), proxy }
}

/** Fills a database with messages, 20 a conversation, a second apart, every fifth of them with a picture. */
function seed(file, messages) {
  const sqlite = new DatabaseSync(file)
  sqlite.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -200000')
  for (const name of readdirSync(MIGRATIONS).sort())
    if (name.endsWith('.sql')) sqlite.exec(readFileSync(MIGRATIONS + name, 'utf8'))
  const conversations = messages / PER_CONVERSATION
  sqlite.exec('BEGIN; CREATE TEMP TABLE vocabulary (n INTEGER PRIMARY KEY, word TEXT NOT NULL)')
  const add = sqlite.prepare('INSERT INTO vocabulary (n, word) VALUES (?, ?)')
  for (let n = 0; n < VOCABULARY; n++) add.run(n, word(n))
  // A number from 0 to 1 of a message's number, another one for each place; its fourth power prefers the first words.
  const chance = (place) => `((i * 48271 + ${place} * 69621) * 16807 % 2147483647 / 2147483647.0)`
  const said = Array.from({ length: 8 }, (_, place) => {
    const at = chance(place + 1)
    return `(SELECT word FROM vocabulary WHERE n = CAST(${VOCABULARY} * ${at} * ${at} * ${at} * ${at} AS INTEGER))`
  }).join(` || ' ' || `)
  sqlite.exec(`
    INSERT INTO accounts (id, name, created_at) VALUES ('${ACCOUNT}', 'Large', 0);
    INSERT INTO numbers (account, address, type, country, sms, mms, vendor, is_default, created_at)
      VALUES ('${ACCOUNT}', '${OWN}', 'long-code', 'CA', 1, 1, 'simulator', 1, 0);
    CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${messages - 1})
      SELECT i, i % ${conversations} AS c FROM n;
    INSERT INTO messages (id, account, conversation, sequence, direction, channel, vendor, vendor_id, sender, recipients, text,
      parts, wire_bytes, state, created_at, updated_at, revision)
    SELECT printf('msg_%022d%022d', ${mixed('c')}, i), '${ACCOUNT}', printf('cnv_%022d', ${mixed('c')}),
      i / ${conversations} + 1, iif(i % 3 = 0, 'inbound', 'outbound'), iif(i % 5 = 0, 'mms', 'sms'), 'simulator', 'v' || i, '${OWN}',
      json_array(printf('+1613%07d', c)), printf('hello order%08d ', i) || ${said},
      i % 5 = 0, 100, 'delivered', ${START} + i * ${STEP}, ${START} + i * ${STEP}, 1 FROM n ORDER BY i;
    INSERT INTO parts (message, position, account, media, name, type, bytes, state)
    SELECT printf('msg_%022d%022d', ${mixed('c')}, i), 0, '${ACCOUNT}', printf('med_%022d', i), 'image1.jpg', 'image/jpeg', 90000,
      'stored' FROM n WHERE i % 5 = 0;
    INSERT INTO charges (message, account, number, kind, direction, units, amount, state, prepaid, at, changed_at)
    SELECT printf('msg_%022d%022d', ${mixed('c')}, i), '${ACCOUNT}', '${OWN}', 'sms', 'outbound', 1, 0, 'held', 0, 0, 0 FROM n;
    UPDATE charges SET state = 'settled';
    INSERT INTO recipients (account, address, wrote_at) SELECT '${ACCOUNT}', printf('+1613%07d', c), 1 FROM n WHERE i < ${conversations};
    INSERT INTO conversations (id, account, own, members, open, opened_at, touched_at, last_message, last_text, last_direction,
      last_state, last_parts, messages, last_at, created_at, updated_at)
    SELECT printf('cnv_%022d', ${mixed('i')}), '${ACCOUNT}', '${OWN}', json_array(printf('+1613%07d', i)), 0, 0, 0,
      printf('msg_%022d%022d', ${mixed('i')}, ${messages - conversations} + i), 'last', 'outbound', 'delivered', 0,
      ${PER_CONVERSATION}, ${START} + (${messages - conversations} + i) * ${STEP}, ${START}, ${START} FROM n WHERE i < ${conversations};
    INSERT INTO members (account, address, conversation)
    SELECT '${ACCOUNT}', printf('+1613%07d', i), printf('cnv_%022d', ${mixed('i')}) FROM n WHERE i < ${conversations};
    COMMIT;
    PRAGMA wal_checkpoint(TRUNCATE);`)
  sqlite.close()
}

/** A database of node:sqlite with the methods of D1 that the stores use; statements are prepared once, as D1 keeps them. */
function asD1(sqlite) {
  const kept = new Map()
  const prepared = (sql) => {
    if (!kept.has(sql)) kept.set(sql, sqlite.prepare(sql))
    return kept.get(sql)
  }
  const prepare = (sql) => ({
    bind: (...values) => {
      const named = Object.fromEntries(values.map((value, n) => [`?${n + 1}`, value]))
      const run = () => ({ meta: { changes: Number(prepared(sql).run(named).changes) } })
      return {
        all: async () => ({ results: prepared(sql).all(named) }),
        run: async () => run(),
        now: run,
      }
    },
  })
  return {
    prepare,
    async batch(statements) {
      sqlite.exec('BEGIN')
      try {
        const results = statements.map((one) => one.now())
        sqlite.exec('COMMIT')
        return results
      } catch (error) {
        sqlite.exec('ROLLBACK')
        throw error
      }
    },
  }
}

/** A D1 that counts the rows it would charge for. */
function counting(d1) {
  const rows = { read: 0, written: 0 }
  const count = (result) => {
    rows.read += result.meta.rows_read
    rows.written += result.meta.rows_written
    return result
  }
  const db = {
    prepare: (sql) => ({
      bind: (...values) => {
        const bound = d1.prepare(sql).bind(...values)
        const run = async () => count(await bound.run())
        return { all: run, run, bound }
      },
    }),
    batch: async (statements) => (await d1.batch(statements.map((one) => one.bound))).map(count),
  }
  return { db, rows }
}

const page = { cursor: null, limit: 50 }

/** What is measured, each as one question; `n` makes every round another one. */
function questions(db, messages) {
  const people = createPeopleStore({ db })
  const searches = createSearchStore({ db })
  const index = createIndexStore({ db })
  const conversations = messages / PER_CONVERSATION
  const last = new Date(START + messages * STEP)
  const day = last.toISOString().slice(0, 10)
  const today = startOfDay(day, 'America/Toronto') ?? 0
  const items = async (answer) => {
    const found = await answer
    if (!found.ok || found.value.items.length === 0) throw new Error('A question found nothing')
  }
  const search = async (words) => {
    const found = await searches.messages(ACCOUNT, words, null, 50)
    if (found.length === 0) throw new Error(`A search for ${words} found nothing`)
  }
  return {
    list: () => items(people.inbox(ACCOUNT, {}, page)),
    'search by number': (n) =>
      items(people.inbox(ACCOUNT, { member: address((n * 7) % conversations) }, page)),
    'date and time zone': () =>
      items(people.inbox(ACCOUNT, { after: today - 86_400_000, before: today + 2 * 86_400_000 }, page)),
    'search: a word of one message': (n) => search(order((n * 13) % messages)),
    'search: a word of every message': () => search('hello'),
    'search: both': (n) => search(`hello ${order((n * 13) % messages)}`),
    'search: its first three letters': () => search('hel'),
    insert: (n) =>
      index.project([
        {
          revision: 1,
          message: {
            id: `msg_${conversationId(n % conversations).slice(4)}${String(messages + n).padStart(22, '0')}`,
            account: ACCOUNT,
            conversation: conversationId(n % conversations),
            sequence: PER_CONVERSATION + 1 + n,
            direction: 'outbound',
            channel: 'sms',
            vendor: 'simulator',
            vendorId: `new${n}`,
            from: OWN,
            to: [address(n % conversations)],
            subject: null,
            text: `hello ${order(messages + n)} ${word(n)} ${word(n * 3)} ${word(n * 7)}`,
            parts: [],
            wireBytes: 100,
            state: 'submitted',
            certainty: null,
            reason: null,
            recipients: [],
            createdAt: last.getTime() + n,
            updatedAt: last.getTime() + n,
          },
        },
      ]),
  }
}

/** Rows read and written by one question, on average. */
async function rowsOf(proxy, messages) {
  const { env, dispose } = await proxy()
  const { db, rows } = counting(env.DB)
  const asked = questions(db, messages)
  const counted = {}
  for (const [name, ask] of Object.entries(asked)) {
    rows.read = 0
    rows.written = 0
    for (let n = 0; n < WARM; n++) await ask(n)
    counted[name] = { read: rows.read / WARM, written: rows.written / WARM }
  }
  await dispose()
  return counted
}

/** Times in milliseconds of both, asked in turn so that a busy machine slows both alike. */
async function timesOf(files, sizes) {
  const asked = files.map((file, n) => questions(asD1(new DatabaseSync(file)), sizes[n]))
  const found = sizes.map(() => ({}))
  for (const name of Object.keys(asked[0])) {
    const times = sizes.map(() => [])
    for (let n = WARM; n < WARM + WARM + ROUNDS; n++)
      for (const [which, ask] of asked.entries()) {
        const begun = performance.now()
        await ask[name](n)
        if (n >= 2 * WARM) times[which].push(performance.now() - begun)
      }
    for (const [which, list] of times.entries()) {
      const mean = list.reduce((sum, one) => sum + one, 0) / list.length
      found[which][name] = { median: list.sort((a, b) => a - b)[list.length >> 1], mean }
    }
  }
  return found
}

const large = Number(process.argv[2] ?? 1_000_000)
const small = Number(process.argv[3] ?? 10_000)
const folder = mkdtempSync(join(tmpdir(), 'belino-scale-'))
try {
  const sizes = [small, large]
  const files = []
  const rows = []
  for (const size of sizes) {
    const place = mkdtempSync(join(folder, 'd1-'))
    const { file, proxy } = await emptyD1(place)
    seed(file, size)
    console.log(`${size} messages: ${(statSync(file).size / size).toFixed(0)} bytes each`)
    files.push(file)
    rows.push(await rowsOf(proxy, size))
  }
  const [few, many] = await timesOf(files, sizes)
  let over = false
  const header = `| | ${small}, ms | ${large}, ms | ratio | ratio of means | rows read | rows read, ${large} | rows written | rows written, ${large} |`
  console.log(`${header}\n|---${'|--:'.repeat(8)}|`)
  for (const name of Object.keys(few)) {
    const ratio = many[name].median / few[name].median
    over ||= ratio > MOST && !RARE.includes(name)
    const counted = ['read', 'written'].flatMap((kind) => rows.map((one) => one[name][kind].toFixed(1)))
    const figures = [
      ...[few[name].median.toFixed(3), many[name].median.toFixed(3), ratio.toFixed(2)],
      ...[(many[name].mean / few[name].mean).toFixed(2), ...counted],
    ]
    console.log(`| ${name} | ${figures.join(' | ')} |`)
  }
  if (over) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
