import { createHmac, randomUUID } from 'node:crypto'

/** What Sinch's callbacks are signed with here. */
const SECRET = 'what callbacks are signed with'
const NS = 'http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-6-MM7-1-4'

/**
 * Connects a relay of MM7 and an app at Sinch, and gives what posts a webhook of each: a report on a message that is not known,
 * which is verified, looked for and kept.
 *
 * @param {(path: string, init: RequestInit, status: number) => Promise<string>} ask
 * @param {Record<string, string>} key
 * @returns {Promise<{ name: string, post: () => Promise<void> }[]>}
 */
export async function vendorHooks(ask, key) {
  /** @param {object} account */
  const connect = async (account) => {
    const headers = { ...key, 'content-type': 'application/json' }
    const made = await ask('/v1/vendors', { method: 'POST', headers, body: JSON.stringify(account) }, 201)
    return new URL(JSON.parse(made).hook_url).pathname
  }
  const mm7 = await connect({ vendor: 'mm7', settings: { url: 'https://relay.example/mm7' } })
  const sinch = await connect({
    vendor: 'sinch',
    credentials: { key_id: 'k', key_secret: 's', webhook_secret: SECRET },
    settings: { project_id: 'p', app_id: 'a' },
  })
  return [
    {
      name: 'a webhook of MM7 acknowledged',
      async post() {
        const body =
          `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><TransactionID xmlns="${NS}">${randomUUID()}</TransactionID></s:Header>` +
          `<s:Body><DeliveryReportReq xmlns="${NS}"><MM7Version>6.8.0</MM7Version><MessageID>${randomUUID()}</MessageID>` +
          '<Recipient><Number>16135550123</Number></Recipient><Sender><Number>14165550100</Number></Sender>' +
          `<Date>${new Date().toISOString()}</Date><MMStatus>Retrieved</MMStatus></DeliveryReportReq></s:Body></s:Envelope>`
        await ask(mm7, { method: 'POST', headers: { 'content-type': 'text/xml' }, body }, 200)
      },
    },
    {
      name: 'a webhook of Sinch acknowledged',
      async post() {
        const body = JSON.stringify({
          app_id: 'a',
          accepted_time: new Date().toISOString(),
          message_delivery_report: { message_id: randomUUID(), status: 'DELIVERED', channel: 'MMS' },
        })
        const [nonce, timestamp] = [randomUUID(), String(Math.floor(Date.now() / 1000))]
        const mac = createHmac('sha256', SECRET).update(`${body}.${nonce}.${timestamp}`).digest('base64')
        const headers = {
          'content-type': 'application/json',
          'x-sinch-webhook-signature': mac,
          'x-sinch-webhook-signature-nonce': nonce,
          'x-sinch-webhook-signature-timestamp': timestamp,
        }
        await ask(sinch, { method: 'POST', headers, body }, 200)
      },
    },
  ]
}
