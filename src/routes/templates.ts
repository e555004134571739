import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { type Template, variablesOf } from '../domain/template.ts'
import { failed } from './answer.ts'
import { readJson } from './body.ts'
import type { ApiEnv } from './env.ts'
import { pageOf } from './pages.ts'
import { Content, Variables } from './rich-request.ts'
import { issueFailure } from './send-request.ts'

/** The body of `POST /v1/templates` and `PUT /v1/templates/:id`. */
export const TemplateBody = v.strictObject({
  name: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, 'Give a name.'),
    v.maxLength(120, 'Use at most 120 characters.'),
    v.check((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'It holds characters that no name has.'),
  ),
  content: Content,
  defaults: v.optional(Variables, {}),
})

const represent = ({ id, name, content, defaults, createdAt, updatedAt }: Template) => ({
  id,
  name,
  content,
  variables: variablesOf(content),
  defaults,
  created_at: new Date(createdAt).toISOString(),
  updated_at: new Date(updatedAt).toISOString(),
})

/** `/v1/templates`: messages to be filled in. */
export function templateRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  const write = async (c: Context<ApiEnv>, id: string | null): Promise<Response> => {
    const json = await readJson(c.req.raw, c.get('limits').json)
    if (!json.ok) return failed(c, json.failure)
    const parsed = v.safeParse(TemplateBody, json.value)
    if (!parsed.success) return failed(c, issueFailure(parsed.issues[0]))
    const written = await c.get('templates').put(c.get('caller'), id, parsed.output)
    return written.ok ? c.json(represent(written.value), id === null ? 201 : 200) : failed(c, written.failure)
  }

  routes.get('/', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const list = await c.get('templates').page(c.get('caller'), page.value)
    return list.ok
      ? c.json({ templates: list.value.items.map(represent), next: list.value.next })
      : failed(c, list.failure)
  })
  routes.post('/', (c) => write(c, null))
  routes.get('/:id', async (c) => {
    const found = await c.get('templates').find(c.get('caller'), c.req.param('id'))
    return found.ok ? c.json(represent(found.value)) : failed(c, found.failure)
  })
  routes.put('/:id', (c) => write(c, c.req.param('id')))
  routes.delete('/:id', async (c) => {
    const removed = await c.get('templates').remove(c.get('caller'), c.req.param('id'))
    return removed.ok ? c.body(null, 204) : failed(c, removed.failure)
  })

  return routes
}
