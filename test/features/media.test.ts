import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from '../gateway/harness.ts'
import { form, photo } from '../gateway/photo.ts'
import { until } from '../gateway/until.ts'
import { be, bytesOf, le } from '../media/bytes-of.ts'
import { h264, writeMovie } from '../media/formats/mp4/write-movie.ts'
import { amrFrames, midi, midiTrack, mp3Frames, opus, pcmFormat, riff } from '../media/sounds.ts'
import { type Answered, type Json, OWN, stageOf } from './stage.ts'

/** What the statements about media promise, over HTTP against the simulator: kinds, sizes, counts, both directions. */

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())
const { arrives, upload, writes } = stageOf(() => gateway)

const VCARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe\r\nFN:Doe\r\nEND:VCARD\r\n'
const CALENDAR = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//A phone//EN',
  'BEGIN:VEVENT',
  'UID:1',
  'DTSTAMP:20260101T120000Z',
  'DTSTART:20260102T120000Z',
  'SUMMARY:Lunch',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n')
const text = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words)
const movie = (brand: string): Uint8Array<ArrayBuffer> =>
  writeMovie(brand, [
    { handler: 'vide', entry: h264, chunks: [[bytesOf('frame-one'), bytesOf('frame-two')]] },
  ])
const wav = (samples: number): Uint8Array<ArrayBuffer> =>
  riff('WAVE', ['fmt ', pcmFormat], ['data', new Uint8Array(samples * 2)])
const tune = midi(midiTrack(0, 0x90, 60, 100, 96, 60, 0, 0, 0xff, 0x2f, 0))
const png = async (): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(
    await sharp({ create: { width: 60, height: 40, channels: 3, background: '#4a8' } })
      .png()
      .toBuffer(),
  )
const gif = async (): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(
    await sharp({ create: { width: 60, height: 40, channels: 3, background: '#48a' } })
      .gif()
      .toBuffer(),
  )
const found = (message: Answered): string[] =>
  message.facts.parts.map((one: Answered) => one.found ?? one.type).filter((one: string) => !/smil/.test(one))
const profile = (phone: string, change: Json) =>
  gateway.simulator(`/handsets/${encodeURIComponent(phone)}/profile`, { method: 'PUT', json: change })

