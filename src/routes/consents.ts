import { Hono } from 'hono'
import * as v from 'valibot'
import { joinBytes } from '../domain/bytes.ts'
import type { Consent } from '../domain/consent.ts'
import { failed } from './answer.ts'
import { readChunks, readJson } from './body.ts'
import type { ApiEnv } from './env.ts'
import { pageOf } from './pages.ts'
import { issueFailure } from './send-request.ts'

const One = v.strictObject({
  address: v.pipe(v.string(), v.maxLength(60)),
  state: v.picklist(['in', 'out'], 'Choose in or out.'),
  programme: v.optional(v.pipe(v.string(), v.maxLength(40))),
  at: v.optional(v.pipe(v.string(), v.isoTimestamp('Write the time as 2026-01-31T12:00:00Z.'))),
})
/** The body of `POST /v1/consents` in JSON: one, or up to 1000. */
export const ConsentBody = v.union([
  One,
  v.strictObject({ consents: v.pipe(v.array(One), v.minLength(1), v.maxLength(1000)) }),
])

const represent = (consent: Consent) => ({
  address: consent.address,
  programme: consent.programme,
  state: consent.state,
  source: consent.source,
  at: new Date(consent.at).toISOString(),
})

/** Bytes of a CSV: enough for ten thousand lines. */
const CSV_LIMIT = 2_000_000

/** `/v1/consents`: what people said about being written to. */
export function consentRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.get('/', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const list = await c.get('consents').list(c.get('caller'), page.value)
    return list.ok
      ? c.json({ consents: list.value.items.map(represent), next: list.value.next })
      : failed(c, list.failure)
  })

  routes.post('/', async (c) => {
    if (c.req.header('content-type')?.startsWith('text/csv')) {
      const chunks = await readChunks(c.req.raw, CSV_LIMIT, 'file_too_large')
      if (!chunks.ok) return failed(c, chunks.failure)
      const imported = await c
        .get('consents')
        .importCsv(c.get('caller'), new TextDecoder().decode(joinBytes(chunks.value)))
      return imported.ok ? c.json(imported.value) : failed(c, imported.failure)
    }
    const json = await readJson(c.req.raw, c.get('limits').json)
    if (!json.ok) return failed(c, json.failure)
    const parsed = v.safeParse(ConsentBody, json.value)
    if (!parsed.success) return failed(c, issueFailure(parsed.issues[0]))
    const told = 'consents' in parsed.output ? parsed.output.consents : [parsed.output]
    const recorded = await c.get('consents').record(
      c.get('caller'),
      told.map(({ at, ...one }) => ({ ...one, ...(at === undefined ? {} : { at: Date.parse(at) }) })),
    )
    return recorded.ok ? c.json(recorded.value) : failed(c, recorded.failure)
  })

  return routes
}
