import { Hono } from 'hono'
import * as v from 'valibot'
import { type Address, parseAddress } from '../../domain/address.ts'
import type { Reception } from './behaviour.ts'
import { Chaos, startChaos } from './chaos.ts'
import { changeProfile, type HandsetProfile, PROFILES, ProfileChange } from './handset.ts'
import type { LedgerHandset, LedgerMessage } from './ledger.ts'
import { MAGIC_NUMBERS, type MagicNumber } from './magic-numbers.ts'
import { servedAs } from './media-facts.ts'
import { shownParts } from './message-facts.ts'
import { parseEntity } from './mime-tree.ts'
import { errorAnswer, type NetworkParts } from './network-parts.ts'
import type { OutboxEntry } from './outbox.ts'
import { readBounded } from './read-bounded.ts'
import { reply } from './reply.ts'
import { submit } from './submit.ts'

/** The answer of `GET /handsets`. */
export type HandsetsView = {
  readonly handsets: readonly LedgerHandset[]
  readonly magic: readonly MagicNumber[]
  readonly profiles: readonly HandsetProfile[]
}

/** One message of `GET /handsets/<number>/messages`. */
export type MessageView = LedgerMessage & {
  /** What this phone made of it; null for what it sent itself. */
  readonly reception: Reception | null
  /** How often the gateway submitted it; 0 for a phone's own. */
  readonly seen: number
  /** What the phone shows: slides of indices of parts. */
  readonly shown: readonly (readonly number[])[]
  readonly webhooks: readonly OutboxEntry[]
}

/** The answer of `GET /handsets/<number>/messages`, in order of arrival. */
export type ThreadView = {
  readonly number: Address
  readonly profile: HandsetProfile
  readonly messages: readonly MessageView[]
}

const SAFE = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox" }

const notFound = (what: string): Response => errorAnswer(404, 'not_found', `There is no such ${what}.`)
const invalid = (message: string): Response => errorAnswer(400, 'invalid', message)

async function readJson<S extends v.GenericSchema>(
  schema: S,
  request: Request,
): Promise<v.InferOutput<S> | undefined> {
  const body = await readBounded(request, 65_536)
  if (body === null) return undefined
  try {
    const parsed = v.safeParse(schema, JSON.parse(new TextDecoder().decode(body)))
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined
  }
}

/** The HTTP of one account's network: the carrier's own two routes, and those of the phones. */
export function createNetworkApi(network: NetworkParts): Hono {
  const { ledger, outbox } = network
  const app = new Hono()
  app.onError((error) => {
    console.error('simulator', error)
    return errorAnswer(500, 'internal', 'The simulator failed; its log says why.')
  })
  app.notFound(() => notFound('route'))

  const viewOf = (
    { message, reception }: { message: LedgerMessage; reception: Reception | null },
    profile: HandsetProfile,
  ): MessageView => ({
    ...message,
    reception,
    seen: message.reference === null ? 0 : (ledger.reference(message.reference)?.seen ?? 0),
    shown:
      reception === null || reception.outcome === 'delivered'
        ? shownParts(message.facts, profile.smil, reception?.drops ?? [])
        : [],
    webhooks: outbox.of(message.id),
  })

  // ---- what the carrier adapter calls

  app.post('/submit', (c) => submit(network, c.req.raw))
  app.get('/messages/:reference', (c) => {
    const known = ledger.reference(c.req.param('reference'))
    if (known === null) return notFound('message')
    if (known.id === null) return errorAnswer(503, 'vendor_unavailable', 'Nothing is known of it just now.')
    return c.json({ id: known.id, seen: known.seen })
  })

  // ---- phones

  app.get('/version', (c) => c.json({ version: ledger.version() }))
  app.get('/handsets', (c) =>
    c.json<HandsetsView>({
      handsets: ledger.handsets(),
      magic: MAGIC_NUMBERS,
      profiles: Object.values(PROFILES),
    }),
  )

  app.get('/handsets/:number/messages', (c) => {
    const number = parseAddress(c.req.param('number'))
    if (!number.ok) return invalid('That is no number.')
    const profile = ledger.profile(number.value)
    const thread = ledger.thread(number.value, Number(c.req.query('after') ?? 0) || 0)
    return c.json<ThreadView>({
      number: number.value,
      profile,
      messages: thread.map((entry) => viewOf(entry, profile)),
    })
  })

  const entityOf = (typed: string, id: string): Uint8Array | null => {
    const number = parseAddress(typed)
    return number.ok && ledger.holds(number.value, id) ? ledger.entity(id) : null
  }

  app.get('/handsets/:number/messages/:id/raw', (c) => {
    const entity = entityOf(c.req.param('number'), c.req.param('id'))
    if (entity === null) return notFound('message')
    return new Response(entity, {
      headers: {
        ...SAFE,
        'content-type': 'message/rfc822',
        'content-length': String(entity.length),
        'content-disposition': `attachment; filename="${c.req.param('id')}.eml"`,
      },
    })
  })

  app.get('/handsets/:number/messages/:id/parts/:index', (c) => {
    const entity = entityOf(c.req.param('number'), c.req.param('id'))
    const tree = entity === null ? null : parseEntity(entity)
    const index = /^\d{1,2}$/.test(c.req.param('index')) ? Number(c.req.param('index')) : -1
    const part = tree?.ok ? tree.value.parts[index] : undefined
    if (part === undefined) return notFound('part')
    const { type, inline } = servedAs(part.body, part.type)
    return new Response(part.body, {
      headers: {
        ...SAFE,
        'content-type': type,
        'content-length': String(part.body.length),
        'content-disposition': inline ? 'inline' : 'attachment',
        'cache-control': 'private, max-age=86400, immutable',
      },
    })
  })

  app.post('/handsets/:number/reply', (c) => {
    const number = parseAddress(c.req.param('number'))
    return number.ok ? reply(network, number.value, c.req.raw) : invalid('That is no number.')
  })

  app.get('/handsets/:number/profile', (c) => {
    const number = parseAddress(c.req.param('number'))
    return number.ok ? c.json(ledger.profile(number.value)) : invalid('That is no number.')
  })
  app.put('/handsets/:number/profile', async (c) => {
    const number = parseAddress(c.req.param('number'))
    const change = await readJson(ProfileChange, c.req.raw)
    if (!number.ok || change === undefined)
      return invalid(
        'Send a number and {kind?, messageBytes?, longSide?, shortSide?, types?, smil?, reports?}.',
      )
    const profile = changeProfile(ledger.profile(number.value), change)
    network.commit(() => ledger.setProfile(number.value, profile, network.now()))
    return c.json(profile)
  })

  // ---- the weather

  app.get('/chaos', (c) => c.json(ledger.chaos()))
  app.put('/chaos', async (c) => {
    const chaos = await readJson(Chaos, c.req.raw)
    if (chaos === undefined)
      return invalid(
        'Send {faults: [{kind, probability, code?, ms?, accept?}], seed?}; a probability is 0 to 1.',
      )
    const state = startChaos(chaos, crypto.getRandomValues(new Uint32Array(1))[0]!)
    network.commit(() => ledger.setChaos(state))
    return c.json(state)
  })

  app.delete('/messages', (c) => {
    network.commit(() => ledger.clear())
    return c.body(null, 204)
  })
  return app
}
