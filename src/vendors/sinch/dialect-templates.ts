import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { DialectRecord } from '../../domain/dialect-records.ts'
import type { Failure } from '../../domain/failure.ts'
import { mintId } from '../../domain/ids.ts'
import { ok, type Result } from '../../domain/result.ts'
import { masked } from './dialect-apps.ts'
import { invalid, isKept, missing, read, refused, type SinchEnv } from './rpc.ts'
import { recordOf } from './state.ts'
import { APP_MESSAGE_KINDS, AppMessage, type SinchTemplateReference } from './wire-message.ts'

/**
 * Templates of the vendor, in both of its versions: a message for each language, with `${name}` where a parameter goes. The
 * account's own templates are reached as those of a channel (`channel_template.MMS`).
 */

const text = (most: number) => v.optional(v.nullable(v.pipe(v.string(), v.maxLength(most))))
const Variables = v.optional(
  v.nullable(v.pipe(v.array(v.object({ key: text(100), preview_value: text(1024) })), v.maxLength(100))),
)
const Translation = v.pipe(
  v.looseObject({
    language_code: v.pipe(v.string(), v.maxLength(20)),
    version: text(20),
    variables: Variables,
    /** Version 1: the message as JSON. */
    content: text(50_000),
  }),
  v.check(
    (one) => messageIn(one) !== null,
    'Give one message, as a field of the translation or (version 1) as JSON in `content`.',
  ),
)
type Translation = v.InferOutput<typeof Translation>

const TemplateRequest = v.object({
  id: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)))),
  channel: text(40),
  description: text(1024),
  default_translation: text(20),
  version: v.optional(v.nullable(v.number())),
  translations: v.pipe(v.array(Translation), v.minLength(1), v.maxLength(50)),
})
type TemplateRequest = v.InferOutput<typeof TemplateRequest>

/** The message of a translation; null when it is none. A template in a template is none. */
function messageIn(translation: Readonly<Record<string, unknown>>): AppMessage | null {
  let given: unknown = translation
  if (typeof translation.content === 'string') {
    try {
      given = JSON.parse(translation.content)
    } catch {
      return null
    }
  }
  const parsed = v.safeParse(AppMessage, given)
  if (!parsed.success || parsed.output.template_message !== undefined) return null
  return APP_MESSAGE_KINDS.some((kind) => parsed.output[kind] !== undefined) ? parsed.output : null
}

type Stored = Omit<TemplateRequest, 'id'> & { readonly version: number; readonly default_translation: string }

const stamp = (at: number): string => new Date(at).toISOString()

const represent = ({ id, body, parent, createdAt, updatedAt }: DialectRecord) => {
  const { version, channel, ...template } = body as Stored
  const times = { create_time: stamp(createdAt), update_time: stamp(updatedAt) }
  return {
    id,
    ...template,
    ...(parent === 'v1' ? { channel: channel ?? 'UNSPECIFIED' } : { version }),
    translations: template.translations.map((one) => ({ version: '1', ...one, ...times })),
    ...times,
  }
}

/** A message with the template that it names filled in; other messages as they are. */
export async function filledTemplate(
  c: Context<SinchEnv>,
  message: AppMessage,
): Promise<Result<AppMessage, Failure>> {
  if (message.template_message === undefined) return ok(message)
  const reference = message.template_message.omni_template
  if (reference == null)
    return invalid('message.template_message', 'Give an omni_template, or a channel_template for MMS.')
  const record = await c.get('records').find(c.get('caller').account, 'sinch_template', reference.template_id)
  if (record === null) return missing('template')
  const translation = translationOf(record.body as Stored, reference)
  const found = translation === null ? null : messageIn(translation)
  if (translation === null || found === null)
    return invalid('omni_template.language_code', 'The template has no such translation or version.')
  return fill(found, translation, reference.parameters ?? {})
}

function translationOf(template: Stored, reference: SinchTemplateReference): Translation | null {
  const language = reference.language_code || template.default_translation
  const version = reference.version || 'latest'
  const ones = template.translations.filter((one) => one.language_code === language)
  if (version === 'latest' || version === String(template.version)) return ones.at(-1) ?? null
  return ones.find((one) => (one.version ?? '1') === version) ?? null
}

