import { judgeConsent } from '../domain/consent.ts'
import { classifyReply, type ReplyIntent } from '../domain/stop-words.ts'
import { automaticCaller, mayAnswer } from './automatic.ts'
import { applyKeywords } from './keywords.ts'
import type { MessagingPorts } from './ports.ts'
import type { Received } from './received.ts'
import { send } from './send.ts'
import { tellConsents } from './tell-consents.ts'

const ANSWERS: Record<'stop' | 'start' | 'help', string> = {
  stop: 'You will get no more messages from this number. Reply START to get them again.',
  start: 'You will get messages from this number again. Reply STOP to end them.',
  help: 'Reply STOP to get no more messages from this number. For anything else, just write here.',
}

/**
 * What follows from an inbound message by itself: consent by words, and its one answer. It may run again for the same
 * message (a vendor repeats its webhook until it was answered): everything here does the same thing once.
 */
export async function afterReceive(ports: MessagingPorts, received: Received): Promise<void> {
  const intent = intentOf(received)
  if (intent === null) return await applyKeywords(ports, received)
  const { account } = received.number
  const said = (await ports.consents.of(account, [received.from])).get(received.from) ?? []
  const isOut = judgeConsent(said, { purpose: 'conversational', programme: null }) === 'opted_out'
  // Only whoever is opted out says yes to messages; everybody else answers a question.
  if (intent === 'yes' && !isOut) return await applyKeywords(ports, received)
  const answer = intent === 'yes' ? 'start' : intent
  if (answer !== 'help') {
    const state = answer === 'stop' ? 'out' : 'in'
    const consent = {
      address: received.from,
      programme: null,
      state,
      source: 'words',
      at: received.at,
    } as const
    await ports.consents.set(account, [consent])
    await tellConsents(ports.events, account, [consent])
  }
  await reply(ports, received, answer)
}

/** A word in the text counts, and one in the caption or subject under a picture. */
function intentOf(received: Received): ReplyIntent | null {
  const words = [received.text, received.subject].map((text) => (text === null ? null : classifyReply(text)))
  return words.find((one) => one === 'stop') ?? words.find((one) => one !== null) ?? null
}

async function reply(
  ports: MessagingPorts,
  received: Received,
  answer: 'stop' | 'start' | 'help',
): Promise<void> {
  const { number, from, id } = received
  const limits = ports.carrier(number.vendor)?.limits(number.type)
  if (limits === undefined || limits.selfAnswersStop === true) return
  if (!(await mayAnswer(ports, received, answer))) return
  const request = {
    from: number.address,
    to: [from],
    text: ANSWERS[answer],
    media: [],
    automatic: 'consent',
  } as const
  const sent = await send(ports, automaticCaller(number), request, {
    key: `automatic:${id}:${answer}`,
    bodyHash: answer,
  })
  if (!sent.ok) ports.log('automatic_reply_failed', { message: id, code: sent.failure.code })
}
