import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One POST that a customer's endpoint got. */
export type Received = {
  readonly path: string
  readonly headers: Record<string, string>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely; a wrong guess fails the test.
  readonly body: any
}

/** A customer's server on this machine. */
export type Customer = {
  readonly url: (path: string) => string
  /** Everything that came, in order. */
  readonly received: Received[]
  /** What came to one path. */
  readonly at: (path: string) => Received[]
  /** The status of the next answers, by path; 200 unless set. */
  readonly answer: Map<string, number>
  readonly close: () => Promise<void>
}

/** Starts one at a free port. Close it when done. */
export async function startCustomer(): Promise<Customer> {
  const received: Received[] = []
  const answer = new Map<string, number>()
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = request.url ?? ''
      const text = Buffer.concat(chunks).toString('utf8')
      received.push({
        path,
        headers: request.headers as Record<string, string>,
        text,
        body: JSON.parse(text),
      })
      const status = answer.get(path) ?? 200
      response.writeHead(status, status >= 300 && status < 400 ? { location: '/elsewhere' } : {})
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    received,
    at: (path) => received.filter((one) => one.path === path),
    answer,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
