import { randomUUID } from 'node:crypto'
import type { Gateway } from './harness.ts'
import { type Relay, taken } from './relay.ts'
import type { SinchSide } from './sinch-side.ts'
import { until } from './until.ts'

/** A vendor as the matrix knows it: what its far side saw, and what it is made to do. */
export type Side = {
  readonly from: string
  /** Requests for a phone that the far side took, in order. */
  readonly requests: (phone: string) => Promise<number>
  /** A phone where nothing goes wrong. */
  readonly phone: () => string
  /** A phone that cannot be reached. */
  readonly unreachable: () => string
  /** Reports what became of the last message to a phone, so many times; nothing where the far side does so by itself. */
  readonly report: (
    phone: string,
    state: 'delivered' | 'unreachable' | 'too_large',
    times?: number,
  ) => Promise<void>
  /** A message from a phone. */
  readonly deliver: (
    phone: string,
    text: string,
    pictures: readonly Uint8Array<ArrayBuffer>[],
  ) => Promise<void>
  /** What the gateway answers to a webhook of somebody else. */
  readonly forge: () => Promise<number>
  /** Has the far side take no more than 650,000 bytes to a phone. */
  readonly small: (phone: string) => Promise<void>
  /** Has the far side take the next message to a phone and break off before it answers. */
  readonly breakOff: (phone: string) => Promise<void>
  readonly mend: () => Promise<void>
}

/** Phones of nobody, a range a vendor. */
const phones = (exchange: string): (() => string) => {
  let n = 20
  return () => `+1613${exchange}01${n++}`
}

/** The network that is simulated. */
export function simulatorSide(gateway: Gateway): Side {
  const of = (phone: string): string => `/handsets/${encodeURIComponent(phone)}`
  const chaos = (faults: object[]) => gateway.simulator('/chaos', { method: 'PUT', json: { faults } })
  const forged = { event: 'x', type: 'message.status' }
  return {
    from: '+14165550100',
    phone: phones('555'),
    unreachable: () => '+16135550101',
    async requests(phone) {
      const { body } = await gateway.simulator(`${of(phone)}/messages`)
      return body.messages.filter((one: { direction: string }) => one.direction === 'outbound').length
    },
    async report(_phone, _state, times = 1) {
      // It reports by itself, and twice where it is told to repeat itself.
      if (times > 1) await chaos([{ kind: 'duplicate', probability: 1 }])
    },
    async deliver(phone, text, pictures) {
      const form = new FormData()
      form.append('to', '+14165550100')
      form.append('text', text)
      for (const picture of pictures) form.append('media', new Blob([picture]), 'IMG.JPG')
      const answered = await gateway.api(`/v1/simulator${of(phone)}/reply`, { method: 'POST', body: form })
      if (!answered.ok) throw new Error(`The phone could not send: ${await answered.text()}`)
    },
    async forge() {
      const path = '/hooks/simulator/acc_demo000000000000000000'
      return (await gateway.api(path, { json: forged, key: null })).status
    },
    async small(phone) {
      await gateway.simulator(`${of(phone)}/profile`, {
        method: 'PUT',
        json: { messageBytes: 650_000, reports: true },
      })
    },
    async breakOff() {
      await chaos([{ kind: 'lost_answer', probability: 1 }])
    },
    async mend() {
      await chaos([])
    },
  }
}

