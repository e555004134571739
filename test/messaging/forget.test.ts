import { listDurableObjectIds, runInDurableObject, SELF } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, expect, it } from 'vitest'
import { createMediaStore } from '../../src/store/media.ts'
import { bindings, migrated } from '../store/bindings.ts'

const spaces = env as unknown as Record<
  'CONVERSATION' | 'LIVE' | 'SUBSCRIBER' | 'NUMBER',
  DurableObjectNamespace
>
const { BELINO_ROOT_KEY } = env as unknown as { BELINO_ROOT_KEY: string }

const OWN = '+14165550142'
const GONE = '+16135550188'
const STAYS = '+16135550177'
/** What must not be found anywhere afterwards: the number however it is written, and words that only it was told. */
const CANARIES = [
  '6135550188',
  'quokkazanzibar',
  'wombatlabel',
  'numbatnote',
  'bilbyname',
  'potoroofile',
  'bettongpage',
  'dunnarttemplate',
]

let key = ''
const ask = async (path: string, json?: unknown, more: RequestInit = {}): Promise<Response> =>
  await SELF.fetch(`https://gateway.example${path}`, {
    method: json === undefined ? 'GET' : 'POST',
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...more,
    headers: {
      authorization: `Bearer ${key}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(more.headers as Record<string, string>),
    },
  })
// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely; a wrong guess fails the test.
const told = async (path: string, json?: unknown, more?: RequestInit): Promise<any> => {
  const response = await ask(path, json, more)
  const body = await response.text()
  expect(response.status, `${path}: ${body}`).toBeLessThan(300)
  return body === '' ? null : JSON.parse(body)
}
const until = async <T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> => {
  for (let tries = 0; tries < 400; tries++) {
    const seen = await look()
    if (seen) return seen
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`waited for ${what} in vain`)
}
const reply = async (from: string, text: string): Promise<void> => {
  const form = new FormData()
  form.append('to', OWN)
  form.append('text', text)
  await told(`/v1/simulator/handsets/${encodeURIComponent(from)}/reply`, undefined, {
    method: 'POST',
    body: form,
  })
}

/** A value of SQLite as text: blobs letter by letter, so that words inside an index are seen. */
const readable = (value: unknown): string =>
  value instanceof ArrayBuffer || Array.isArray(value)
    ? String.fromCharCode(...new Uint8Array(value as ArrayBuffer))
    : String(value)

/** Everything that D1, R2 and the objects hold, each piece with where it lies. */
async function everything(): Promise<{ where: string; text: string }[]> {
  const found: { where: string; text: string }[] = []
  const tables = await bindings.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{
    name: string
  }>()
  for (const { name } of tables.results) {
    if (/^_cf|^sqlite_stat/.test(name)) continue
    const rows = await bindings.DB.prepare(`SELECT * FROM "${name}"`).all()
    for (const row of rows.results)
      found.push({ where: `D1 ${name}`, text: Object.values(row).map(readable).join(' ') })
  }
  const list = await bindings.MEDIA.list()
  for (const { key: name } of list.objects) {
    const bytes = await (await bindings.MEDIA.get(name))?.arrayBuffer()
    found.push({ where: 'R2', text: `${name} ${readable(bytes)}` })
  }
  for (const [space, namespace] of Object.entries(spaces)) {
    if (!['CONVERSATION', 'LIVE', 'SUBSCRIBER', 'NUMBER'].includes(space)) continue
    for (const id of await listDurableObjectIds(namespace))
      await runInDurableObject(namespace.get(id), async (_instance, state) => {
        const inside = state.storage.sql
          .exec<{ name: string }>(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
          )
          .toArray()
        for (const { name } of inside)
          for (const row of state.storage.sql.exec(`SELECT * FROM "${name}"`).toArray())
            found.push({ where: `${space} ${name}`, text: Object.values(row).map(readable).join(' ') })
      })
  }
  return found
}
const places = async (canary: string): Promise<string[]> => [
  ...new Set(
    (await everything())
      .filter(({ text }) => text.toLowerCase().includes(canary.toLowerCase()))
      .map(({ where }) => where),
  ),
]

beforeAll(async () => {
  await migrated()
  const made = await SELF.fetch('https://gateway.example/v1/accounts', {
    method: 'POST',
    headers: { authorization: `Bearer ${BELINO_ROOT_KEY}` },
    body: JSON.stringify({ name: 'Forgetful' }),
  })
  key = ((await made.json()) as { keys: { key: string }[] }).keys[0]!.key
  await told('/v1/numbers', { number: OWN, vendor: 'simulator', default: true })
})

it('leaves nothing of a forgotten number anywhere, but the hash of its opt-out', async () => {
  // An endpoint that never answers keeps bodies waiting.
  await told('/v1/webhooks', { url: 'https://customer.example/hook' })
  const vcard = `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Potoroofile\r\nN:Potoroofile;;;;\r\nTEL:${GONE}\r\nEND:VCARD\r\n`
  const form = new FormData()
  form.append('to', GONE)
  form.append('text', 'The quokkazanzibar is here')
  form.append('media', new Blob([vcard], { type: 'text/vcard' }), 'someone.vcf')
  const sent = await told('/v1/messages', undefined, {
    method: 'POST',
    body: form,
    headers: { 'idempotency-key': 'once' },
  })
  await told('/v1/messages', { to: [GONE, STAYS], text: 'A group with a quokkazanzibar' })
  await told('/v1/messages', {
    to: GONE,
    text: 'quokkazanzibar later',
    send_at: new Date(Date.now() + 3_600_000),
  })
  const kept = await told('/v1/messages', { to: STAYS, text: 'The dugong stays' })
  await until('delivery', async () =>
    ['delivered', 'failed'].includes((await told(`/v1/messages/${sent.id}`)).state),
  )
  await until(
    'delivery of the other',
    async () => (await told(`/v1/messages/${kept.id}`)).state === 'delivered',
  )
  // A group that somebody joined follows the one before, once the index knows of that one.
  const groups = 'SELECT conversation FROM members GROUP BY conversation HAVING count(*) > 1'
  await until('the index', async () => (await bindings.DB.prepare(groups).all()).results.length > 0)
  const joined = await told('/v1/messages', { to: [GONE, STAYS, '+16135550166'], text: 'And a third one' })
  const links = async () => (await bindings.DB.prepare('SELECT * FROM thread_links').all()).results
  await until('the link of the threads', async () => (await links()).length === 1)
  // A template that names the number, and a page of a picture that cannot go there as it is.
  await told('/v1/templates', { name: 'Dunnarttemplate', content: { type: 'text', text: `Call ${GONE}` } })
  await told(`/v1/recipients/${encodeURIComponent(GONE)}`, { mms: 'no' }, { method: 'PUT' })
  const page = new FormData()
  page.append('media', new Blob(['The bettongpage'], { type: 'text/plain' }), 'page.txt')
  const file = await told('/v1/media', undefined, { method: 'POST', body: page })
  await told('/v1/messages', { to: GONE, media: [{ id: (file.media?.[0] ?? file).id }], fallback: 'link' })
  const pages = async () => (await bindings.DB.prepare('SELECT * FROM link_pages').all()).results
  expect(await pages()).toHaveLength(1)
  await told('/v1/contacts', { address: GONE, name: 'Bilbyname' })
  await told(`/v1/conversations/${sent.conversation}`, { labels: ['wombatlabel'] }, { method: 'PATCH' })
  await told(`/v1/conversations/${sent.conversation}/notes`, { text: 'numbatnote' })
  await reply(GONE, 'STOP')
  await until('the opt-out', async () =>
    (await told('/v1/consents')).consents.some((one: { address: string }) => one.address === GONE),
  )
  await until('the words', async () => (await told('/v1/search?q=quokkazanzibar')).results.length >= 2)
  for (const canary of CANARIES) expect(await places(canary), canary).not.toEqual([])
  expect(await places('6135550188')).toEqual(
    expect.arrayContaining(['D1 messages', 'CONVERSATION messages', 'LIVE events', 'SUBSCRIBER deliveries']),
  )

  const gone = await told('/v1/forget', { address: '(613) 555-0188' })
  expect(gone).toMatchObject({ address: GONE, conversations: 3, opt_out_kept: true })
  expect(gone.messages).toBeGreaterThanOrEqual(4)
  expect(gone.media).toBeGreaterThanOrEqual(1)
  // Bytes go with the sweep, once its hour of grace has passed.
  const media = createMediaStore({ db: bindings.DB, bucket: bindings.MEDIA })
  await media.sweep(Date.now() + 1_000, 500)
  expect(await media.sweep(Date.now() + 2 * 3_600_000, 500)).toBeGreaterThanOrEqual(1)

  for (const canary of CANARIES) expect(await places(canary), canary).toEqual([])
  expect([await links(), await pages()]).toEqual([[], []])
  expect(await places(joined.conversation.slice(4))).not.toContain('D1 thread_links')
  const consents = (await told('/v1/consents')).consents
  expect(consents).toMatchObject([{ address: null, state: 'out' }])
  const refused = await ask('/v1/messages', { to: GONE, text: 'Are you there?' })
  expect([refused.status, ((await refused.json()) as { error: { code: string } }).error.code]).toEqual([
    422,
    'recipients_opted_out',
  ])

  // Nothing else went.
  expect(await places('dugong')).toEqual(expect.arrayContaining(['D1 messages', 'CONVERSATION messages']))
  expect((await told(`/v1/messages/${kept.id}`)).text).toBe('The dugong stays')
  expect((await told('/v1/search?q=dugong')).results).toHaveLength(1)

  // Once more finds nothing, and whoever writes again begins anew.
  expect(await told('/v1/forget', { address: GONE })).toMatchObject({
    conversations: 0,
    messages: 0,
    media: 0,
  })
  await reply(GONE, 'Hello again')
  const thread = await until(
    'a new thread',
    async () => (await told(`/v1/conversations?member=${encodeURIComponent(GONE)}`)).conversations[0],
  )
  expect(thread).toMatchObject({ id: sent.conversation, labels: [], names: [null] })
  expect((await told(`/v1/conversations/${thread.id}/messages`)).messages).toHaveLength(1)
})

it('keeps a file that others were sent too', async () => {
  const form = new FormData()
  form.append('media', new Blob(['A poster of a numbat, for all'], { type: 'text/plain' }), 'poster.txt')
  const upload = await told('/v1/media', undefined, { method: 'POST', body: form })
  const { id } = upload.media?.[0] ?? upload
  const to = ['+16135550190', '+16135550191']
  for (const one of to) await told('/v1/messages', { to: one, media: [{ id }] })
  for (const one of to)
    await until(
      'the lists',
      async () =>
        (await told(`/v1/conversations?member=${encodeURIComponent(one)}`)).conversations[0]?.last_message,
    )
  const second = (await told(`/v1/conversations?member=${encodeURIComponent(to[1]!)}`)).conversations[0]
  await told('/v1/forget', { address: to[0] })
  const left = await told(`/v1/messages/${second.last_message.id}`)
  const shown = await ask(`/v1/media/${left.parts[0].media}`)
  expect(shown.status).toBe(200)
})

it('refuses what is no number, a number of ours, and a key that may not', async () => {
  const code = async (json: unknown) => {
    const response = await ask('/v1/forget', json)
    return [response.status, ((await response.json()) as { error: { code: string } }).error.code]
  }
  expect(await code({ address: 'nobody' })).toEqual([400, 'invalid_number'])
  expect(await code({ address: OWN })).toEqual([400, 'recipient_is_own_number'])
  expect(await code({})).toEqual([400, 'invalid_field'])
  const other = await told('/v1/keys', { name: 'Clerk', scopes: ['read', 'send'] })
  const before = key
  key = other.key
  expect(await code({ address: GONE })).toEqual([403, 'insufficient_scope'])
  key = before
})
