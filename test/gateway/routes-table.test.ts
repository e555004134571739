import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiInit, type Gateway, type JsonAnswer, startGateway } from './harness.ts'
import { until } from './until.ts'

/** JSON Schema, as far as this table reads it. */
type Schema = {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly maxLength?: number
  readonly minimum?: number
  readonly additionalProperties?: boolean
}
/** A route with everything that the router and its schemas say of it. */
type Route = {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly ids: readonly string[]
  readonly query: readonly string[]
  readonly schema: Schema | null
  readonly bodyRequired: boolean
  readonly operator: boolean
}
type Json = Record<string, unknown>

const TO = '+16135550150'
const OWN = '+14165550100'
const ROOT = 'root-key-of-these-tests-which-opens-nothing-anywhere'

/** Bodies that would be taken, where the schema alone does not tell one. */
const BODIES: Readonly<Record<string, Json>> = {
  'POST /v1/messages': { to: TO, text: 'Hello' },
  'POST /v1/messages:check': { to: TO, text: 'Hello' },
  'POST /v1/messages:preview': { to: TO, text: 'Hello' },
  'POST /v1/messages/{id}/replace': { text: 'Hello again' },
  'POST /v1/keys': { name: 'Another', test: true },
  'POST /v1/contacts': { address: TO, name: 'Ada' },
  'POST /v1/consents': { address: TO, state: 'in' },
  'POST /v1/forget': { address: '+16135550159' },
  'POST /v1/numbers': { number: '+14165550177', vendor: 'simulator' },
  'POST /v1/webhooks': { url: 'https://customer.example/hook' },
  'POST /v1/webhooks/{id}/replay': { from: 'evt_0000000000000000000000' },
  'POST /v1/keywords': { match: 'exact', word: 'hours', reply: { text: 'Nine to five' } },
  'PUT /v1/keywords/{id}': { match: 'exact', word: 'hours', reply: { text: 'Nine to five' } },
  'POST /v1/templates': { name: 'Greeting', content: { type: 'text', text: 'Hello {{name}}' } },
  'PUT /v1/templates/{id}': { name: 'Greeting', content: { type: 'text', text: 'Hello {{name}}' } },
  'PATCH /v1/conversations/{id}': { assignee: 'Mia' },
  'PUT /v1/networks/{network}': { message_bytes: 300_000 },
}

/** One line of text each: nothing in them may end a line or steer a terminal. */
const ONE_LINE = new Set(['name', 'label', 'labels', 'subject', 'description', 'assignee', 'title', 'note'])
/** The same of what lies deeper: a card's description may have lines. */
const INNER_LINE = new Set(['name', 'title', 'alt', 'label', 'first', 'last', 'organization'])
/** What is everybody's, and so no account's to hide. */
const COMMON = new Set(['recipient', 'network'])
const HOSTILE_IDS = {
  'a word': 'x',
  'too long': 'x'.repeat(3000),
  'control characters': '%00%07',
  CRLF: 'a%0D%0Ab',
  'half a character': '%ED%A0%80',
  'no UTF-8': '%FF%FE',
  'steps up': '..%2F..%2Fetc',
  'letters that turn around': '%E2%80%AEgpj.exe',
  quotes: "'%22%3B--",
}

let gateway: Gateway
let routes: Route[]
/** A key of another account with every scope. */
let stranger: string
/** Ids of the demo account's things, by the route that names them. */
let owned: Readonly<Record<string, string>>

