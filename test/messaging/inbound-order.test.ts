import { describe, expect, it } from 'vitest'
import { ok } from '../../src/domain/result.ts'
import { orderedParts } from '../../src/messaging/inbound-order.ts'
import type { InboundPart } from '../../src/vendors/contract.ts'

const SMIL = '<smil><body><par><img src="b.jpg"/></par><par><img src="cid:a%20one.jpg"/></par></body></smil>'
const link = (name: string, typeHint: string | null = null): InboundPart => ({
  kind: 'url',
  url: `https://carrier.example/media/${name}?token=1`,
  typeHint,
  nameHint: null,
})
const file = (nameHint: string, typeHint: string | null, text = ''): InboundPart => ({
  kind: 'bytes',
  bytes: new TextEncoder().encode(text),
  typeHint,
  nameHint,
})
const asked: string[] = []
const fetching = (answer: () => Promise<unknown>) => ({
  fetcher: {
    fetchMedia: async (url: string) => {
      asked.push(url)
      return (await answer()) as never
    },
  },
})
const gives = (text: string) =>
  fetching(async () => ok({ chunks: [new TextEncoder().encode(text)], bytes: text.length }))
const names = (parts: readonly InboundPart[]): string[] =>
  parts.map((one) => one.nameHint ?? (one.kind === 'url' ? one.url.split('/').at(-1)! : ''))

describe('what came in, in the order in which it is shown', () => {
  it('by a presentation that came along, which is no attachment', async () => {
    const parts = [
      file('a one.jpg', 'image/jpeg'),
      file('b.jpg', 'image/jpeg'),
      file('s', 'application/smil', SMIL.replace('%20', ' ')),
    ]
    expect(names(await orderedParts(gives(''), 'acc', parts))).toEqual(['b.jpg', 'a one.jpg'])
    expect(asked).toEqual([])
  })

  it.each([
    ['by its type', link('presentation', 'application/smil')],
    ['by its name', link('order.smil')],
  ])('by one behind a URL, known %s', async (_how, presentation) => {
    const smil = SMIL.replace('%20', ' ')
    const parts = [link('a%20one.jpg'), presentation, link('b.jpg'), link('c.jpg')]
    const ordered = await orderedParts(gives(smil), 'acc', parts)
    expect(names(ordered)).toEqual(['b.jpg?token=1', 'a%20one.jpg?token=1', 'c.jpg?token=1'])
    expect(asked.splice(0)).toHaveLength(1)
  })

  it('as it came, when the presentation cannot be had', async () => {
    const parts = [link('a.jpg'), link('order.smil'), link('b.jpg')]
    const unreachable = fetching(async () => ({ ok: false, failure: { code: 'media_unreachable' } }))
    expect(names(await orderedParts(unreachable, 'acc', parts))).toEqual(['a.jpg?token=1', 'b.jpg?token=1'])
    const never = fetching(() => new Promise(() => {}))
    expect(names(await orderedParts(never, 'acc', parts))).toEqual(['a.jpg?token=1', 'b.jpg?token=1'])
  })
})
