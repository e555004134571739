import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request that came, its body as latin1 so that every byte is one character. */
export type Asked = { readonly path: string; readonly headers: Record<string, string>; readonly body: string }

/** A server of MM7 on this machine: an MMSC, or a provider of services. */
export type Relay = {
  readonly url: (path: string) => string
  readonly asked: Asked[]
  /** What it answers; by default the Rsp of the Req, with status 1000 and a MessageID. */
  answer: (asked: Asked) => { status?: number; body: string; breaksOff?: boolean }
  readonly close: () => Promise<void>
}

const NS = 'http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-6-MM7-1-4'

/** The answer of a far side that took a request: typed from TS 23.140, clause 8.7. */
export function taken(asked: Asked, id: string, code = 1000): { body: string } {
  const operation = /<(\w+)Req xmlns/.exec(asked.body)?.[1] ?? 'Submit'
  const transaction = />([^<]+)<\/TransactionID>/.exec(asked.body)?.[1] ?? ''
  return {
    body:
      `<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Header><TransactionID xmlns="${NS}">${transaction}` +
      `</TransactionID></env:Header><env:Body><${operation}Rsp xmlns="${NS}"><MM7Version>6.8.0</MM7Version><Status><StatusCode>${code}` +
      `</StatusCode><StatusText>Said</StatusText></Status><MessageID>${id}</MessageID></${operation}Rsp></env:Body></env:Envelope>`,
  }
}

/** Starts one at a free port. Close it when done. */
export async function startRelay(): Promise<Relay> {
  const asked: Asked[] = []
  const relay = {
    answer: (one: Asked): { status?: number; body: string; breaksOff?: boolean } =>
      taken(one, `id${asked.length}`),
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const headers = request.headers as Record<string, string>
      const one = { path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('latin1') }
      asked.push(one)
      const said = relay.answer(one)
      if (said.breaksOff) {
        request.socket.destroy()
        return
      }
      response.writeHead(said.status ?? 200, { 'content-type': 'text/xml; charset=utf-8' })
      response.end(said.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(relay, {
    url: (path: string) => `http://127.0.0.1:${port}${path}`,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  })
}
