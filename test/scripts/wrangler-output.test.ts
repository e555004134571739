import { describe, expect, it } from 'vitest'
import { createOutputFilter } from '../../scripts/lib/wrangler-output.mjs'

const shown = (text: string): string[] => {
  const filter = createOutputFilter()
  return text.split('\n').flatMap((line) => filter(line) ?? [])
}

describe('what a person sees of wrangler', () => {
  it('is nothing of a normal start', () => {
    const start = [
      '',
      '[custom build] Running: node scripts/build-core.mjs',
      'Using secrets defined in .dev.vars',
      'Your Worker has access to the following bindings:',
      'Binding                                     Resource                  Mode',
      'env.CONVERSATION (Conversation)             Durable Object            local',
      'env.BELINO_ROOT_KEY ("(hidden)")            Environment Variable      local',
      '',
      '[wrangler:warn] Unable to fetch the `Request.cf` object! Falling back to a default placeholder...',
      'Error: getaddrinfo ENOTFOUND example.com',
      '    at GetAddrInfoReqWrap.onlookupall [as oncomplete] (node:dns:123:26)',
      '⎔ Starting local server...',
      '\u001b[33m▲ \u001b[43;33m[\u001b[43;30mWARNING\u001b[43;33m]\u001b[0m \u001b[1mScheduled Workers are not automatically triggered during local development.\u001b[0m',
      '',
      '  To manually trigger a scheduled event, run:',
      '    curl "http://localhost:8787/cdn-cgi/local/scheduled"',
      '',
      '',
      '[wrangler:info] Ready on http://localhost:8787',
      '[wrangler:info] GET /health 200 OK (5ms)',
      '[wrangler:info] GET /cdn-cgi/handler/scheduled 200 OK (5ms)',
    ]
    expect(shown(start.join('\n'))).toEqual([])
  })

  it('is a line a request', () => {
    expect(shown('[wrangler:info] POST /v1/messages 202 Accepted (548ms)')).toEqual([
      'POST /v1/messages 202 548ms',
    ])
  })

  it('is every error, with its stack', () => {
    const error = [
      '✘ [ERROR] Could not resolve "./gone.ts"',
      '',
      '    src/worker.ts:1:7:',
      '      1 │ import "./gone.ts"',
    ]
    expect(shown(error.join('\n'))).toEqual(error)
    expect(shown('[wrangler:error] Uncaught Error: no\n    at src/worker.ts:3:1')).toEqual([
      'Uncaught Error: no',
      '    at src/worker.ts:3:1',
    ])
  })

  it('is what follows a swallowed block', () => {
    const text = [
      '▲ [WARNING] Scheduled Workers are not automatically triggered during local development.',
      '',
      '  To manually trigger a scheduled event, run:',
      '',
      '✘ [ERROR] Something else',
    ]
    expect(shown(text.join('\n'))).toEqual(['✘ [ERROR] Something else'])
  })

  it("is what the Worker prints, and other people's warnings", () => {
    const text = [
      '{"event":"projection_failed","error":"x"}',
      '▲ [WARNING] Something new',
      '',
      '  with a reason',
    ]
    expect(shown(text.join('\n'))).toEqual(text)
  })
})
