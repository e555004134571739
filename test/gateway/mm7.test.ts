import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEV_KEY, type Gateway, startGateway } from './harness.ts'
import { photo } from './photo.ts'
import { type Relay, startRelay, taken } from './relay.ts'
import { until } from './until.ts'

/** The index as the test reaches it, past the Worker. */
type Database = {
  prepare(sql: string): { run(): Promise<unknown>; all(): Promise<{ results: unknown[] }> }
}

/** MM7 in both directions over HTTP: Belino as a provider of services at a relay, and as the relay of one. */

const NS = 'http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-6-MM7-1-4'
const OWN = '+16475550100'
const PHONE = '+16135550177'
const PASSWORD = 'a password that must never be seen again'
let gateway: Gateway
let relay: Relay
let hook: string
let vendor: string

beforeAll(async () => {
  relay = await startRelay()
  gateway = await startGateway()
  await gateway.json('/v1/numbers')
  // The key of local development reaches the simulator alone; here it is to reach a relay.
  const { DB } = (await gateway.worker.getEnv()) as { DB: Database }
  await DB.prepare('UPDATE api_keys SET test = 0').run()
})
afterAll(async () => {
  await gateway?.close()
  await relay?.close()
})

const soap = (transaction: string, operation: string, inner: string): string =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><TransactionID xmlns="${NS}">${transaction}</TransactionID></s:Header>` +
  `<s:Body><${operation} xmlns="${NS}"><MM7Version>6.8.0</MM7Version>${inner}</${operation}></s:Body></s:Envelope>`

const post = (url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'text/xml; charset=utf-8', ...headers } })

/** A request with a text and a picture beside it. */
function withPicture(xml: string, text: string, picture: Uint8Array): Uint8Array<ArrayBuffer> {
  const head =
    `--out\r\nContent-Type: text/xml\r\nContent-ID: <start>\r\n\r\n${xml}\r\n--out\r\nContent-ID: <c>\r\n` +
    `Content-Type: multipart/mixed; boundary="in"\r\n\r\n--in\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n` +
    '--in\r\nContent-Type: image/jpeg\r\nContent-Location: IMG_1.JPG\r\nContent-Transfer-Encoding: binary\r\n\r\n'
  return new Uint8Array(Buffer.concat([Buffer.from(head), picture, Buffer.from('\r\n--in--\r\n--out--\r\n')]))
}
const MULTIPART = { 'content-type': 'multipart/related; boundary="out"; type="text/xml"; start="<start>"' }

describe('/v1/vendors', () => {
  it('connects a relay; its credentials go in and never come out', async () => {
    const wrong = await gateway.json('/v1/vendors', {
      json: { vendor: 'mm7', settings: { url: 'http://a.example/' } },
    })
    expect(wrong).toMatchObject({ status: 400, body: { error: { field: 'settings.url' } } })
    const made = await gateway.json('/v1/vendors', {
      json: {
        vendor: 'mm7',
        name: 'Our relay',
        credentials: { username: 'vasp', password: PASSWORD, vasp_id: 'key' },
        settings: { url: relay.url('/mm7'), vas_id: '126273' },
      },
    })
    expect(made).toMatchObject({
      status: 201,
      body: { vendor: 'mm7', name: 'Our relay', credentials: ['username', 'password', 'vasp_id'] },
    })
    vendor = made.body.id
    hook = made.body.hook_url
    expect(hook).toMatch(/\/hooks\/mm7\/ven_\w{22,}\/\w{22}$/)
    const again = await gateway.json('/v1/vendors', {
      json: { vendor: 'mm7', settings: { url: relay.url('/mm7') } },
    })
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'vendor_account_exists' } } })
    const changed = await gateway.json(`/v1/vendors/${vendor}`, {
      method: 'PATCH',
      json: { name: 'Relay', credentials: { vasp_id: 'key2' } },
    })
    expect(changed).toMatchObject({ status: 200, body: { name: 'Relay', settings: { vas_id: '126273' } } })
    const list = await gateway.json('/v1/vendors')
    expect(list.body.vendors).toEqual([changed.body])
    const seen = JSON.stringify([made.body, changed.body, list.body]) + gateway.logs().join('\n')
    expect(seen).not.toContain(PASSWORD)
    expect(seen).not.toContain('key2')
    expect(JSON.stringify([changed.body, list.body])).not.toContain(hook.slice(-22))
    expect((await gateway.json(`/v1/vendors/${vendor}/hook`)).body).toEqual({ hook_url: hook })
    expect((await gateway.json('/v1/vendors', { key: null })).status).toBe(401)
    const { DB } = (await gateway.worker.getEnv()) as { DB: Database }
    const { results } = await DB.prepare('SELECT * FROM vendor_accounts').all()
    expect(results).toHaveLength(1)
    expect(JSON.stringify(results)).not.toMatch(new RegExp(`${PASSWORD}|key2|${hook.slice(-22)}`))
  })

  it('refuses vendors and fields that there are not', async () => {
    const bodies = [{ vendor: 'nobody' }, { vendor: 'simulator' }, { vendor: 'mm7', extra: 1 }, {}]
    for (const json of bodies) expect((await gateway.json('/v1/vendors', { json })).status).toBe(400)
    expect((await gateway.json(`/v1/vendors/ven_${'0'.repeat(30)}`)).status).toBe(404)
  })
})

describe('Belino at a relay', () => {
  let id: string

  it('submits a picture, and the report of the relay makes it delivered', async () => {
    const added = await gateway.json('/v1/numbers', { json: { number: OWN, vendor: 'mm7' } })
    expect(added.status).toBe(201)
    const form = new FormData()
    form.append('from', OWN)
    form.append('to', PHONE)
    form.append('text', 'Look')
    form.append('media', new Blob([await photo(320, 240)], { type: 'image/jpeg' }), 'a.jpg')
    const sent = await gateway.api('/v1/messages', { method: 'POST', body: form })
    expect(sent.status).toBe(202)
    id = ((await sent.json()) as { id: string }).id
    await gateway.settled(id, ['submitted'])
    const [asked] = relay.asked
    expect(asked?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`vasp:${PASSWORD}`).toString('base64')}`,
      soapaction: '""',
    })
    expect(asked?.body).toContain('<VASPID>key2</VASPID><VASID>126273</VASID>')
    expect(asked?.body).toContain('<Number>16135550177</Number>')
    const report = soap(
      '77',
      'DeliveryReportReq',
      `<MessageID>id1</MessageID><Recipient><Number>16135550177</Number></Recipient><Sender><Number>16475550100</Number></Sender>` +
        `<Date>${new Date().toISOString()}</Date><MMStatus>Retrieved</MMStatus>`,
    )
    // Once is enough, ten times changes nothing.
    for (let n = 0; n < 3; n++) {
      const told = await post(hook, report)
      expect(told.status).toBe(200)
      expect(await told.text()).toContain('<StatusCode>1000</StatusCode>')
    }
    const message = await gateway.settled(id)
    expect(message).toMatchObject({ state: 'delivered', certainty: 'handset', vendor: 'mm7' })
    expect(message.timeline.filter((one: { event: string }) => one.event === 'delivered')).toHaveLength(1)
  })

  it('takes a message with a picture once, and nothing from who has no secret', async () => {
    const inner =
      '<LinkedID>5</LinkedID><Sender><Number>16135550177</Number></Sender><Recipients><To><Number>16475550100</Number></To></Recipients>' +
      '<TimeStamp>2026-04-14T16:15:23Z</TimeStamp><Content href="cid:c"/>'
    const body = withPicture(soap('78', 'DeliverReq', inner), 'Grüße', await photo(64, 48))
    for (let n = 0; n < 3; n++) expect((await post(hook, body, MULTIPART)).status).toBe(200)
    const refused = await post(`${hook.slice(0, -1)}${hook.endsWith('x') ? 'y' : 'x'}`, body, MULTIPART)
    expect(refused.status).toBe(401)
    const message = await gateway.json(`/v1/messages/${id}`)
    const thread = await gateway.json(`/v1/conversations/${message.body.conversation}/messages`)
    const received = thread.body.messages.filter((one: { direction: string }) => one.direction === 'inbound')
    expect(received).toMatchObject([
      { text: 'Grüße', from: PHONE, parts: [{ type: 'image/jpeg', width: 64 }] },
    ])
  })

  it('holds a report that overtook the answer to the submit, and one of which nobody knows', async () => {
    const report = (messageId: string) =>
      soap(
        '80',
        'DeliveryReportReq',
        `<MessageID>${messageId}</MessageID><Recipient><Number>16135550179</Number></Recipient><Sender><Number>16475550100</Number></Sender>` +
          `<Date>${new Date().toISOString()}</Date><MMStatus>Unreachable</MMStatus>`,
      )
    for (const one of ['early', 'of nobody']) expect((await post(hook, report(one))).status).toBe(200)
    relay.answer = (asked) => taken(asked, 'early')
    const sent = await gateway.send({ from: OWN, to: '+16135550179', text: 'Hello', channel: 'mms' })
    expect(sent.status).toBe(202)
    expect(await gateway.settled(sent.body.id)).toMatchObject({
      state: 'failed',
      reason: { code: 'unreachable' },
      vendor_code: 'Unreachable',
    })
  })

  it('fails with the relay\u2019s own code, and tries again what may be tried again', async () => {
    let n = 0
    relay.answer = (asked) =>
      n++ === 0 ? taken(asked, '', 4006) : taken(asked, '', asked.body.includes('16135550178') ? 2003 : 1000)
    const sent = await gateway.send({
      from: OWN,
      to: '+16135550178',
      text: 'Hello',
      subject: 'MMS',
      channel: 'mms',
    })
    expect(sent.status).toBe(202)
    const message = await gateway.settled(sent.body.id)
    expect(message).toMatchObject({
      state: 'failed',
      reason: { code: 'invalid_recipient' },
      vendor_code: '2003',
    })
    expect(n).toBe(2)
  })
})

