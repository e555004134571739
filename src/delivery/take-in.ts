import type { Thread } from '../domain/conversation.ts'
import { mintMessageId } from '../domain/ids.ts'
import type { Inbound } from '../domain/ports.ts'
import type { Log } from './log.ts'
import { repliedTo } from './replied-to.ts'
import { PATIENCE } from './schedule.ts'

/**
 * Writes a message down that came in, or the part of one that came before it. Synchronous: it is called inside a transaction.
 *
 * @returns its id
 */
export function takeIn(
  log: Log,
  conversation: string,
  thread: Thread,
  inbound: Inbound,
  now: number,
): string {
  log.begin(conversation, thread)
  const { join, claim, at } = inbound
  const before = join === undefined ? null : log.joins.find(join.key, at, join.within)
  const id = before ?? mintMessageId(conversation, at)
  log.claim(claim, id, now)
  const position = join === undefined ? 0 : log.joins.add(claim, id, join.key, at)
  if (before !== null) return addParts(log, before, inbound, position, now)
  const parts = inbound.parts.map(({ part }) => part)
  log.add(
    {
      id,
      account: thread.account,
      conversation,
      channel: inbound.channel,
      vendor: inbound.vendor,
      from: inbound.from,
      to: inbound.to,
      subject: inbound.subject,
      text: inbound.text,
      parts,
      budget: 0,
      wireBytes: parts.reduce((sum, part) => sum + part.bytes, 0),
      warnings: [],
      ...repliedTo(log, inbound.text, now - PATIENCE.choice),
      createdAt: at,
    },
    { direction: 'inbound', state: 'received', recipients: [], dueAt: null, validUntil: now, now },
  )
  log.note(id, { event: 'received', detail: null, attempt: null, vendorCode: null }, now)
  addCopies(log, id, inbound, 0, now)
  return id
}

/** Parts of a message that is shown already, in the order in which the vendor accepted them: it grows. */
function addParts(log: Log, id: string, inbound: Inbound, position: number, now: number): string {
  const parts = [...(log.find(id)?.message.parts ?? [])]
  const added = inbound.parts.map(({ part }) => part)
  log.joins.makeRoom(id, position, added.length)
  parts.splice(position, 0, ...added)
  log.change(
    id,
    {
      parts: parts.map((part, n) =>
        part.state === 'pending' ? { ...part, name: part.name.replace(/\d+/, String(n + 1)) } : part,
      ),
      entry: { event: 'part_received', detail: `Part ${position + 1}`, attempt: null, vendorCode: null },
    },
    now,
  )
  addCopies(log, id, inbound, position, now)
  return id
}

function addCopies(log: Log, id: string, inbound: Inbound, position: number, now: number): void {
  inbound.parts.forEach(({ source }, n) => {
    if ('url' in source) log.addCopy(id, position + n, source.url, now)
  })
}
