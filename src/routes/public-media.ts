import { Hono } from 'hono'
import { failed } from './answer.ts'
import type { ServicesEnv } from './env.ts'
import { sendFile } from './send-file.ts'

/** `/m/:token/:name`: media for carriers and phones, without a key. */
export function publicMediaRoutes(): Hono<ServicesEnv> {
  const routes = new Hono<ServicesEnv>()

  routes.on(['GET', 'HEAD'], '/:token/:name', async (c) => {
    const media = c.get('publicMedia')
    const found = await media.find(c.req.param('token'))
    if (!found.ok) return failed(c, found.failure)
    const file = found.value
    const left = Math.max(0, Math.min(86_400, Math.floor((file.expiresAt - media.now()) / 1000)))
    return await sendFile(c, file, {
      name: c.req.param('name'),
      cacheControl: `public, max-age=${left}, immutable`,
      open: (one, range) => media.open(one, range),
    })
  })

  return routes
}
