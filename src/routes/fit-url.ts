import { Hono } from 'hono'
import { failed } from './answer.ts'
import type { ServicesEnv } from './env.ts'
import { sendFile } from './send-file.ts'

/**
 * `/fit/<signature>/<options>/<source>`: the optimizer that stands in front of a media URL. The file is whole before the
 * first byte leaves, so that HEAD, ranges and the length are true.
 */
export function fitUrlRoutes(): Hono<ServicesEnv> {
  const routes = new Hono<ServicesEnv>()

  routes.on(['GET', 'HEAD'], '/:signature/:rest{.+}', async (c) => {
    // As it was signed: the router's own parameters are decoded. The mount may have put more in front.
    const { pathname } = new URL(c.req.url)
    const signature = c.req.param('signature')
    const at = pathname.indexOf(`/${signature}/`)
    const fits = c.get('fitUrls')
    const found = at < 0 ? null : await fits.find(signature, pathname.slice(at + signature.length + 1))
    if (found === null) return failed(c, { code: 'invalid_signature' })
    if (!found.ok) return failed(c, found.failure)
    const { media, name, attachment, maxAge } = found.value
    return await sendFile(c, media, {
      name,
      attachment,
      cacheControl: maxAge > 0 ? `public, max-age=${maxAge}` : 'no-cache',
      open: (file, range) => fits.open(file, range),
    })
  })

  return routes
}