describe('what goes out', () => {
  const PHONE = '+16135550301'

  it('C1, V1, I1, I4: pictures, sounds, video, contacts, documents', async () => {
    const files = [
      await photo(300, 200),
      movie('qt  '),
      mp3Frames(12),
      amrFrames(40),
      tune,
      wav(400),
      text(VCARD),
      text(CALENDAR),
    ]
    const media: Json[] = []
    for (const file of files) media.push(await upload(file))
    const { sent, arrived } = await arrives(PHONE, { media })
    expect(sent.parts.map((one: Json) => one.type)).toEqual([
      'image/jpeg',
      'video/mp4',
      'audio/mpeg',
      'audio/amr',
      'audio/midi',
      'audio/wav',
      'text/x-vCard',
      'text/calendar',
    ])
    expect(arrived.facts.attachments).toBe(8)
    expect(arrived.facts.unreferenced).toEqual([])
  })

  it('C14, G13: jpeg, png and gif are taken, and come back as what a page can show', async () => {
    for (const [file, type] of [
      [await photo(80, 60), 'image/jpeg'],
      [await png(), 'image/png'],
      [await gif(), 'image/gif'],
    ] as const) {
      const { arrived } = await arrives(PHONE, { media: [await upload(file)] })
      expect(found(arrived)).toEqual([type])
      const came = await writes('+16135550302', {}, [new File([file], 'a.bin')])
      const shown = await gateway.json(`/v1/media/${came.parts[0].media}`)
      expect(shown.status, JSON.stringify(shown.body)).toBe(200)
      const bytes = await fetch(shown.body.url)
      expect(bytes.headers.get('content-type')).toBe(type)
      expect(bytes.headers.get('content-disposition')).toMatch(/^inline/)
    }
  })

  it('G7, C10, C13, C17: ten attachments along with text; the eleventh is refused in words, the ten stay', async () => {
    const media: Json[] = []
    for (let n = 0; n < 11; n++) media.push(await upload(await photo(64 + n, 48)))
    const { arrived } = await arrives(PHONE, { text: 'Ten of them', media: media.slice(0, 10) })
    expect(arrived.facts).toMatchObject({ attachments: 10, text: 'Ten of them' })
    const refused = await gateway.send({ to: PHONE, media, split: false })
    expect(refused.body.error).toMatchObject({ code: 'too_many_parts' })
    expect(refused.body.error.message).toMatch(/10.*11|11.*10/)
    expect(
      (await gateway.json('/v1/messages:check', { json: { to: PHONE, media, split: false } })).body,
    ).toMatchObject({
      allowed: false,
      errors: [{ code: 'too_many_parts' }],
    })
    const again = await gateway.send({ to: PHONE, media: media.slice(0, 10) })
    expect(again.status).toBe(202)
  })

  it('G6, C11: a whole message is under 5 MB, words and headers included', async () => {
    const phone = '+16135550303'
    await profile(phone, { messageBytes: 10_000_000 })
    const { sent, arrived } = await arrives(phone, {
      text: 'Listen',
      budget: 'hard',
      media: [await upload(wav(2_490_000))],
    })
    expect(sent.wire_bytes).toBeLessThanOrEqual(4_999_999)
    expect(sent.wire_bytes).toBeGreaterThan(4_900_000)
    expect(arrived.facts.bytes).toBe(sent.wire_bytes)
    const over = await gateway.send({ to: phone, budget: 'hard', media: [await upload(wav(2_500_000))] })
    expect([over.status, over.body.error.code]).toEqual([422, 'cannot_fit'])
    const more = await gateway.send({ to: phone, text: 'Hi', budget: 5_000_001 })
    expect(more.body.error.code).toBe('budget_out_of_range')
  })

  it('I3: 300 KB without a word on size, which every phone shows', async () => {
    const media = [await upload(await photo(2400, 1800))]
    const phones = ['android', 'iphone', 'no-smil', 'feature'].map(
      (kind, n) => [kind, `+1613555031${n}`] as const,
    )
    for (const [kind, phone] of phones) {
      await profile(phone, kind === 'feature' ? { kind, longSide: 4000, shortSide: 4000 } : { kind })
      const { sent, arrived } = await arrives(phone, { text: 'For all', media })
      expect(sent.budget).toBe(300_000)
      expect(arrived.facts.bytes, kind).toBeLessThanOrEqual(300_000)
      expect(arrived.reception, kind).toMatchObject({ outcome: 'delivered' })
      expect(
        arrived.reception.drops.filter((one: unknown) => one !== null),
        kind,
      ).toEqual([])
    }
  })

  it('I9: a text far past what a short message holds, in one message', async () => {
    const words = 'A long story. '.repeat(146).slice(0, 2048)
    const { arrived } = await arrives(PHONE, { text: words })
    expect(arrived).toMatchObject({ channel: 'mms', facts: { text: words } })
  })

  it('I10, V24: content as MIME parts, or as links', async () => {
    const parts = await gateway.json('/v1/messages', {
      method: 'POST',
      body: form({ to: PHONE, text: 'Parts' }, [await photo(90, 60), await photo(60, 90)]),
    })
    expect(parts.status).toBe(202)
    expect(parts.body.parts).toHaveLength(2)
    // No test reaches the internet: a link is read and judged, and what it names is not fetched from within.
    const link = await gateway.send({ to: PHONE, media: [{ url: 'https://192.168.0.1/cat.jpg' }] })
    expect(link.body.error.code).toBe('media_url_refused')
    const neither = await gateway.send({ to: PHONE, media: [{ url: 'https://example.com/a', id: 'med_x' }] })
    expect(neither.status).toBe(400)
  })

  it('C15: a preview is what will arrive, before anything is sent', async () => {
    const message = { text: 'Look', media: [await upload(await photo(1600, 1200))] }
    const preview = await gateway.json('/v1/messages:preview', { json: { to: PHONE, ...message } })
    expect(preview.status).toBe(200)
    expect((await fetch(preview.body.parts[0].url)).headers.get('content-type')).toBe('image/jpeg')
    const { arrived } = await arrives(PHONE, message)
    expect(arrived.facts.bytes).toBe(preview.body.wire_bytes)
  })

  it('C18, C19, C21: several pictures are slides, one each, with the text on the first', async () => {
    const media = [
      await upload(await photo(110, 80)),
      await upload(await photo(120, 80)),
      await upload(await photo(130, 80)),
    ]
    const { arrived } = await arrives(PHONE, { text: 'Three', media })
    const slides = arrived.shown.map((slide: number[]) => slide.map((index) => arrived.facts.parts[index]))
    expect(slides).toHaveLength(3)
    expect(slides[0].map((one: Answered) => one.text ?? one.width)).toEqual(
      expect.arrayContaining(['Three', 110]),
    )
    expect(
      slides
        .slice(1)
        .flat()
        .map((one: Answered) => one.width),
    ).toEqual([120, 130])
  })

  it('V25, C16: files are stored ahead of the message, and one that is left out does not go', async () => {
    const files = [await upload(await photo(70, 50)), await upload(await photo(90, 50))]
    const shown = await gateway.json(`/v1/media/${files[0]?.id}`)
    expect(shown.body).toMatchObject({ type: 'image/jpeg', width: 70 })
    const { sent } = await arrives(PHONE, { media: files.slice(1) })
    expect(sent.parts.map((one: Json) => one.width)).toEqual([90])
  })
})

