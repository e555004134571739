import { createHash } from 'node:crypto'
import { read, readAll } from './durability-client.mjs'

/** States after which nothing more happens to a message of this run: every handset of it works. */
const FINAL = new Set(['delivered'])

/** Requests at once while looking. */
const WIDTH = 8

/** The messages that have not come to their end yet. */
export async function restless(origin, sendings) {
  const ids = [...new Set(sendings.flatMap((sending) => sending.ids))]
  const states = await each(ids, async (id) => ({
    id,
    state: (await read(origin, `/v1/messages/${id}`)).state,
  }))
  return states.filter(({ state }) => !FINAL.has(state))
}

/**
 * Holds what was promised against what is there.
 *
 * @param {string} origin
 * @param {import('./durability-client.mjs').Sending[]} sendings
 * @param {import('./durability-client.mjs').Replying[]} replyings
 * @returns {Promise<{ messages: number, repeated: number, resolved: { found: number, absent: number }, inbound: number, problems: string[] }>}
 */
export async function judge(origin, sendings, replyings) {
  /** @type {string[]} */
  const problems = []
  const check = (/** @type {boolean} */ holds, /** @type {string} */ problem) =>
    holds || problems.push(problem)

  for (const { text, ids, refusals } of sendings) {
    check(refusals.length === 0, `${text} was refused: ${refusals[0]}`)
    check(ids.length > 0, `${text} was never answered`)
    check(new Set(ids).size <= 1, `${text} became several messages: ${ids}`)
  }

  const known = new Map(sendings.flatMap((sending) => sending.ids.map((id) => [id, sending])))
  const messages = await each([...known.keys()], (id) => read(origin, `/v1/messages/${id}`))
  const { handsets } = await read(origin, '/v1/simulator/handsets')
  const threads = new Map(
    await each(
      handsets.map((one) => one.number),
      async (number) => [number, (await read(origin, `/v1/simulator/handsets/${number}/messages`)).messages],
    ),
  )

  /** Attempts that a cut left open, by what the vendor said when it was asked. */
  const resolved = { found: 0, absent: 0 }
  let repeated = 0
  for (const message of messages) {
    const text = known.get(message.id)?.text
    check(FINAL.has(message.state), `${text} is ${message.state}: ${lastOf(message)}`)
    const arrived = (threads.get(message.to[0]) ?? []).filter((one) => one.reference === message.id)
    check(arrived.length === 1, `${text} is ${arrived.length} times at its handset`)
    const happened = message.timeline.map((entry) => entry.event)
    const absent = happened.includes('attempt_void')
    if (absent) resolved.absent++
    else if (happened.includes('attempt_unknown')) resolved.found++
    const seen = arrived[0]?.seen ?? 0
    if (seen > 1) {
      repeated++
      check(message.maybe_duplicate || absent, `${text} was submitted ${seen} times and nothing says why`)
    }
  }

  // What is at a handset is known to whoever sent it: a message that nobody was told of came from a request sent twice.
  for (const [number, thread] of threads)
    for (const one of thread.filter((entry) => entry.direction === 'outbound'))
      check(known.has(one.reference), `${number} has ${one.reference}, which no answer named`)

  let inbound = 0
  const found = await indexed(origin)
  for (const { conversation, thread } of found) {
    check(
      conversation.messages === thread.length,
      `the index counts ${conversation.messages} messages of ${conversation.members}, and there are ${thread.length}`,
    )
    inOrder(conversation, thread, threads.get(conversation.members[0]) ?? [], messages, check)
    inbound += await repliesIn(origin, conversation, thread, threads, check)
  }
  const members = new Set(found.map(({ conversation }) => conversation.members[0]))
  for (const { to, text } of sendings) check(members.has(to), `no conversation holds ${text}`)
  for (const { from, text, taken } of replyings)
    if (taken) check(members.has(from), `no conversation holds ${text}`)

  return { messages: messages.length, repeated, resolved, inbound, problems }
}

/** The index follows the conversations a moment behind: it is given this long to have caught up, in milliseconds. */
const BEHIND = 10_000

/** The conversations as the index lists them, each with its thread, once the two agree; as they are when they never do. */
async function indexed(origin) {
  for (const until = Date.now() + BEHIND; ; ) {
    const conversations = await readAll(origin, '/v1/conversations', 'conversations')
    const found = await each(conversations, async (conversation) => ({
      conversation,
      thread: await readAll(origin, `/v1/conversations/${conversation.id}/messages`, 'messages'),
    }))
    const agree = found.every(({ conversation, thread }) => conversation.messages === thread.length)
    if (agree || Date.now() > until) return found
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

/** Messages arrive in the order of their numbers, unless one says that it passed another. */
function inOrder(conversation, thread, atHandset, messages, check) {
  const sequence = new Map(thread.map((message) => [message.id, message.sequence]))
  if (messages.some((one) => sequence.has(one.id) && one.timeline.some((entry) => entry.event === 'passed')))
    return
  const arrived = atHandset.map((one) => sequence.get(one.reference)).filter((one) => one !== undefined)
  const sorted = [...arrived].sort((one, other) => one - other)
  check(
    String(arrived) === String(sorted),
    `${conversation.members} got its messages in the order ${arrived}`,
  )
}

/** Every reply that a handset shows as sent is in the conversation once, with its picture. */
async function repliesIn(origin, conversation, thread, threads, check) {
  const sent = (threads.get(conversation.members[0]) ?? []).filter((one) => one.direction === 'inbound')
  const received = thread.filter((message) => message.direction === 'inbound')
  check(
    sent.length === received.length,
    `${conversation.members} sent ${sent.length} replies, ${received.length} came`,
  )
  for (const message of received) {
    const part = message.parts[0]
    check(part?.state === 'stored', `a picture from ${conversation.members} is ${part?.state}`)
    if (part === undefined) continue
    const { url } = await read(origin, `/v1/media/${part.media}?original=true`)
    const bytes = await fetch(url).then((response) => response.arrayBuffer())
    const hash = createHash('sha256').update(new Uint8Array(bytes)).digest('hex')
    check(hash === part.sha256, `a picture from ${conversation.members} came back changed`)
  }
  return received.length
}

const lastOf = (message) => {
  const { event, detail, at } = message.timeline.at(-1)
  return `${event} at ${at}${detail === null ? '' : ` (${detail})`}`
}

/** Does something for each of many, a few at a time. */
async function each(items, work) {
  const results = new Array(items.length)
  let next = 0
  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at])
    }),
  )
  return results
}