describe('replacing at a relay', () => {
  it('asks it for another content once it has the message', async () => {
    relay.asked.length = 0
    relay.answer = (asked) => taken(asked, 'replaceable')
    const sent = await gateway.send({
      from: OWN,
      to: '+16135550176',
      text: 'Draft',
      subject: 'Us',
      channel: 'mms',
    })
    await gateway.settled(sent.body.id, ['submitted'])
    const path = `/v1/messages/${sent.body.id}/replace`
    const subject = await gateway.json(path, { json: { subject: 'Them', text: 'Fair copy' } })
    expect(subject).toMatchObject({ status: 400, body: { error: { field: 'subject' } } })
    const replaced = await gateway.json(path, { json: { text: 'Fair copy' } })
    expect(replaced).toMatchObject({
      status: 200,
      body: { id: sent.body.id, state: 'submitted', subject: 'Us', text: 'Fair copy' },
    })
    expect(replaced.body.timeline.at(-1).event).toBe('replaced')
    expect(relay.asked).toHaveLength(2)
    expect(relay.asked[1]?.body).toMatch(/<ReplaceReq xmlns.*<MessageID>replaceable<\/MessageID>/)
    expect(Buffer.from(relay.asked[1]?.body ?? '', 'latin1').toString()).toContain('Fair copy')
    const transactions = relay.asked.map(({ body }) => />([^<]+)<\/TransactionID>/.exec(body)?.[1])
    expect(new Set(transactions).size).toBe(2)
    relay.answer = (asked) => taken(asked, '', 2005)
    expect(await gateway.json(path, { json: { text: 'Too late' } })).toMatchObject({
      status: 409,
      body: { error: { code: 'cannot_replace' } },
    })
    expect((await gateway.json(`/v1/messages/${sent.body.id}`)).body.text).toBe('Fair copy')
  })
})