describe('what comes in', () => {
  const PHONE = '+16135550321'

  it('G14, V1: all common audio and video types', async () => {
    const files: [string, Uint8Array<ArrayBuffer>, string][] = [
      ['a.mp4', movie('isom'), 'video/mp4'],
      ['a.mov', movie('qt  '), 'video/quicktime'],
      ['a.3gp', movie('3gp4'), 'video/3gpp'],
      ['a.mp3', mp3Frames(12), 'audio/mpeg'],
      ['a.amr', amrFrames(40), 'audio/amr'],
      ['a.mid', tune, 'audio/midi'],
      ['a.wav', wav(400), 'audio/wav'],
      ['a.ogg', opus(4), 'audio/ogg'],
    ]
    const came = await writes(
      PHONE,
      { text: 'All of them' },
      files.map(([name, bytes]) => new File([bytes], name)),
    )
    expect(came.parts.map((one: Json) => [one.type, one.state])).toEqual(
      files.map(([, , type]) => [type, 'stored']),
    )
  })

  it('G15, G20: a type that nobody knows is kept, and a developer gets it byte for byte', async () => {
    const strange = bytesOf('NOTHING-KNOWN', be(0xdeadbeef, 4), le(7, 8))
    const came = await writes(PHONE, {}, [new File([strange], 'x.xyz', { type: 'application/x-strange' })])
    expect(came.parts[0]).toMatchObject({
      type: 'application/octet-stream',
      state: 'stored',
      bytes: strange.length,
    })
    const { body } = await gateway.json(`/v1/media/${came.parts[0].media}?original=true`)
    const bytes = new Uint8Array(await (await fetch(body.url)).arrayBuffer())
    expect(bytes).toEqual(strange)
    expect((await gateway.json(`/v1/media/${came.parts[0].media}`)).status).toBeGreaterThanOrEqual(400)
  })

  it('G4: only the types that a profile names are shown', async () => {
    const path = '/v1/content-profiles/default'
    await gateway.json(path, { method: 'PUT', json: { allow: ['image/jpeg', 'image/png', 'image/gif'] } })
    const came = await writes(PHONE, {}, [
      new File([await photo(60, 40)], 'a.jpg'),
      new File([mp3Frames(12)], 'a.mp3'),
    ])
    await gateway.api(path, { method: 'DELETE' })
    expect(came.parts.map((one: Json) => one.state)).toEqual(['stored', 'blocked'])
  })

  it('G17, C5: a number says whether it takes pictures; one that comes anyway is not lost', async () => {
    const number = '+18335550102'
    const path = `/v1/numbers/${encodeURIComponent(number)}`
    const off = await gateway.json(path, { method: 'PATCH', json: { mms: 'off' } })
    expect(off.body).toMatchObject({ mms: false, capabilities: { mms: 'off' } })
    expect(
      (await gateway.send({ from: number, to: PHONE, channel: 'mms', text: 'Hi' })).body.error.code,
    ).toBe('sender_without_mms')
    const came = await writes(PHONE, { to: number }, [new File([await photo(60, 40)], 'a.jpg')])
    expect(came.parts).toHaveLength(1)
    await gateway.json(path, { method: 'PATCH', json: { mms: 'active' } })
  })

  it('I15: a multipart entity with words, a contact and a picture becomes a message with its parts', async () => {
    const came = await writes(PHONE, { subject: 'Ours', text: 'Words' }, [
      new File([await photo(100, 80)], 'a.jpg'),
      new File([VCARD], 'c.vcf', { type: 'text/x-vCard' }),
    ])
    expect(came).toMatchObject({ channel: 'mms', subject: 'Ours', text: 'Words' })
    expect(came.parts.map((one: Json) => one.type)).toEqual(['image/jpeg', 'text/x-vCard'])
  })

  it('G16: a link in a body is words: nobody follows it by itself', async () => {
    const { startCustomer } = await import('../gateway/customer.ts')
    const elsewhere = await startCustomer()
    const words = `Your picture: ${elsewhere.url('/picture.jpg')}`
    const came = await writes(PHONE, { text: words })
    expect(came).toMatchObject({ text: words, parts: [] })
    await until('the message in the list', async () =>
      (await gateway.json(`/v1/conversations?number=${encodeURIComponent(OWN)}`)).body.conversations.some(
        (one: Answered) => one.last_message?.text === words,
      ),
    )
    expect(elsewhere.received).toEqual([])
    await elsewhere.close()
  })
})
