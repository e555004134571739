import { Hono } from 'hono'
import type { Consent } from '../../domain/consent.ts'
import { appOf } from './dialect-apps.ts'
import { pageOf, refuse, refused, type SinchEnv } from './rpc.ts'
import { addressOf, identityOf } from './state.ts'

/** The vendor's lists, and what of our consents is in each. */
const LISTS: Readonly<Record<string, string | null>> = {
  OPT_OUT_ALL: null,
  OPT_OUT_MARKETING: 'marketing',
  OPT_OUT_NOTIFICATION: 'notification',
}
const listOf = (programme: string | null): string | undefined =>
  Object.keys(LISTS).find((name) => LISTS[name] === programme)

/** Consents that one request looks through. */
const ROUNDS = 10

/** `/apps/:id/consents`: what people said holds for every app of the account. */
export function consentRoutes(): Hono<SinchEnv> {
  const routes = new Hono<SinchEnv>()

  routes.get('/apps/:id/consents/identities/:identity', async (c) => {
    const app = await appOf(c, c.req.param('id'))
    if (!app.ok) return refused(app.failure)
    const address = addressOf(c.req.param('identity'))
    if (address === null) return refuse(400, 'The identity is no number.')
    const { account } = c.get('caller')
    const said: Consent[] = []
    for (let cursor: string | null = null, round = 0; round < ROUNDS; round++) {
      const page = await c.get('consents').list(c.get('caller'), { cursor, limit: 200 })
      if (!page.ok) return refused(page.failure)
      said.push(...page.value.items.filter((one) => one.address === address))
      cursor = page.value.next
      if (cursor === null) break
    }
    return c.json({
      identity: { identity: identityOf(address) },
      audit_records: said.flatMap(({ programme, state, source, at }) => {
        const list_type = listOf(programme)
        if (list_type === undefined) return []
        return [
          {
            origin: source === 'words' ? 'ORIGIN_MO' : 'ORIGIN_API',
            operation: state === 'out' ? 'OPERATION_INSERT' : 'OPERATION_DELETE',
            list_type,
            project_id: account,
            app_id: app.value.id,
            datetime: new Date(at).toISOString(),
          },
        ]
      }),
    })
  })

  routes.get('/apps/:id/consents/:list', async (c) => {
    const app = await appOf(c, c.req.param('id'))
    if (!app.ok) return refused(app.failure)
    const programme = LISTS[c.req.param('list')]
    if (programme === undefined) return refuse(400, `Give one of ${Object.keys(LISTS).join(', ')}.`)
    const { cursor, limit } = pageOf(c, 200)
    const identities: { identity: string }[] = []
    let next = cursor
    for (let round = 0; round < ROUNDS && identities.length < limit; round++) {
      const page = await c
        .get('consents')
        .list(c.get('caller'), { cursor: next, limit: limit - identities.length })
      if (!page.ok) return refused(page.failure)
      for (const { address, programme: of, state } of page.value.items)
        if (state === 'out' && of === programme && address !== null)
          identities.push({ identity: identityOf(address) })
      next = page.value.next
      if (next === null) break
    }
    return c.json({ identities, next_page_token: next ?? '' })
  })

  return routes
}