/** Values go in as they are: a placeholder in one is not filled again. */
function fill(
  message: AppMessage,
  translation: Translation,
  parameters: Readonly<Record<string, string>>,
): Result<AppMessage, Failure> {
  const lacking = new Set<string>()
  const walk = (one: unknown): unknown => {
    if (typeof one === 'string')
      return one.replace(/\$\{\s*([\w.-]{1,100})\s*\}/g, (_, name: string) => {
        if (Object.hasOwn(parameters, name)) return parameters[name] ?? ''
        lacking.add(name)
        return ''
      })
    if (Array.isArray(one)) return one.map(walk)
    if (typeof one === 'object' && one !== null)
      return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, walk(value)]))
    return one
  }
  const filled = walk(message) as AppMessage
  const declared = (translation.variables ?? []).map((one) => one.key ?? '')
  for (const name of declared) if (name !== '' && !Object.hasOwn(parameters, name)) lacking.add(name)
  return lacking.size > 0
    ? invalid('omni_template.parameters', `Give a value for ${[...lacking].join(', ').slice(0, 200)}.`)
    : ok(filled)
}

async function write(
  c: Context<SinchEnv>,
  id: string,
  request: TemplateRequest,
  before: DialectRecord | null,
): Promise<Response> {
  const { id: _, ...rest } = request
  const [first] = request.translations
  const body: Stored = {
    ...rest,
    default_translation: request.default_translation ?? first?.language_code ?? '',
    version: before === null ? 1 : (before.body as Stored).version + 1,
  }
  if (!isKept(body, 200_000))
    return refused({
      code: 'invalid_field',
      field: 'translations',
      problem: 'They are longer than can be kept.',
    })
  const now = Date.now()
  const record = recordOf(c.get('caller').account, 'template', id, body, now, {
    parent: c.req.param('version') ?? 'v2',
    createdAt: before?.createdAt ?? now,
  })
  await c.get('records').put(record)
  return c.json(represent(record))
}

async function found(c: Context<SinchEnv>): Promise<Result<DialectRecord, Failure>> {
  const id = c.req.param('id') ?? ''
  const record = await c.get('records').find(c.get('caller').account, 'sinch_template', id)
  return record !== null && record.parent === c.req.param('version') ? ok(record) : missing('template')
}

/** `/templates`, of version 1 and 2. */
export function templateRoutes(): Hono<SinchEnv> {
  const routes = new Hono<SinchEnv>()

  routes.get('/templates', async (c) => {
    const parent = c.req.param('version' as never) as unknown as string
    const { account } = c.get('caller')
    const all = await c.get('records').page(account, 'sinch_template', { parent, before: null, limit: 100 })
    return c.json({ templates: all.map(represent) })
  })

  routes.post('/templates', async (c) => {
    const request = await read(c, TemplateRequest)
    if (!request.ok) return refused(request.failure)
    const id = request.value.id ?? mintId('dia', Date.now())
    if ((await c.get('records').find(c.get('caller').account, 'sinch_template', id)) !== null)
      return refused({ code: 'invalid_field', field: 'id', problem: 'A template with this id exists.' })
    return await write(c, id, request.value, null)
  })

  routes.get('/templates/:id', async (c) => {
    const template = await found(c)
    return template.ok ? c.json(represent(template.value)) : refused(template.failure)
  })

  routes.get('/templates/:id/translations', async (c) => {
    const template = await found(c)
    if (!template.ok) return refused(template.failure)
    const { language_code, translation_version } = c.req.query()
    const translations = represent(template.value).translations.filter(
      (one) =>
        (!language_code || one.language_code === language_code) &&
        (!translation_version || one.version === translation_version),
    )
    return c.json({ translations })
  })

  routes.on(['PATCH', 'PUT'], '/templates/:id', async (c) => {
    const template = await found(c)
    if (!template.ok) return refused(template.failure)
    const request = await read(c, v.partial(TemplateRequest))
    if (!request.ok) return refused(request.failure)
    const before = template.value.body as Stored
    const { version } = request.value
    if (version != null && version !== before.version)
      return refused({
        code: 'invalid_field',
        field: 'version',
        problem: `The template is at version ${before.version}: somebody changed it. Read it again.`,
      })
    const change = masked(request.value, c.req.query('update_mask'))
    return await write(c, template.value.id, { ...before, ...change } as Stored, template.value)
  })

  routes.delete('/templates/:id', async (c) => {
    const template = await found(c)
    if (!template.ok) return refused(template.failure)
    await c.get('records').remove(c.get('caller').account, 'sinch_template', template.value.id)
    return c.json({})
  })

  return routes
}
