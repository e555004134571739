import { Hono } from 'hono'
import * as v from 'valibot'
import {
  CAPABILITY_STATES,
  NUMBER_TYPES,
  REGISTRATION_KINDS,
  REGISTRATION_STATES,
  VENDOR_NAMES,
} from '../domain/number.ts'
import type { NumberInput } from '../messaging/numbers.ts'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { line, money, positive, readBody, time, whole } from './fields.ts'
import { pageOf } from './pages.ts'
import { representNumber } from './represent.ts'

const capability = v.optional(v.picklist(CAPABILITY_STATES, `Choose one of ${CAPABILITY_STATES.join(', ')}.`))
const vendor = v.picklist(VENDOR_NAMES, `Choose one of ${VENDOR_NAMES.join(', ')}.`)
const yes = v.optional(v.boolean('Give true or false.'))
const price = v.optional(v.nullable(money))

const FIELDS = {
  type: v.optional(v.picklist(NUMBER_TYPES, `Choose one of ${NUMBER_TYPES.join(', ')}, or leave it out.`)),
  country: v.optional(v.picklist(['US', 'CA'], 'Choose US or CA.')),
  sms: capability,
  mms: capability,
  ported_at: v.optional(v.nullable(time)),
  label: v.optional(v.nullable(line(80))),
  default: yes,
  budget: v.optional(
    v.nullable(v.pipe(v.number('Give a number of bytes.'), v.integer('Give a whole number of bytes.'))),
  ),
  prices: v.optional(v.strictObject({ sms_out: price, sms_in: price, mms_out: price, mms_in: price })),
  prefer_jpeg: yes,
  failover: yes,
  sms_max_segments: v.optional(whole(1, 20)),
  registration: v.optional(
    v.nullable(
      v.strictObject({
        kind: v.picklist(REGISTRATION_KINDS, `Choose one of ${REGISTRATION_KINDS.join(', ')}.`),
        state: v.picklist(REGISTRATION_STATES, `Choose one of ${REGISTRATION_STATES.join(', ')}.`),
        id: v.optional(v.nullable(line(80))),
        caps: v.optional(
          v.strictObject({
            per_second: v.optional(v.nullable(positive(1_000))),
            per_minute: v.optional(v.nullable(whole(1, 60_000))),
            per_day: v.optional(v.nullable(whole(1, 10_000_000))),
          }),
        ),
      }),
    ),
  ),
}

/** The body of `POST /v1/numbers`. */
export const NewNumberBody = v.strictObject({ ...FIELDS, number: line(40), vendor })
/** The body of `PATCH /v1/numbers/:number`: what is left out stays. */
export const NumberBody = v.strictObject({ ...FIELDS, vendor: v.optional(vendor) })

function inputOf(body: v.InferOutput<typeof NumberBody>): NumberInput {
  const { registration, prices } = body
  return {
    type: body.type,
    country: body.country,
    sms: body.sms,
    mms: body.mms,
    vendor: body.vendor,
    portedAt: body.ported_at,
    label: body.label,
    isDefault: body.default,
    budget: body.budget,
    preferJpeg: body.prefer_jpeg,
    failover: body.failover,
    smsMaxSegments: body.sms_max_segments,
    ...(prices === undefined
      ? {}
      : {
          prices: Object.fromEntries(
            [
              ['smsOut', prices.sms_out],
              ['smsIn', prices.sms_in],
              ['mmsOut', prices.mms_out],
              ['mmsIn', prices.mms_in],
            ].filter(([, one]) => one !== undefined),
          ),
        }),
    registration:
      registration == null
        ? registration
        : {
            kind: registration.kind,
            state: registration.state,
            id: registration.id ?? null,
            caps: {
              perSecond: registration.caps?.per_second ?? null,
              perMinute: registration.caps?.per_minute ?? null,
              perDay: registration.caps?.per_day ?? null,
            },
          },
  }
}

/** `/v1/numbers`: what the account sends from. */
export function numberRoutes(): Hono<ApiEnv> {
  const routes = new Hono<ApiEnv>()

  routes.get('/', async (c) => {
    const page = pageOf(c)
    if (!page.ok) return failed(c, page.failure)
    const list = await c.get('numbers').page(c.get('caller'), page.value)
    return list.ok
      ? c.json({ numbers: list.value.items.map(representNumber), next: list.value.next })
      : failed(c, list.failure)
  })

  routes.post('/', async (c) => {
    const body = await readBody(c, NewNumberBody)
    if (!body.ok) return failed(c, body.failure)
    const { number: typed, ...rest } = body.value
    const input = { ...inputOf(rest), vendor: rest.vendor }
    const number = await c.get('numbers').add(c.get('caller'), typed, input)
    if (!number.ok) return failed(c, number.failure)
    const location = `${c.req.path.replace(/\/$/, '')}/${encodeURIComponent(number.value.address)}`
    return c.json(representNumber(number.value), 201, { location })
  })

  routes.get('/:number', async (c) => {
    const number = await c.get('numbers').get(c.get('caller'), c.req.param('number'))
    return number.ok ? c.json(representNumber(number.value)) : failed(c, number.failure)
  })

  routes.patch('/:number', async (c) => {
    const body = await readBody(c, NumberBody)
    if (!body.ok) return failed(c, body.failure)
    const number = await c.get('numbers').change(c.get('caller'), c.req.param('number'), inputOf(body.value))
    return number.ok ? c.json(representNumber(number.value)) : failed(c, number.failure)
  })

  routes.delete('/:number', async (c) => {
    const removed = await c.get('numbers').remove(c.get('caller'), c.req.param('number'))
    return removed.ok ? c.body(null, 204) : failed(c, removed.failure)
  })

  return routes
}
