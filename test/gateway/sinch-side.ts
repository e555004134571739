import { createHmac, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One `messages:send` that came. */
export type SinchSend = {
  readonly id: string
  readonly to: string
  readonly metadata: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely; a wrong guess fails the test.
  readonly body: any
}

/** The Conversation API on this machine, as its documentation has it. */
export type SinchSide = {
  readonly url: string
  readonly sends: SinchSend[]
  /** Tokens that were asked for. */
  tokens: number
  /** Whether the connection breaks before the answer to a message that was taken. */
  breaks: (to: string) => boolean
  /** Files that phones sent, by name. */
  readonly files: Map<string, Uint8Array>
  /** Posts a callback, signed; the status of the answer. */
  readonly call: (hook: string, body: object, secret?: string) => Promise<number>
  readonly close: () => Promise<void>
}

/** What callbacks are signed with. */
export const SINCH_SECRET = 'what callbacks are signed with'

/** Starts one at a free port. Close it when done. */
export async function startSinchSide(): Promise<SinchSide> {
  const side = {
    sends: [] as SinchSend[],
    tokens: 0,
    breaks: (_to: string): boolean => false,
    files: new Map<string, Uint8Array>(),
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://here')
      const answer = (status: number, body: object): void => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(body))
      }
      const file = side.files.get(url.pathname.slice('/files/'.length))
      if (file !== undefined) {
        response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': file.length })
        response.end(file)
      } else if (url.pathname === '/oauth2/token') {
        side.tokens++
        answer(200, { access_token: `t${side.tokens}`, expires_in: 3600, token_type: 'bearer' })
      } else if (request.headers.authorization !== `Bearer t${side.tokens}`)
        answer(401, { error: { code: 401, message: 'No.', status: 'UNAUTHENTICATED' } })
      else if (url.pathname === '/v1/projects/p1/messages:send') {
        const body = JSON.parse(Buffer.concat(chunks).toString('utf8'))
        const to = body.recipient.identified_by.channel_identities[0].identity
        const send = { id: randomUUID(), to, metadata: body.message_metadata, body }
        side.sends.push(send)
        if (side.breaks(to)) request.socket.destroy()
        else answer(200, { message_id: send.id, accepted_time: new Date().toISOString() })
      } else if (url.pathname === '/v1/projects/p1/messages') {
        const to = url.searchParams.get('channel_identity')
        const messages = side.sends.filter((one) => one.to === to)
        answer(200, { messages: messages.map(({ id, metadata }) => ({ id, metadata })) })
      } else answer(404, { error: { code: 404, message: 'There is nothing.', status: 'NOT_FOUND' } })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(side, {
    url,
    call: async (hook: string, event: object, secret = SINCH_SECRET): Promise<number> => {
      const body = JSON.stringify({ app_id: 'app1', accepted_time: new Date().toISOString(), ...event })
      const [nonce, timestamp] = [randomUUID(), String(Math.floor(Date.now() / 1000))]
      const mac = createHmac('sha256', secret).update(`${body}.${nonce}.${timestamp}`).digest('base64')
      const response = await fetch(hook, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'x-sinch-webhook-signature': mac,
          'x-sinch-webhook-signature-nonce': nonce,
          'x-sinch-webhook-signature-timestamp': timestamp,
          'x-sinch-webhook-signature-algorithm': 'HmacSHA256',
        },
      })
      return response.status
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  })
}