beforeAll(async () => {
  gateway = await startGateway({ vars: { BELINO_ROOT_KEY: ROOT } })
  const { body: document } = await gateway.json('/openapi.json', { key: null })
  routes = Object.entries(document.paths as Record<string, Record<string, never>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods as Record<string, Json>).map(([method, operation]): Route => {
        const parameters = operation.parameters as { name: string; in: string }[]
        const body = operation.requestBody as
          | { required: boolean; content: Record<string, { schema: Schema }> }
          | undefined
        return {
          name: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path,
          ids: parameters.filter((one) => one.in === 'path').map((one) => one.name),
          query: parameters.filter((one) => one.in === 'query').map((one) => one.name),
          schema: body?.content['application/json']?.schema ?? null,
          bodyRequired: body?.required ?? false,
          operator: (operation.security as Json[])[0]?.root !== undefined,
        }
      }),
  )
  const made = await gateway.json('/v1/accounts', {
    key: ROOT,
    json: { name: 'Somebody else' },
  })
  stranger = made.body.keys[0].key
  const idOf = async (path: string, json: Json): Promise<string> => {
    const { status, body } = await gateway.json(path, { json })
    expect(status, `${path} ${JSON.stringify(body)}`).toBeLessThan(300)
    return body.id
  }
  const sent = (await gateway.send({ to: TO, text: 'Hello' })).body
  const file = await gateway.json('/v1/media', { method: 'POST', body: new TextEncoder().encode('A text') })
  expect(file.status).toBe(201)
  await gateway.json('/v1/contacts', { json: { address: TO, name: 'Ada' } })
  await until('the conversation', async () =>
    (await gateway.json('/v1/conversations')).body.conversations.some(
      (one: { id: string; last_message: unknown }) =>
        one.id === sent.conversation && one.last_message !== null,
    ),
  )
  owned = {
    messages: sent.id,
    conversations: sent.conversation,
    media: file.body.id,
    contacts: encodeURIComponent(TO),
    numbers: encodeURIComponent(OWN),
    'content-profiles': encodeURIComponent(OWN),
    webhooks: await idOf('/v1/webhooks', { url: 'https://customer.example/hook', enabled: false }),
    keywords: await idOf('/v1/keywords', BODIES['POST /v1/keywords']!),
    templates: await idOf('/v1/templates', BODIES['POST /v1/templates']!),
    keys: await idOf('/v1/keys', { name: 'Another', test: true }),
  }
  await gateway.settled(sent.id)
})
afterAll(() => gateway?.close())

const variants = (schema: Schema): readonly Schema[] =>
  (schema.anyOf ?? schema.oneOf)?.flatMap(variants) ?? [schema]
const objectOf = (schema: Schema): Schema => variants(schema).find((one) => one.properties) ?? schema

/** The least that the schema takes. */
function least(schema: Schema): unknown {
  const one = variants(schema)[0] ?? {}
  if (one.const !== undefined) return one.const
  if (one.enum !== undefined) return one.enum[0]
  if (one.properties !== undefined)
    return Object.fromEntries((one.required ?? []).map((name) => [name, least(one.properties?.[name] ?? {})]))
  if (one.type === 'array') return one.items === undefined ? [] : [least(one.items)]
  if (one.type === 'number' || one.type === 'integer') return one.minimum ?? 1
  return one.type === 'boolean' ? true : 'text'
}
const bodyOf = (route: Route): Json | undefined =>
  route.schema === null ? undefined : (BODIES[route.name] ?? (least(objectOf(route.schema)) as Json))

/** Bad values of what lies deeper than the fields of a body: each as the whole value of its field, with what is wrong of it. */
function* badInside(schema: Schema): Generator<[string, unknown]> {
  for (const kind of variants(schema)) {
    if (kind.type === 'array' && kind.items !== undefined)
      for (const [what, value] of badInside(kind.items)) yield [what, [value]]
    if (kind.properties === undefined) continue
    const good = least(kind) as Json
    if (kind.additionalProperties === false) yield ['a field of nobody', { ...good, nobodys: 1 }]
    for (const name of kind.required ?? [])
      yield [`no ${name}`, Object.fromEntries(Object.entries(good).filter(([one]) => one !== name))]
    for (const [name, inner] of Object.entries(kind.properties)) {
      const text = variants(inner).find(
        (one) => one.type === 'string' && one.enum === undefined && one.const === undefined,
      )
      if (text !== undefined) {
        if (text.maxLength !== undefined)
          yield [`${name} too long`, { ...good, [name]: 'x'.repeat(text.maxLength + 1) }]
        yield [`half a character in ${name}`, { ...good, [name]: 'a\ud800b' }]
        if (INNER_LINE.has(name)) yield [`CRLF in ${name}`, { ...good, [name]: 'a\r\nBcc: b' }]
        if (INNER_LINE.has(name))
          yield [`control characters in ${name}`, { ...good, [name]: 'a\u0000\u001bb' }]
      }
      for (const [what, value] of badInside(inner)) yield [`${name}: ${what}`, { ...good, [name]: value }]
    }
  }
}

