import * as v from 'valibot'
import { randomText } from '../../domain/ids.ts'
import {
  checkLimits,
  checkMagic,
  PAUSE_SECONDS,
  type Reception,
  type Refusal,
  receive,
  rejection,
  reportsOf,
} from './behaviour.ts'
import { disturb, type Fault, type FaultKind, type Scheduled, strike } from './chaos.ts'
import { SIMULATOR_LIMITS } from './limits.ts'
import { type MessageFacts, mmsFacts, smsFacts } from './message-facts.ts'
import { parseEntity } from './mime-tree.ts'
import { errorAnswer, type NetworkParts } from './network-parts.ts'
import { readBounded } from './read-bounded.ts'
import { type StatusEvent, SubmitHead, unwrap } from './wire.ts'

/** How long the carrier stays silent where a time-out does not say: longer than any client of it waits. */
const SILENCE_MS = 15_000
/** The head, its wrapping and headers beside the message itself. */
const WRAPPING = 65_536

type Submitted = {
  readonly head: SubmitHead
  readonly entity: Uint8Array | null
  readonly facts: MessageFacts
}

const refuse = ({ status, code, message }: Refusal): Response =>
  errorAnswer(
    status,
    code,
    message,
    status === 429 || status === 503 ? { 'retry-after': String(PAUSE_SECONDS) } : {},
  )

async function read(request: Request): Promise<Submitted | Response> {
  const body = await readBounded(request, SIMULATOR_LIMITS.messageBytes + WRAPPING)
  if (body === null)
    return errorAnswer(413, 'too_large', `At most ${SIMULATOR_LIMITS.messageBytes} bytes are taken.`)
  const wrapped = unwrap(request.headers.get('content-type'), body)
  const head = v.safeParse(SubmitHead, wrapped?.head)
  if (wrapped === null || !head.success)
    return errorAnswer(400, 'malformed', 'The submission cannot be read.')
  const { entity } = wrapped
  if ((head.output.channel === 'mms') !== (entity !== null))
    return errorAnswer(400, 'malformed', 'A picture message, and nothing else, carries an entity.')
  if (entity === null) return { head: head.output, entity, facts: smsFacts(head.output.text) }
  const tree = parseEntity(entity)
  if (!tree.ok)
    return errorAnswer(400, 'content_refused', `The message is malformed: ${tree.failure.detail}.`)
  return { head: head.output, entity, facts: await mmsFacts(tree.value, entity.length) }
}

/** Throws the dice of a submit and returns the first fault that strikes. */
function accident(network: NetworkParts, kinds: readonly FaultKind[]): Fault | undefined {
  const chaos = network.ledger.chaos()
  if (chaos.faults.length === 0) return undefined
  const [fault] = strike(chaos, kinds)
  network.commit(() => network.ledger.setChaos(chaos))
  return fault
}

/** Keeps a message, hands it to its phones and queues the reports. */
function take(network: NetworkParts, { head, entity, facts }: Submitted): { id: string; seen: number } {
  const now = network.now()
  const id = `sim_${randomText(22)}`
  const receptions: Reception[] = []
  const reports: Scheduled<StatusEvent>[] = []
  for (const number of head.to) {
    const profile = network.ledger.profile(number)
    const reception = receive(number, profile, head, facts)
    receptions.push(reception)
    for (const { after, ...report } of reportsOf(reception, profile))
      reports.push({
        due: now + after,
        event: {
          type: 'message.status',
          event: `evt_${randomText(22)}`,
          account: network.account,
          at: now + after,
          reference: head.reference,
          id,
          ...report,
          ...(profile.operator === undefined ? {} : { network: profile.operator }),
        },
      })
  }
  const chaos = network.ledger.chaos()
  const disturbed = disturb(chaos, reports)
  let seen = 1
  network.commit(() => {
    seen = network.ledger.see(head.reference, id, now).seen
    network.ledger.add(
      {
        id,
        direction: 'outbound',
        reference: head.reference,
        channel: head.channel,
        from: head.from,
        to: head.to,
        at: now,
        facts,
      },
      entity,
      receptions.map((reception) => ({ number: reception.number, reception })),
    )
    network.outbox.add(id, id, false, disturbed)
    if (chaos.faults.length > 0) network.ledger.setChaos(chaos)
  })
  return { id, seen }
}

/** What a client gets from a connection that died after its request was read: no word of the carrier's own. */
const silence = async (network: NetworkParts, ms: number): Promise<Response> => {
  await network.wait(ms)
  return new Response('Gateway Timeout', { status: 504 })
}

/** A repeated reference is never a second message; only its answer can still go wrong. */
function repeat(network: NetworkParts, reference: string, id: string): Promise<Response> | Response {
  let seen = 0
  network.commit(() => {
    seen = network.ledger.see(reference, null, network.now()).seen
  })
  const fault = accident(network, ['timeout', 'lost_answer'])
  if (fault?.kind === 'timeout') return silence(network, fault.ms ?? SILENCE_MS)
  if (fault?.kind === 'lost_answer') return new Response('Bad Gateway', { status: 502 })
  return Response.json({ id, seen })
}

/** Takes a submission, or does not: the far side of the carrier's `submit`. */
export async function submit(network: NetworkParts, request: Request): Promise<Response> {
  const submitted = await read(request)
  if (submitted instanceof Response) return submitted
  const { head, facts } = submitted
  // Nothing below awaits before it has written, so that two submits of one reference cannot both be the first.
  const known = network.ledger.reference(head.reference)
  if (known !== null && known.id !== null) return repeat(network, head.reference, known.id)
  const fault = accident(network, ['reject', 'too_large', 'timeout', 'lost_answer'])
  if (fault?.kind === 'reject' || fault?.kind === 'too_large') return refuse(rejection(fault))
  if (fault?.kind === 'timeout' && fault.accept !== true) return silence(network, fault.ms ?? SILENCE_MS)
  const problem = checkLimits(head, facts, network.now()) ?? checkMagic(head)
  if (problem === 'silence') {
    network.commit(() => network.ledger.see(head.reference, null, network.now()))
    return silence(network, SILENCE_MS)
  }
  if (problem !== null) return refuse(problem)
  const answer = take(network, submitted)
  if (fault?.kind === 'timeout') return silence(network, fault.ms ?? SILENCE_MS)
  if (fault?.kind === 'lost_answer') return new Response('Bad Gateway', { status: 502 })
  return Response.json(answer, { status: 202 })
}
