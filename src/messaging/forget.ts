import { parseAddress } from '../domain/address.ts'
import { threadKey } from '../domain/conversation.ts'
import type { Failure } from '../domain/failure.ts'
import type { ForgetfulConversations, ForgetStore } from '../domain/forget.ts'
import { conversationId } from '../domain/ids.ts'
import type { Caller } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { MessagingPorts } from './ports.ts'
import { renditionKey } from './rendition-key.ts'
import { forbidden, lacks } from './scopes.ts'
import { SHOWN } from './show-media.ts'
import type { Webhooks } from './webhooks.ts'

/** What went. */
export type ForgottenNumber = {
  readonly address: string
  readonly conversations: number
  readonly messages: number
  readonly media: number
  /** Whether an opt-out is kept, by its keyed hash. */
  readonly optOutKept: boolean
}

/** Forgets a number. Repeating it is safe, and finishes what was cut. Takes the scope `admin`. */
export type Forget = (caller: Caller, typed: string) => Promise<Result<ForgottenNumber, Failure>>

/** What it is built from. */
export type ForgetPorts = Pick<MessagingPorts, 'clock' | 'numbers' | 'conversationSecret'> & {
  readonly forgetting: { readonly store: ForgetStore; readonly conversations: ForgetfulConversations }
  readonly webhooks: Pick<Webhooks, 'forget'>
}

/** Times that a thread is halted anew because something came while its files went. */
const TRIES = 3

/** Builds it. */
export function createForget(ports: ForgetPorts): Forget {
  const { store, conversations } = ports.forgetting

  /** Empties one thread's object and takes its files out; the number of files, or null when it would not stand still. */
  async function emptied(
    account: string,
    conversation: string,
    all: readonly string[],
  ): Promise<number | null> {
    const drafted = await store.draftMedia(account, [conversation])
    let files = 0
    for (let tried = 0; tried < TRIES; tried++) {
      const halted = await conversations.halt(account, conversation)
      if (halted === null) return null
      // Files go before the object that names them: cut in between, a repetition finds them again.
      files += await store.media(
        account,
        {
          ids: [...new Set([...halted.media, ...drafted])],
          conversations: all,
          cleanedKey: (sha256) => renditionKey(sha256, SHOWN),
        },
        ports.clock.now(),
      )
      if (await conversations.wipe(account, conversation, halted.mark)) return files
    }
    return null
  }

  return async (caller, typed) => {
    if (lacks(caller, 'admin')) return forbidden('admin')
    const parsed = parseAddress(typed)
    if (!parsed.ok) return fail({ code: 'invalid_number', field: 'address', typed })
    const address = parsed.value
    const { account } = caller
    const own = await ports.numbers.list(account)
    if (own.some((one) => one.address === address)) return fail({ code: 'recipient_is_own_number', address })

    // A thread that was never listed yet is found by its name, which follows from its two numbers.
    const guesses = await Promise.all(
      own.map((one) =>
        conversationId(
          ports.conversationSecret,
          account,
          threadKey({ account, own: one.address, members: [address] }),
        ),
      ),
    )
    const ids = await store.conversationsWith(account, address, guesses)
    const forgotten = { conversations: ids, addresses: [address] }
    let media = 0
    let messages = 0
    let restless = false
    for (const id of ids) {
      const files = await emptied(account, id, ids)
      if (files === null) {
        restless = true
        continue
      }
      media += files
      await ports.webhooks.forget(account, { conversations: [id], addresses: [] })
      // Last: as long as it is listed, a repetition finds what was left of it.
      messages += await store.conversation(account, id)
    }
    if (restless) return fail({ code: 'still_at_work', retryAfter: 10 })
    await ports.webhooks.forget(account, forgotten)
    const doomed = { conversations: ids, cleanedKey: (sha256: string) => renditionKey(sha256, SHOWN) }
    media += await store.pages(account, address, doomed, ports.clock.now())
    const { optedOut } = await store.address(account, address)
    return ok({ address, conversations: ids.length, messages, media, optOutKept: optedOut })
  }
}