/** Where a route's id leads; another thing's where the account has none of this kind. */
const pathOf = (route: Route, id: (kind: string) => string): string =>
  route.path.replace(/\{[a-z]+\}/, id(route.path.split('/')[2] ?? '')).replace(/\{[a-z]+\}/g, 'x')
const ask = (route: Route, path: string, init: ApiInit = {}): Promise<JsonAnswer> =>
  gateway.json(path, { method: route.method, ...init })
const asked = (route: Route, path: string, json: unknown, more: ApiInit = {}): Promise<JsonAnswer> =>
  ask(route, path, {
    ...more,
    ...(json === undefined
      ? {}
      : { body: JSON.stringify(json), headers: { 'content-type': 'application/json', ...more.headers } }),
  })

/** What is wrong with an answer that must be a refusal in the one shape of errors; null when nothing is. */
function unlike(answer: JsonAnswer, statuses: readonly number[] | null = null): string | null {
  const { status, body } = answer
  const shape =
    typeof body?.error?.code === 'string' &&
    typeof body.error.message === 'string' &&
    typeof body.error.retryable === 'boolean' &&
    typeof body.error.docs === 'string'
  // A list of consents is taken line by line: those that are wrong are named, and not written.
  if (status === 200 && body?.written === 0 && body.refused?.length === 1) return null
  const right = statuses === null ? status >= 400 && status < 500 : statuses.includes(status)
  return right && shape ? null : `${status} ${JSON.stringify(body)?.slice(0, 160)}`
}

/** Everything that the account lists, to see that nothing was written. */
async function listed(): Promise<string> {
  const lists = [
    'conversations',
    'contacts',
    'consents',
    'numbers',
    'webhooks',
    'keywords',
    'templates',
    'keys',
  ]
  const answers = []
  for (const list of [...lists, 'vendors', 'account', 'credit', 'networks', 'overview', 'events?limit=200'])
    answers.push((await gateway.json(`/v1/${list}`)).body)
  answers.push((await gateway.json(`/v1/keys/${owned.keys}/limits`)).body)
  answers.push((await gateway.json(`/v1/conversations/${owned.conversations}`)).body)
  answers.push((await gateway.json(`/v1/conversations/${owned.conversations}/messages`)).body)
  return JSON.stringify(answers, null, 1)
}

/** Runs cases a few at a time, and gives the complaints. */
async function complaints(cases: readonly (() => Promise<string | null>)[]): Promise<string[]> {
  const found: string[] = []
  const left = [...cases]
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const complaint = await next()
      if (complaint !== null) found.push(complaint)
    }
  }
  await Promise.all(Array.from({ length: 4 }, work))
  return found
}
const saying = (what: string, said: string | null): string | null =>
  said === null ? null : `${what}: ${said}`

