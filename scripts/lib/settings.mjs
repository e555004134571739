import { parseArgs } from 'node:util'

/** What `npm start` understands, as one may read it. */
export const USAGE = `npm start                          starts Belino on http://localhost:8787
npm start -- --port 8790           on another port
npm start -- --persist-to <folder> keeps the data in another folder (.wrangler/state unless told)`

/**
 * Reads the arguments of `npm start`.
 *
 * @param {string[]} args
 * @returns {{ port: number, persistTo: string | null, help: boolean } | { problem: string }}
 */
export function readSettings(args) {
  let values
  try {
    ;({ values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '8787' },
        'persist-to': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }))
  } catch (error) {
    return { problem: error.message }
  }
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : 0
  if (port < 1 || port > 65_535) return { problem: `A port is a number from 1 to 65535, not ${values.port}.` }
  return { port, persistTo: values['persist-to'] ?? null, help: values.help }
}
