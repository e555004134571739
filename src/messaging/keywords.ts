import { parseAddress } from '../domain/address.ts'
import type { Failure } from '../domain/failure.ts'
import { mintId } from '../domain/ids.ts'
import { type KeywordRule, rulesFor } from '../domain/keyword.ts'
import { isMailAddress } from '../domain/mail.ts'
import type { Channel } from '../domain/message.ts'
import type { Caller } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { classifyReply } from '../domain/stop-words.ts'
import { automaticCaller, mayAnswer } from './automatic.ts'
import { forwardByMail } from './mail-forward.ts'
import type { MessagingPorts } from './ports.ts'
import type { Received } from './received.ts'
import { forbidden, lacks } from './scopes.ts'
import { send } from './send.ts'
import { tellKeyword } from './tell-keyword.ts'

/** Rules of one account: they are all looked at for each message. */
const MOST_RULES = 200

/** A rule as it is asked for. */
export type RuleRequest = {
  readonly number?: string | null | undefined
  readonly match: KeywordRule['match']
  readonly word?: string | undefined
  readonly channel?: Channel | null | undefined
  readonly priority?: number | undefined
  readonly reply?:
    | { readonly text: string; readonly media?: readonly string[] | undefined }
    | null
    | undefined
  readonly forward_to?: string | null | undefined
  readonly forward_email?: string | null | undefined
  readonly label?: string | null | undefined
  readonly notify?: boolean | undefined
  readonly enabled?: boolean | undefined
}

/** Keywords as the API sees them. */
export type Keywords = {
  list(caller: Caller): Promise<Result<KeywordRule[], Failure>>
  /** Makes a rule, or replaces the one with this id. */
  put(caller: Caller, id: string | null, request: RuleRequest): Promise<Result<KeywordRule, Failure>>
  remove(caller: Caller, id: string): Promise<Result<void, Failure>>
}

/** Builds them. Reading takes the scope `read`, writing `admin`: a rule sends in the account's name. */
export function createKeywords(ports: MessagingPorts): Keywords {
  return {
    async list(caller) {
      return lacks(caller, 'read') ? forbidden('read') : ok(await ports.keywords.list(caller.account))
    },
    async put(caller, id, request) {
      if (lacks(caller, 'admin')) return forbidden('admin')
      const now = ports.clock.now()
      if (id !== null && !(await ports.keywords.list(caller.account)).some((rule) => rule.id === id))
        return fail({ code: 'not_found', what: 'keyword' })
      const rule = await ruleOf(ports, caller, id ?? mintId('evt', now), request)
      if (!rule.ok) return rule
      const written = await ports.keywords.put(caller.account, rule.value, now, MOST_RULES)
      return written
        ? rule
        : fail({
            code: 'invalid_field',
            field: 'keywords',
            problem: `An account has at most ${MOST_RULES} rules. Delete one first.`,
          })
    },
    async remove(caller, id) {
      if (lacks(caller, 'admin')) return forbidden('admin')
      return (await ports.keywords.remove(caller.account, id))
        ? ok(undefined)
        : fail({ code: 'not_found', what: 'keyword' })
    },
  }
}