describe('every route of the router', () => {
  it('is in this table', () => {
    expect(routes.length).toBeGreaterThan(60)
    for (const name of Object.keys(BODIES)) expect(routes.map((one) => one.name)).toContain(name)
  })

  it('wants a key', async () => {
    const cases = routes.flatMap((route) =>
      [null, 'bel_live_00000000000000000000000000000000', 'é\u00ff'].map((key) => async () => {
        const path = pathOf(route, (kind) => owned[kind] ?? 'x')
        // A stream says first that it is one.
        const statuses = route.name === 'GET /v1/stream' ? [401, 426] : [401]
        return saying(
          `${route.name} with ${key}`,
          unlike(await asked(route, path, bodyOf(route), { key }), statuses),
        )
      }),
    )
    expect(await complaints(cases)).toEqual([])
  })

  it('shows nobody what is of another account, and changes nothing of it', async () => {
    const before = await listed()
    const concerned = routes.filter(
      (route) => route.ids.length > 0 && !COMMON.has(route.ids[0]!) && !route.operator,
    )
    expect(concerned.length).toBeGreaterThan(25)
    const cases = concerned.map((route) => async () => {
      const path = pathOf(route, (kind) => owned[kind] ?? 'ven_0000000000000000000000')
      return saying(route.name, unlike(await asked(route, path, bodyOf(route), { key: stranger }), [404]))
    })
    expect(await complaints(cases)).toEqual([])
    expect(await listed()).toBe(before)
  })

  it('knows no id that nobody gave', async () => {
    const before = await listed()
    const cases = routes
      .filter((route) => route.ids.length > 0 && !route.operator)
      .flatMap((route) =>
        Object.entries(HOSTILE_IDS).map(([what, id]) => async () => {
          const answer = await asked(
            route,
            pathOf(route, () => id),
            bodyOf(route),
          )
          return saying(`${route.name} with ${what}`, unlike(answer))
        }),
      )
    expect(await complaints(cases)).toEqual([])
    expect(await listed()).toBe(before)
  })

  it('takes no body that is none', async () => {
    const before = await listed()
    const cases = routes
      .filter((route) => route.schema !== null)
      .flatMap((route) => {
        const path = pathOf(route, (kind) => owned[kind] ?? 'x')
        const json = { 'content-type': 'application/json' }
        const key = route.operator ? { key: ROOT } : {}
        const bodies: Record<string, string> = {
          'no JSON': '{"to": ',
          'a word': '"word"',
          'a number': '7',
          null: 'null',
          'a list': '[]',
          'no UTF-8': 'bytes',
          'a deep one': '['.repeat(20_000),
          ...(route.bodyRequired ? { nothing: '' } : {}),
        }
        return Object.entries(bodies).map(([what, body]) => async () => {
          const bytes =
            what === 'no UTF-8' ? new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) : body
          const answer = await ask(route, path, { ...key, headers: json, body: bytes })
          return saying(`${route.name} with ${what}`, unlike(answer, [400, 404, 413, 415]))
        })
      })
    expect(await complaints(cases)).toEqual([])
    expect(await listed()).toBe(before)
  })

  it('takes no field that is missing, of another type, too long, unknown or half a character', async () => {
    const before = await listed()
    const cases: (() => Promise<string | null>)[] = []
    /** What several routes validate alike is asked of one. */
    const seen = new Set<string>()
    for (const route of routes) {
      if (route.schema === null) continue
      const { properties = {}, required = [], additionalProperties } = objectOf(route.schema)
      const path = pathOf(route, (kind) => owned[kind] ?? 'x')
      const key = route.operator ? { key: ROOT } : {}
      const good = bodyOf(route) ?? {}
      const refused = (what: string, body: Json): void => {
        cases.push(async () =>
          saying(`${route.name} with ${what}`, unlike(await asked(route, path, body, key))),
        )
      }
      for (const name of required)
        refused(`no ${name}`, Object.fromEntries(Object.entries(good).filter(([one]) => one !== name)))
      if (additionalProperties === false) refused('a field of nobody', { ...good, nobodys: 1 })
      for (const [name, schema] of Object.entries(properties)) {
        const kinds = variants(schema)
        const types = kinds.map((one) => one.type ?? typeof (one.const ?? one.enum?.[0]))
        if (types.includes('undefined')) continue
        const values: Json = { string: 'zzz', number: 0.5, boolean: true, object: { zzz: 1 }, array: [[[]]] }
        for (const [type, value] of Object.entries(values))
          if (!types.includes(type) && !(type === 'number' && types.includes('integer')))
            refused(`${name} of type ${type}`, { ...good, [name]: value })
        const spelled = JSON.stringify([name, schema])
        if (!seen.has(spelled))
          for (const [what, value] of badInside(schema))
            refused(`${name}: ${what}`, { ...good, [name]: value })
        seen.add(spelled)
        const text = kinds.find((one) => one.type === 'string' && one.enum === undefined)
        const list = kinds.find((one) => one.type === 'array' && one.items?.type === 'string')
        const said = (value: string): unknown => (text === undefined ? [value] : value)
        if (text === undefined && list === undefined) continue
        const most = text?.maxLength ?? list?.items?.maxLength
        if (most !== undefined) refused(`${name} too long`, { ...good, [name]: said('x'.repeat(most + 1)) })
        refused(`half a character in ${name}`, { ...good, [name]: said('a\ud800b') })
        if (ONE_LINE.has(name)) {
          refused(`CRLF in ${name}`, { ...good, [name]: said('a\r\nBcc: b') })
          refused(`control characters in ${name}`, { ...good, [name]: said('a\u0000\u001bb') })
        }
      }
    }
    expect(cases.length).toBeGreaterThan(300)
    expect(await complaints(cases)).toEqual([])
    expect(await listed()).toBe(before)
  }, 300_000)

  it('answers questions of every kind', async () => {
    const words = [
      '',
      'x'.repeat(5000),
      '%00',
      'a%0D%0Ab',
      '%ED%A0%80',
      '%FF',
      '-1',
      '1e9',
      "'%20OR%201=1",
      '%E2%80%AE',
    ]
    const cases = routes
      .filter((route) => route.method === 'GET')
      .flatMap((route) =>
        route.query.flatMap((name) =>
          words.map((word) => async () => {
            const path = pathOf(route, (kind) => owned[kind] ?? 'x')
            const answer = await ask(route, `${path}?${name}=${word}`)
            return saying(
              `${route.name}?${name}=${word.slice(0, 20)}`,
              answer.status === 200 ? null : unlike(answer),
            )
          }),
        ),
      )
    expect(await complaints(cases)).toEqual([])
  })
})

