import { createServer } from 'node:net'

/**
 * Whether nobody listens on a port of this machine, by either name of it: a server that has taken only one of the two would
 * answer some clients, and Belino the others.
 *
 * @param {number} port
 */
export async function portIsFree(port) {
  for (const host of ['127.0.0.1', '::1']) if (!(await canListen(port, host))) return false
  return true
}

const canListen = (port, host) =>
  new Promise((resolve) => {
    const server = createServer()
    // A machine without IPv6 has no such address, so nobody listens there.
    server.once('error', (error) =>
      resolve(!('code' in error) || !['EADDRINUSE', 'EACCES'].includes(String(error.code))),
    )
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
