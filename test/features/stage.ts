import { expect } from 'vitest'
import type { Gateway } from '../gateway/harness.ts'
import { until } from '../gateway/until.ts'

/** JSON that is sent. */
export type Json = Record<string, unknown>
// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely; a wrong guess fails the test.
export type Answered = any

/** The default number of the demo account. */
export const OWN = '+14165550100'

/** What somebody with a phone, and somebody with a key, can do. */
export type Stage = {
  /** Stores a file. */
  readonly upload: (bytes: Uint8Array<ArrayBuffer>) => Promise<{ id: string }>
  /** Sends, waits for the report, and gives what was answered and what the phone has of it. */
  readonly arrives: (phone: string, message: Json) => Promise<{ sent: Answered; arrived: Answered }>
  /** A phone writes to one of our numbers; gives the message as we have it. */
  readonly writes: (
    phone: string,
    fields: Record<string, string>,
    files?: readonly File[],
  ) => Promise<Answered>
  /** The conversation of the default number, or of another, with a phone. */
  readonly conversationWith: (phone: string, own?: string) => Promise<Answered>
  readonly thread: (conversation: string) => Promise<Answered[]>
}

/** Sets it up on a gateway. */
export function stageOf(gateway: () => Gateway): Stage {
  const path = (phone: string): string => `/handsets/${encodeURIComponent(phone)}`
  const conversationWith: Stage['conversationWith'] = async (phone, own = OWN) => {
    const query = `member=${encodeURIComponent(phone)}&number=${encodeURIComponent(own)}`
    return (await gateway().json(`/v1/conversations?${query}`)).body.conversations[0]
  }
  const thread: Stage['thread'] = async (conversation) =>
    (await gateway().json(`/v1/conversations/${conversation}/messages`)).body?.messages ?? []
  const inbound = async (phone: string, own: string): Promise<Answered[]> => {
    const row = await conversationWith(phone, own)
    return row === undefined ? [] : (await thread(row.id)).filter((one) => one.direction === 'inbound')
  }
  return {
    conversationWith,
    thread,
    async upload(bytes) {
      const { status, body } = await gateway().json('/v1/media', { method: 'POST', body: bytes })
      expect(status, JSON.stringify(body)).toBe(201)
      return { id: body.id }
    },
    async arrives(phone, message) {
      const sent = await gateway().send({ to: phone, ...message })
      expect(sent.status, JSON.stringify(sent.body)).toBe(202)
      await gateway().settled(sent.body.id)
      const { body } = await gateway().simulator(`${path(phone)}/messages`)
      const arrived = body.messages.find((one: Answered) => one.reference === sent.body.id)
      return { sent: sent.body, arrived }
    },
    async writes(phone, fields, files = []) {
      const form = new FormData()
      for (const [name, value] of Object.entries({ to: OWN, ...fields })) form.append(name, value)
      for (const file of files) form.append('media', file)
      const own = fields.to ?? OWN
      const before = (await inbound(phone, own)).length
      const { status } = await gateway().simulator(`${path(phone)}/reply`, { method: 'POST', body: form })
      expect(status).toBe(202)
      return await until('the message to come in', async () => {
        const all = await inbound(phone, own)
        return all.length > before ? all[0] : null
      })
    },
  }
}