const NS = 'http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-6-MM7-1-4'
const soap = (operation: string, inner: string): string =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><TransactionID xmlns="${NS}">${randomUUID()}</TransactionID></s:Header>` +
  `<s:Body><${operation} xmlns="${NS}"><MM7Version>6.8.0</MM7Version>${inner}</${operation}></s:Body></s:Envelope>`

/** A relay of MM7 that takes one request a member of a group. */
export function mm7Side(relay: Relay, from: string, hook: string): Side {
  const small = new Set<string>()
  const broken = new Set<string>()
  const took: { phone: string; id: string }[] = []
  const digits = (phone: string): string => phone.slice(1)
  relay.answer = (asked) => {
    const phone = `+${/<To><Number(?: displayOnly="false")?>(\d+)</.exec(asked.body)?.[1] ?? ''}`
    if (small.has(phone) && asked.body.length > 650_000) return taken(asked, '', 2560)
    const id = randomUUID()
    took.push({ phone, id })
    return broken.delete(phone) ? { body: '', breaksOff: true } : taken(asked, id)
  }
  const post = (url: string, body: BodyInit, type = 'text/xml; charset=utf-8') =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': type } })
  const status = { delivered: 'Retrieved', unreachable: 'Unreachable', too_large: 'Rejected' } as const
  return {
    from,
    phone: phones('556'),
    unreachable: phones('557'),
    requests: async (phone) => took.filter((one) => one.phone === phone).length,
    async report(phone, state, times = 1) {
      // What was refused for its size has no id to report on.
      if (state === 'too_large') return
      const last = took.findLast((one) => one.phone === phone)
      const body = soap(
        'DeliveryReportReq',
        `<MessageID>${last?.id}</MessageID><Recipient><Number>${digits(phone)}</Number></Recipient>` +
          `<Sender><Number>${digits(from)}</Number></Sender><Date>${new Date().toISOString()}</Date><MMStatus>${status[state]}</MMStatus>`,
      )
      for (let n = 0; n < times; n++) await post(hook, body)
    },
    async deliver(phone, text, pictures) {
      const xml = soap(
        'DeliverReq',
        `<LinkedID>${randomUUID()}</LinkedID><Sender><Number>${digits(phone)}</Number></Sender>` +
          `<Recipients><To><Number>${digits(from)}</Number></To></Recipients><TimeStamp>${new Date().toISOString()}</TimeStamp><Content href="cid:c"/>`,
      )
      const head =
        `--out\r\nContent-Type: text/xml\r\nContent-ID: <start>\r\n\r\n${xml}\r\n--out\r\nContent-ID: <c>\r\n` +
        `Content-Type: multipart/mixed; boundary="in"\r\n\r\n--in\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`
      const parts = pictures.flatMap((picture, n) => [
        Buffer.from(
          `--in\r\nContent-Type: image/jpeg\r\nContent-Location: ${n}.jpg\r\nContent-Transfer-Encoding: binary\r\n\r\n`,
        ),
        Buffer.from(picture),
        Buffer.from('\r\n'),
      ])
      const body = Buffer.concat([Buffer.from(head), ...parts, Buffer.from('--in--\r\n--out--\r\n')])
      const type = 'multipart/related; boundary="out"; type="text/xml"; start="<start>"'
      const answered = await post(hook, new Uint8Array(body), type)
      if (!answered.ok) throw new Error(`The delivery was refused: ${answered.status}`)
    },
    forge: async () =>
      (await post(`${hook.slice(0, -1)}${hook.endsWith('x') ? 'y' : 'x'}`, soap('DeliveryReportReq', '')))
        .status,
    async small(phone) {
      small.add(phone)
    },
    async breakOff(phone) {
      broken.add(phone)
    },
    mend: async () => {},
  }
}

/** Sinch, by its Conversation API. */
export function sinchSide(side: SinchSide, from: string, hook: string): Side {
  const broken = new Set<string>()
  side.breaks = (phone) => broken.delete(phone)
  const to = (phone: string) => side.sends.filter((one) => one.to === phone)
  const reasons = { delivered: '', unreachable: 'RECIPIENT_NOT_REACHABLE', too_large: 'MEDIA_TOO_LARGE' }
  const reported = new Map<string, number>()
  return {
    from,
    phone: phones('558'),
    unreachable: phones('559'),
    requests: async (phone) => to(phone).length,
    async report(phone, state, times = 1) {
      const done = reported.get(phone) ?? 0
      await until(`a message to ${phone}`, async () => to(phone).length > done)
      reported.set(phone, to(phone).length)
      for (const { id, metadata } of to(phone).slice(done))
        for (let n = 0; n < times; n++)
          await side.call(hook, {
            message_delivery_report: {
              message_id: id,
              conversation_id: 'c1',
              status: state === 'delivered' ? 'DELIVERED' : 'FAILED',
              channel_identity: { channel: 'MMS', identity: phone.slice(1) },
              reason: state === 'delivered' ? '' : { code: reasons[state], description: 'No.' },
              metadata,
            },
          })
    },
    async deliver(phone, text, pictures) {
      for (const picture of pictures) {
        const name = randomUUID()
        side.files.set(name, picture)
        const status = await side.call(hook, {
          message: {
            id: randomUUID(),
            direction: 'TO_APP',
            contact_message: { media_card_message: { url: `${side.url}/files/${name}`, caption: text } },
            channel_identity: { channel: 'MMS', identity: phone.slice(1), app_id: '' },
            contact_id: `contact ${phone}`,
            sender_id: from.slice(1),
          },
        })
        if (status !== 200) throw new Error(`The callback was refused: ${status}`)
      }
    },
    forge: () => side.call(hook, { message: {} }, 'another secret'),
    small: async () => {},
    async breakOff(phone) {
      broken.add(phone)
    },
    mend: async () => {},
  }
}