async function ruleOf(
  ports: MessagingPorts,
  caller: Caller,
  id: string,
  request: RuleRequest,
): Promise<Result<KeywordRule, Failure>> {
  const bad = (field: string, problem: string): Result<never, Failure> =>
    fail({ code: 'invalid_field', field, problem })
  const word = request.word?.trim() ?? ''
  if (request.match !== 'any' && word === '') return bad('word', 'Give the word, or match any message.')
  if (request.match !== 'any' && classifyReply(word) !== null)
    return bad(
      'word',
      'This word is kept for consent (STOP, START, HELP, YES and their kind). Choose another.',
    )
  if (request.match === 'any' && request.reply != null)
    return bad('reply', 'A reply to every message is a loop between machines. Give the rule a word.')
  const acts = [request.reply, request.forward_to, request.forward_email, request.label]
  if (acts.every((one) => one == null) && request.notify !== true)
    return bad('reply', 'The rule does nothing. Give it a reply, a forward, a label, or notify.')
  const address = (field: string, typed: string | null | undefined): Result<string | null, Failure> => {
    if (typed == null) return ok(null)
    const parsed = parseAddress(typed)
    return parsed.ok ? ok(parsed.value) : fail({ code: 'invalid_number', field, typed })
  }
  const number = address('number', request.number)
  if (!number.ok) return number
  const forwardTo = address('forward_to', request.forward_to)
  if (!forwardTo.ok) return forwardTo
  if (request.forward_email != null && ports.mailer === null)
    return bad(
      'forward_email',
      'E-mail is not set up here. Bind send_email as EMAIL and set BELINO_MAIL_FROM, or forward to a number or webhook.',
    )
  if (request.forward_email != null && !isMailAddress(request.forward_email))
    return bad('forward_email', 'Give one address, like desk@example.com.')
  const owned = new Set((await ports.numbers.list(caller.account)).map((one) => one.address))
  if (number.value !== null && !owned.has(number.value))
    return fail({ code: 'sender_unknown', address: number.value })
  if (forwardTo.value !== null && owned.has(forwardTo.value))
    return fail({ code: 'recipient_is_own_number', address: forwardTo.value })
  for (const media of request.reply?.media ?? [])
    if ((await ports.media.find(caller.account, media)) === null)
      return fail({ code: 'not_found', what: 'media' })
  return ok({
    id,
    number: number.value,
    match: request.match,
    word,
    channel: request.channel ?? null,
    priority: request.priority ?? 0,
    reply: request.reply == null ? null : { text: request.reply.text, media: request.reply.media ?? [] },
    forwardTo: forwardTo.value,
    forwardEmail: request.forward_email ?? null,
    label: request.label ?? null,
    notify: request.notify ?? false,
    enabled: request.enabled ?? true,
  })
}

/** Does what the account's rules say of an inbound message. Run again for the same message it does the same once. */
export async function applyKeywords(ports: MessagingPorts, received: Received): Promise<void> {
  const { account, address } = received.number
  const rules = await ports.keywords.list(account)
  for (const rule of rulesFor(rules, { number: address, channel: received.channel, text: received.text })) {
    if (rule.notify === true) await tellKeyword(ports.events, received, rule)
    if (rule.label !== null) await label(ports, account, received.conversation, rule.label)
    if (rule.reply !== null && (await mayAnswer(ports, received, `keyword:${rule.id}`)))
      await answer(ports, received, rule)
    if (rule.forwardTo !== null && rule.forwardTo !== received.from && !isForward(received.text))
      await forward(ports, received, rule, rule.forwardTo)
    if (rule.forwardEmail != null && ports.mailer !== null)
      await forwardByMail(ports, ports.mailer, received, rule, rule.forwardEmail)
  }
}

async function label(
  ports: MessagingPorts,
  account: string,
  conversation: string,
  name: string,
): Promise<void> {
  const row = await ports.people.conversation(account, conversation)
  if (row === null || row.people.labels.includes(name)) return
  await ports.people.change(account, conversation, { labels: [...row.people.labels, name] })
}

async function answer(ports: MessagingPorts, received: Received, rule: KeywordRule): Promise<void> {
  const request = {
    from: received.number.address,
    to: [received.from],
    text: rule.reply?.text,
    media: (rule.reply?.media ?? []).map((id) => ({ id })),
    automatic: 'keyword',
  } as const
  const sent = await send(ports, automaticCaller(received.number), request, {
    key: `automatic:${received.id}:${rule.id}`,
    bodyHash: rule.id,
  })
  if (!sent.ok) ports.log('keyword_reply_failed', { message: received.id, code: sent.failure.code })
}

/** A forward begins with whom it is from; one that comes in is never forwarded again, or gateways would do it for ever. */
const isForward = (text: string | null): boolean =>
  /^\+?\d{5,15}: /.test(text ?? '') || /^\+\d{5,15}:$/.test(text ?? '')

/** What a forward carries: who wrote, the words and the files, cleaned like everything that leaves. */
async function forward(
  ports: MessagingPorts,
  received: Received,
  rule: KeywordRule,
  to: string,
): Promise<void> {
  const request = {
    from: received.number.address,
    to: [to],
    text: `${received.from}: ${received.text ?? ''}`.trim(),
    media: received.media.map((id) => ({ id })),
    automatic: 'forward',
  } as const
  const sent = await send(ports, automaticCaller(received.number), request, {
    key: `automatic:${received.id}:${rule.id}:forward`,
    bodyHash: to,
  })
  if (!sent.ok) ports.log('forward_failed', { message: received.id, code: sent.failure.code })
}
