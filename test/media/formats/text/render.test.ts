import { describe, expect, test } from 'vitest'
import { fit as fitMedia } from '../../../../src/media/index.ts'
import { bytesOf } from '../../bytes-of.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)

describe('a text', () => {
  test.each<[string, Uint8Array, string, boolean]>([
    ['in UTF-8 passes as it is', utf8('Grüße, 世界 👋\r\n'), 'Grüße, 世界 👋\r\n', false],
    ['loses its byte order mark', bytesOf('\xef\xbb\xbfHello'), 'Hello', true],
    ['in UTF-16 becomes UTF-8', bytesOf(0xfe, 0xff, 0, 0x48, 0x20, 0xac), 'H€', true],
    ['loses an escape', bytesOf('Hel\x1blo'), 'Hello', true],
  ])('%s', async (_what, source, text, changed) => {
    const result = await fitMedia(source, { budget: 1000 })
    if (!result.ok) throw new Error(JSON.stringify(result.failure))
    expect(new TextDecoder().decode(result.value.bytes)).toBe(text)
    expect(result.value).toMatchObject({ type: 'text/plain', extension: 'txt', changed })
  })

  test('that is damaged behind the head is read as old phones wrote it', async () => {
    const result = await fitMedia(bytesOf('a'.repeat(5000), 'Ren\xe9'), { budget: 10_000 })
    expect(result).toMatchObject({ ok: true, value: { warnings: [{ code: 'text_repaired' }] } })
    if (result.ok) expect(new TextDecoder().decode(result.value.bytes)).toMatch(/René$/)
  })

  test('is never cut short', async () => {
    expect(await fitMedia(utf8('Hello'), { budget: 4 })).toMatchObject({
      ok: false,
      failure: { code: 'cannot_fit', smallest: 5, budget: 4 },
    })
  })

  test('that turns out to be a page once it is clean is refused', async () => {
    expect(await fitMedia(bytesOf('\x1b<html>'), { budget: 1000 })).toMatchObject({
      ok: false,
      failure: { code: 'forbidden_type', kind: 'html' },
    })
  })

  test('of nothing but a mark is empty', async () => {
    expect(await fitMedia(bytesOf('\xef\xbb\xbf'), { budget: 10 })).toMatchObject({
      ok: false,
      failure: { code: 'empty_media' },
    })
  })
})