describe('Belino as the relay', () => {
  const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`vasp:${key}`).toString('base64')}` })
  const submit = (recipient: string, more = '') =>
    soap(
      'T1',
      'SubmitReq',
      `<SenderIdentification><VASPID>v</VASPID></SenderIdentification><Recipients><To><Number>${recipient}</Number></To></Recipients>${more}` +
        '<DeliveryReport>true</DeliveryReport><Subject>From a VASP</Subject><Content href="cid:c"/>',
    )

  it('takes SubmitReq, delivers it, and reports and delivers to the provider\u2019s URL in MM7', async () => {
    relay.asked.length = 0
    relay.answer = (asked) => taken(asked, '')
    const url = `mm7+${relay.url('/vasp')}`
    const made = await gateway.json('/v1/webhooks', {
      json: { url, types: ['message.delivered', 'message.failed', 'message.received'] },
    })
    expect(made).toMatchObject({ status: 201, body: { url } })
    expect((await gateway.json('/v1/webhooks', { json: { url: `nope+${relay.url('/')}` } })).status).toBe(400)

    const door = new URL('/dialects/mm7', gateway.url).href
    const body = withPicture(submit('16135550181'), 'Hallo', await photo(200, 100))
    const answered = await post(door, body, { ...MULTIPART, ...basic(DEV_KEY) })
    expect(answered.status).toBe(200)
    const said = await answered.text()
    expect(said).toContain('<StatusCode>1000</StatusCode>')
    expect(said).toContain('>T1</TransactionID>')
    const id = /<MessageID>(msg_\w+)<\/MessageID>/.exec(said)?.[1] ?? ''
    const repeated = await (await post(door, body, { ...MULTIPART, ...basic(DEV_KEY) })).text()
    expect(repeated).toContain(`<MessageID>${id}</MessageID>`)
    expect(await gateway.settled(id)).toMatchObject({
      state: 'delivered',
      subject: 'From a VASP',
      text: 'Hallo',
      parts: [{ type: 'image/jpeg' }],
    })
    await until('the report', async () => relay.asked.length > 0)
    expect(relay.asked[0]?.path).toBe('/vasp')
    expect(relay.asked[0]?.body).toContain(
      `<MessageID>${id}</MessageID><Recipient><Number>16135550181</Number></Recipient>`,
    )
    expect(relay.asked[0]?.body).toContain('<MMStatus>Retrieved</MMStatus>')

    relay.asked.length = 0
    let refusals = 0
    // Its first answer refuses: the delivery is made again until status 1000.
    relay.answer = (asked) => taken(asked, '', refusals++ === 0 ? 4006 : 1000)
    const reply = new FormData()
    reply.append('to', '+14165550100')
    reply.append('text', 'Danke schön')
    reply.append('media', new Blob([await photo(96, 72)]), 'IMG.JPG')
    await gateway.api(`/v1/simulator/handsets/${encodeURIComponent('+16135550181')}/reply`, {
      method: 'POST',
      body: reply,
    })
    await until('the delivery to be taken', async () => relay.asked.length >= 2)
    const delivered = Buffer.from(relay.asked[1]?.body ?? '', 'latin1').toString('utf8')
    expect(delivered).toContain('<Sender><Number>16135550181</Number></Sender>')
    expect(delivered).toContain('Danke schön')
    expect(delivered).toContain('Content-Type: image/jpeg')
    await gateway.json(`/v1/webhooks/${made.body.id}`, { method: 'DELETE' })
  })

  it.each<[string, string, string, number, number]>([
    ['a wrong key', 'nobody', submit('16135550181'), 401, 4001],
    ['a recipient that is none', DEV_KEY, submit('12'), 200, 2002],
    ['an emergency number', DEV_KEY, submit('911'), 200, 2002],
    ['another operation', DEV_KEY, soap('1', 'DeliverReq', ''), 200, 4003],
    ['a replacing by nothing', DEV_KEY, soap('1', 'ReplaceReq', '<MessageID>x</MessageID>'), 200, 4004],
    ['a cancelling of nothing', DEV_KEY, soap('1', 'CancelReq', '<MessageID>x</MessageID>'), 200, 2005],
    ['no XML', DEV_KEY, 'Hello', 200, 2007],
    ['a document type', DEV_KEY, `<!DOCTYPE a>${submit('16135550181').slice(21)}`, 200, 2007],
  ])('refuses %s', async (_, key, body, status, code) => {
    const answered = await post(new URL('/dialects/mm7', gateway.url).href, body, basic(key))
    expect(answered.status).toBe(status)
    const said = await answered.text()
    expect(said).toContain('<RSErrorRsp ')
    expect(said).toContain(`<StatusCode>${code}</StatusCode>`)
  })

  it('replaces what waits under its MessageID, and nothing that went', async () => {
    const door = new URL('/dialects/mm7', gateway.url).href
    const headers = { ...MULTIPART, ...basic(DEV_KEY) }
    const planned = submit('16135550183', '<EarliestDeliveryTime>P1D</EarliestDeliveryTime>')
    const taken = await (await post(door, withPicture(planned, 'Draft', await photo(32, 32)), headers)).text()
    const id = /<MessageID>(\w+)</.exec(taken)?.[1] ?? ''
    const request = soap('10', 'ReplaceReq', `<MessageID>${id}</MessageID><Content href="cid:c"/>`)
    const other = withPicture(request, 'Fair copy', await photo(48, 40))
    const replaced = await (await post(door, other, headers)).text()
    expect(replaced).toContain('<ReplaceRsp ')
    expect(replaced).toContain('<StatusCode>1000</StatusCode>')
    expect((await gateway.json(`/v1/messages/${id}`)).body).toMatchObject({
      state: 'accepted',
      subject: 'From a VASP',
      text: 'Fair copy',
      parts: [{ width: 48, height: 40 }],
    })
    const unknown = soap('12', 'ReplaceReq', '<MessageID>x</MessageID><Content href="cid:c"/>')
    const nothing = await (await post(door, withPicture(unknown, 'Hello', await photo(8, 8)), headers)).text()
    expect(nothing).toContain('<StatusCode>2005</StatusCode>')
    const timed = soap(
      '11',
      'ReplaceReq',
      `<MessageID>${id}</MessageID><EarliestDeliveryTime>P2D</EarliestDeliveryTime><Content href="cid:c"/>`,
    )
    const refused = await (await post(door, withPicture(timed, 'Later', await photo(8, 8)), headers)).text()
    expect(refused).toContain('<StatusCode>3001</StatusCode>')
    await gateway.json(`/v1/messages/${id}/cancel`, { method: 'POST' })
    const late = await (await post(door, other, headers)).text()
    expect(late).toContain('<StatusCode>3001</StatusCode>')
  })

  it('plans and cancels', async () => {
    const door = new URL('/dialects/mm7', gateway.url).href
    const planned = submit('16135550182', '<EarliestDeliveryTime>P1D</EarliestDeliveryTime>')
    const said = await (
      await post(door, withPicture(planned, 'Later', await photo(32, 32)), {
        ...MULTIPART,
        ...basic(DEV_KEY),
      })
    ).text()
    const id = /<MessageID>(\w+)</.exec(said)?.[1] ?? ''
    const canceled = await (
      await post(door, soap('9', 'CancelReq', `<MessageID>${id}</MessageID>`), basic(DEV_KEY))
    ).text()
    expect(canceled).toContain('<CancelRsp ')
    expect(canceled).toContain('<StatusCode>1000</StatusCode>')
    expect((await gateway.json(`/v1/messages/${id}`)).body.state).toBe('canceled')
  })
})
