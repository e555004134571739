import { MultipartParseError, parseMultipartRequest } from '@remix-run/multipart-parser'
import { type Address, parseAddress } from '../../domain/address.ts'
import { randomText } from '../../domain/ids.ts'
import { assemble, type MimeMessage } from '../../domain/mime.ts'
import { receive } from './behaviour.ts'
import { disturb } from './chaos.ts'
import { REPLY_BYTES, SIMULATOR_LIMITS } from './limits.ts'
import { mediaFacts } from './media-facts.ts'
import { type MessageFacts, mmsFacts, smsFacts } from './message-facts.ts'
import { parseEntity } from './mime-tree.ts'
import { errorAnswer, type NetworkParts } from './network-parts.ts'
import type { MessageEvent } from './wire.ts'

/** What somebody at a phone sends: text, pictures, to our number and the other members of a group. */

type File = { readonly name: string; readonly type: string; readonly bytes: Uint8Array }

type Form = { to: Address; members: Address[]; subject: string | null; text: string | null; files: File[] }

/** Names as phones write them into messages: nothing that could end a header, and no two alike. */
function plainName(name: string, taken: ReadonlySet<string>): string {
  const safe = name.replace(/[^\w.-]+/g, '_').slice(-80) || 'file'
  let unique = safe
  for (let n = 2; taken.has(unique); n++) unique = `${n}-${safe}`
  return unique
}

async function readForm(request: Request): Promise<Form | string> {
  const fields = new Map<string, string[]>()
  const files: File[] = []
  const names = new Set<string>()
  try {
    for await (const part of parseMultipartRequest(request, {
      maxFileSize: REPLY_BYTES,
      maxTotalSize: REPLY_BYTES,
      maxParts: 40,
    })) {
      // Browsers send an empty file for an input that nobody touched.
      if (part.isFile && part.size === 0) continue
      if (!part.isFile) {
        fields.set(part.name ?? '', [...(fields.get(part.name ?? '') ?? []), part.text])
        continue
      }
      const bytes = part.bytes
      const name = plainName(part.filename ?? 'file', names)
      names.add(name)
      const claimed = part.mediaType ?? 'application/octet-stream'
      const type = claimed === 'application/octet-stream' ? (mediaFacts(bytes).type ?? claimed) : claimed
      files.push({ name, type: /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'application/octet-stream', bytes })
    }
  } catch (error) {
    if (error instanceof MultipartParseError) return error.message
    throw error
  }
  const one = (name: string): string | null => fields.get(name)?.[0]?.trim() || null
  const to = parseAddress(one('to') ?? '')
  if (!to.ok) return '`to` is no number.'
  const members: Address[] = []
  for (const typed of (fields.get('members') ?? []).flatMap((list) => list.split(','))) {
    if (typed.trim() === '') continue
    const member = parseAddress(typed)
    if (!member.ok) return '`members` has something that is no number.'
    members.push(member.value)
  }
  const text = fields.get('text')?.[0] || null
  if (text === null && one('subject') === null && files.length === 0) return 'The reply is empty.'
  if (files.length > SIMULATOR_LIMITS.parts)
    return `At most ${SIMULATOR_LIMITS.parts} files go into a message.`
  return { to: to.value, members: [...new Set(members)], subject: one('subject'), text, files }
}

/** Sends a phone's message to the gateway, and to the other phones of the group. */
export async function reply(network: NetworkParts, from: Address, request: Request): Promise<Response> {
  if (!/^multipart\/form-data\b/i.test(request.headers.get('content-type') ?? ''))
    return errorAnswer(415, 'unsupported_content_type', 'Send the reply as multipart/form-data.')
  const form = await readForm(request)
  if (typeof form === 'string') return errorAnswer(400, 'invalid_reply', form)
  const others = form.members.filter((member) => member !== from && member !== form.to)
  const now = network.now()
  const id = `sim_${randomText(22)}`
  // A group or a subject makes a picture message of plain text, as phones do.
  const channel = form.files.length > 0 || form.subject !== null || others.length > 0 ? 'mms' : 'sms'
  let entity: Uint8Array | null = null
  let facts: MessageFacts = smsFacts(form.text)
  if (channel === 'mms') {
    const message: MimeMessage = {
      id,
      from,
      to: [form.to, ...others],
      subject: form.subject,
      text: form.text,
      parts: form.files.map(({ name, type, bytes }) => ({ name, type, bytes: bytes.length })),
      date: now,
      encoding: 'binary',
    }
    entity = assemble(
      message,
      form.files.map((file) => file.bytes),
    )
    const tree = parseEntity(entity)
    if (!tree.ok) throw new Error(`A phone made a message that nobody reads: ${tree.failure.detail}`)
    facts = await mmsFacts(tree.value, entity.length)
  }
  const { operator } = network.ledger.profile(from)
  const event: MessageEvent = {
    type: 'message.received',
    event: `evt_${randomText(22)}`,
    account: network.account,
    at: now,
    channel,
    from,
    to: form.to,
    others,
    text: channel === 'sms' ? form.text : null,
    ...(operator === undefined ? {} : { network: operator }),
  }
  const head = { reference: id, channel, from, to: others, text: form.text, validUntil: now } as const
  const chaos = network.ledger.chaos()
  const webhooks = disturb(chaos, [{ event, due: now }])
  network.commit(() => {
    network.ledger.add(
      { id, direction: 'inbound', reference: null, channel, from, to: [form.to, ...others], at: now, facts },
      entity,
      [
        { number: from, reception: null },
        ...others.map((number) => ({
          number,
          reception: receive(number, network.ledger.profile(number), head, facts),
        })),
      ],
    )
    network.outbox.add(id, `phone ${from}`, entity !== null, webhooks)
    if (chaos.faults.length > 0) network.ledger.setChaos(chaos)
  })
  return Response.json({ id, bytes: facts.bytes }, { status: 202 })
}