describe('a message', () => {
  const refusal = async (message: Json): Promise<[number, string]> => {
    const { status, body } = await gateway.send(message)
    return [status, body.error?.code]
  }

  it('goes to no more recipients than the route allows, to none of ours, and to each once', async () => {
    const many = Array.from({ length: 40 }, (_, n) => `+1613555${String(1000 + n)}`)
    const before = await listed()
    expect((await refusal({ to: many, text: 'Hello' }))[0]).toBe(400)
    expect(await refusal({ to: OWN, text: 'Hello' })).toEqual([400, 'recipient_is_own_number'])
    expect(await refusal({ to: [], text: 'Hello' })).toEqual([400, 'no_recipients'])
    expect(await listed()).toBe(before)
    const twice = await gateway.send({ to: ['+16135550151', '(613) 555-0151'], text: 'Hello' })
    expect([twice.status, twice.body.to]).toEqual([202, ['+16135550151']])
  })

  it('gives a file a name that tricks nobody', async () => {
    const form = new FormData()
    form.append('to', '+16135550152')
    form.append('text', 'A file')
    form.append('media', new Blob(['A text']), 'invoice\u202Etxt.exe')
    const sent = await gateway.json('/v1/messages', { method: 'POST', body: form })
    expect(sent.status).toBe(202)
    expect(sent.body.parts.map((part: { name: string }) => part.name)).toEqual(['text1.txt'])
  })
})
