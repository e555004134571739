// What lists, searches and inserts cost in a large index against a small one: the stores' own queries, on SQLite in memory.
// D1 is SQLite over a network, so the ratio carries over and the milliseconds do not.
//   node scripts/million.mjs [large] [small]     messages; 1000000 and 10000 without them
import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'

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
const ROUNDS = 200
const MOST = 1.5

/** A database of node:sqlite with the methods of D1 that the stores use. */
function asD1(sqlite) {
  const prepare = (sql) => ({
    bind: (...values) => {
      const named = Object.fromEntries(values.map((value, n) => [`?${n + 1}`, value]))
      const statement = sqlite.prepare(sql)
      return {
        all: async () => ({ results: statement.all(named) }),
        run: async () => ({ meta: { changes: Number(statement.run(named).changes) } }),
        now: () => ({ meta: { changes: Number(statement.run(named).changes) } }),
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

/** Fills an index with messages, 20 a conversation, a second apart; a word in every thousandth is rare. */
function seed(messages) {
  const sqlite = new DatabaseSync(':memory:')
  for (const name of readdirSync(MIGRATIONS).sort())
    if (name.endsWith('.sql')) sqlite.exec(readFileSync(MIGRATIONS + name, 'utf8'))
  const conversations = messages / PER_CONVERSATION
  sqlite.exec(`
    BEGIN;
    INSERT INTO accounts (id, name, created_at) VALUES ('${ACCOUNT}', 'Large', 0);
    INSERT INTO numbers (account, address, type, country, sms, mms, vendor, is_default, created_at)
      VALUES ('${ACCOUNT}', '${OWN}', 'long-code', 'CA', 1, 1, 'simulator', 1, 0);
    CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${messages - 1}) SELECT i FROM n;
    INSERT INTO messages (id, account, conversation, sequence, direction, channel, vendor, vendor_id, sender, recipients, text,
      parts, wire_bytes, state, created_at, updated_at, revision)
    SELECT printf('msg_%022d%022d', i % ${conversations}, i), '${ACCOUNT}', printf('cnv_%022d', i % ${conversations}),
      i / ${conversations} + 1, iif(i % 3 = 0, 'inbound', 'outbound'), 'sms', 'simulator', 'v' || i, '${OWN}',
      json_array(printf('+1613%07d', i % ${conversations})), 'message ' || i || iif(i % 1000 = 0, ' rare' || (i / 1000 % 10), ''),
      0, 100, 'delivered', ${START} + i * ${STEP}, ${START} + i * ${STEP}, 1 FROM n;
    INSERT INTO conversations (id, account, own, members, open, opened_at, touched_at, last_message, last_text, last_direction,
      last_state, last_parts, messages, last_at, created_at, updated_at)
    SELECT printf('cnv_%022d', i), '${ACCOUNT}', '${OWN}', json_array(printf('+1613%07d', i)), 0, 0, 0,
      printf('msg_%022d%022d', i, i), 'last', 'outbound', 'delivered', 0, ${PER_CONVERSATION},
      ${START} + (${messages - conversations} + i) * ${STEP}, ${START}, ${START} FROM n WHERE i < ${conversations};
    INSERT INTO members (account, address, conversation)
    SELECT '${ACCOUNT}', printf('+1613%07d', i), printf('cnv_%022d', i) FROM n WHERE i < ${conversations};
    COMMIT;`)
  return asD1(sqlite)
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
  return {
    list: () => items(people.inbox(ACCOUNT, {}, page)),
    'search by number': (n) =>
      items(
        people.inbox(ACCOUNT, { member: `+1613${String((n * 7) % conversations).padStart(7, '0')}` }, page),
      ),
    'date and time zone': () =>
      items(people.inbox(ACCOUNT, { after: today - 86_400_000, before: today + 2 * 86_400_000 }, page)),
    'search by word': async (n) => {
      const found = await searches.messages(ACCOUNT, `message ${(n * 13) % messages}`, null, 50)
      if (found.length === 0) throw new Error('A search found nothing')
    },
    insert: (n) =>
      index.project([
        {
          revision: 1,
          message: {
            id: `msg_${String(n % conversations).padStart(22, '0')}${String(messages + n).padStart(22, '0')}`,
            account: ACCOUNT,
            conversation: `cnv_${String(n % conversations).padStart(22, '0')}`,
            sequence: PER_CONVERSATION + 1 + n,
            direction: 'outbound',
            channel: 'sms',
            vendor: 'simulator',
            vendorId: `new${n}`,
            from: OWN,
            to: [`+1613${String(n % conversations).padStart(7, '0')}`],
            subject: null,
            text: `another ${n}`,
            parts: [],
            wireBytes: 100,
            state: 'accepted',
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

/** Medians in milliseconds of both, asked in turn so that a busy machine slows both alike. */
async function measure(sizes) {
  const asked = sizes.map((size) => questions(seed(size), size))
  const medians = sizes.map(() => ({}))
  for (const name of Object.keys(asked[0])) {
    const times = sizes.map(() => [])
    for (let n = 0; n < ROUNDS; n++)
      for (const [which, ask] of asked.entries()) {
        const begun = performance.now()
        await ask[name](n)
        times[which].push(performance.now() - begun)
      }
    for (const [which, list] of times.entries()) medians[which][name] = list.sort((a, b) => a - b)[ROUNDS / 2]
  }
  return medians
}

const large = Number(process.argv[2] ?? 1_000_000)
const small = Number(process.argv[3] ?? 10_000)
const [few, many] = await measure([small, large])
let over = false
console.log(`question | ${small} messages, ms | ${large} messages, ms | ratio`)
for (const name of Object.keys(few)) {
  const ratio = many[name] / few[name]
  over ||= ratio > MOST
  console.log(`${name} | ${few[name].toFixed(3)} | ${many[name].toFixed(3)} | ${ratio.toFixed(2)}`)
}
if (over) process.exitCode = 1
