/**
 * A relay as its documentation describes it, typed by hand: 3GPP TS 23.140 clause 8.7 (order of elements, status codes) and
 * developers.sinch.com/docs/mms/7-service (the samples of SubmitReq, SubmitRsp, DeliverReq, DeliveryReportReq and faults).
 * It imports nothing of ours.
 */

export const NS = 'http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-6-MM7-1-4'

/** The order of SubmitReq's elements in REL-6-MM7-1-4.xsd. */
const ORDER = [
  'MM7Version SenderIdentification Recipients ServiceCode LinkedID MessageClass TimeStamp ReplyCharging',
  'EarliestDeliveryTime ExpiryDate DeliveryReport ReadReply Priority Subject ChargedParty ChargedPartyID',
  'DistributionIndicator DeliveryCondition ApplicID ReplyApplicID AuxApplicInfo ContentClass DRMContent Content',
].join(' ')

export type Part = { headers: Record<string, string>; body: string }

/** Splits a multipart body in binary text, strictly: CRLF, and every boundary alone on its line. */
export function split(body: string, boundary: string): Part[] {
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`)
  if (pieces.shift() !== '' || !pieces.pop()?.startsWith('--')) throw new Error(`Not closed by ${boundary}`)
  return pieces.map((piece) => {
    if (!piece.startsWith('\r\n')) throw new Error('A boundary is not alone on its line')
    const end = piece.indexOf('\r\n\r\n')
    const headers = Object.fromEntries(
      piece
        .slice(2, end)
        .split('\r\n')
        .map((line) => {
          const colon = line.indexOf(': ')
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)]
        }),
    )
    return { headers, body: piece.slice(end + 4) }
  })
}

/** What a relay read from a request. */
export type Submitted = { xml: string; content: Part[]; headers: Headers; children: string[] }

/** Reads a request as a strict relay does, and throws where it would answer 2007. */
export async function readSubmit(request: Request, operation = 'SubmitReq'): Promise<Submitted> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  let body = ''
  for (const byte of bytes) body += String.fromCharCode(byte)
  const type = request.headers.get('content-type') ?? ''
  const outer = /^multipart\/related; type="text\/xml"; start="<([^>]+)>"; boundary="([^"]+)"$/.exec(type)
  if (outer === null) throw new Error(`Content-Type: ${type}`)
  const [soap, content] = split(body, outer[2]!)
  if (
    soap?.headers['content-id'] !== `<${outer[1]}>` ||
    !soap.headers['content-type']?.startsWith('text/xml')
  )
    throw new Error('The envelope is not the start')
  const xml = soap.body
  const inner = new RegExp(`<${operation} xmlns="[^"]*">(.*)</${operation}>`, 's').exec(xml)?.[1] ?? ''
  const children = childNames(inner)
  if (operation === 'SubmitReq') {
    const places = children.map((one) => ORDER.split(' ').indexOf(one))
    if (places.includes(-1) || places.some((place, i) => i > 0 && place <= places[i - 1]!))
      throw new Error(`Not in the order of the schema: ${children.join(' ')}`)
  }
  const href = /<Content [^>]*href="cid:([^"]+)"/.exec(inner)?.[1]
  if (content?.headers['content-id'] !== `<${href}>`) throw new Error('Content names no part')
  const related =
    /^multipart\/related; boundary="([^"]+)"; type="application\/smil"; start="<([^>]+)>"$/.exec(
      content.headers['content-type'] ?? '',
    )
  if (related === null) throw new Error(`Content: ${content.headers['content-type']}`)
  const parts = split(content.body, related[1]!)
  if (parts[0]?.headers['content-id'] !== `<${related[2]}>`) throw new Error('The presentation is not first')
  return { xml, content: parts, headers: request.headers, children }
}

/** Names of the elements on the top level of a piece of XML. */
function childNames(xml: string): string[] {
  const names: string[] = []
  let depth = 0
  for (const [, closing, name, empty] of xml.matchAll(/<(\/?)([\w-]+)[^>]*?(\/?)>/g)) {
    if (closing === '/') depth--
    else {
      if (depth === 0) names.push(name!)
      if (empty === '') depth++
    }
  }
  return names
}

const soap = (transaction: string, body: string, ns = NS): string =>
  `<?xml version="1.0" encoding="UTF-8"?><soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/">` +
  `<soap-env:Header><TransactionID xmlns="${ns}" soap-env:mustUnderstand="1">${transaction}</TransactionID></soap-env:Header>` +
  `<soap-env:Body>${body}</soap-env:Body></soap-env:Envelope>`

export const submitRsp = (transaction: string, id: string, code = 1000, operation = 'SubmitRsp'): string =>
  soap(
    transaction,
    `<${operation} xmlns="${NS}"><MM7Version>6.8.0</MM7Version><Status><StatusCode>${code}</StatusCode>` +
      `<StatusText>Success</StatusText></Status>${id === '' ? '' : `<MessageID>${id}</MessageID>`}</${operation}>`,
  )

export const faultOf = (code: number, text = 'Client error'): string =>
  soap(
    '1',
    `<soap-env:Fault><faultcode>soap-env:Client</faultcode><faultstring>Client error</faultstring><detail>` +
      `<RSErrorRsp xmlns="${NS}"><MM7Version>6.8.0</MM7Version><Status><StatusCode>${code}</StatusCode>` +
      `<StatusText>${text}</StatusText><Details>more</Details></Status></RSErrorRsp></detail></soap-env:Fault>`,
  )

/** The fault of a relay that qualifies everything (as instantcom-mm7 found one). */
export const qualifiedFault = (code: number): string =>
  `<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Header/><env:Body><env:Fault>` +
  `<env:faultcode>env:Client</env:faultcode><env:faultstring>no</env:faultstring><env:detail>` +
  `<mm7:RSErrorRsp xmlns:mm7="${NS}"><mm7:MM7Version>6.8.0</mm7:MM7Version><mm7:Status><mm7:StatusCode>${code}</mm7:StatusCode>` +
  `<mm7:StatusText>no</mm7:StatusText></mm7:Status></mm7:RSErrorRsp></env:detail></env:Fault></env:Body></env:Envelope>`

export const deliverReq = (
  more: { ns?: string; recipients?: string; sender?: string; linked?: string; transaction?: string } = {},
): string =>
  soap(
    more.transaction ?? '338841',
    `<DeliverReq xmlns="${more.ns ?? NS}"><MM7Version>6.8.0</MM7Version><LinkedID>${more.linked ?? '338841'}</LinkedID>` +
      `<Sender>${more.sender ?? '<Number>16135550123</Number>'}</Sender>` +
      `<Recipients>${more.recipients ?? '<To><Number displayOnly="false">14165550100</Number></To>'}</Recipients>` +
      `<TimeStamp>2026-04-14T16:15:23.414Z</TimeStamp><Priority>Normal</Priority><Subject>Hi &amp; hello</Subject>` +
      `<Content href="cid:default.cid" allowAdaptations="true"/></DeliverReq>`,
    more.ns,
  )

export const reportReq = (
  status: string,
  date = '2026-03-16T14:03:51.749Z',
  operation = 'DeliveryReportReq',
): string =>
  soap(
    '10000001',
    `<${operation} xmlns="${NS}"><MM7Version>6.8.0</MM7Version><MessageID>369500617770864640</MessageID>` +
      `<Recipient><Number>16175550123</Number></Recipient><Sender><Number>111122</Number></Sender>` +
      `<${operation === 'ReadReplyReq' ? 'TimeStamp' : 'Date'}>${date}</${operation === 'ReadReplyReq' ? 'TimeStamp' : 'Date'}>` +
      `<MMStatus>${status}</MMStatus><StatusText>Success</StatusText></${operation}>`,
  )

const utf8 = new TextEncoder()

/** A request with content, its parts as given: text, or bytes. */
export function multipart(
  xml: string,
  content: readonly (string | Uint8Array)[],
  outer: { header?: string; boundary?: string; soapHeaders?: string } = {},
): { type: string; body: Uint8Array } {
  const boundary = outer.boundary ?? 'outer'
  const chunks = [
    `--${boundary}\r\n${outer.soapHeaders ?? 'Content-Type: text/xml\r\nContent-ID: <mm7-start>\r\n'}\r\n${xml}\r\n--${boundary}\r\n`,
    ...content,
    `\r\n--${boundary}--\r\n`,
  ].map((one) => (typeof one === 'string' ? utf8.encode(one) : one))
  const body = new Uint8Array(chunks.reduce((sum, one) => sum + one.length, 0))
  let at = 0
  for (const chunk of chunks) {
    body.set(chunk, at)
    at += chunk.length
  }
  return {
    type: outer.header ?? `multipart/related; type="text/xml"; start="<mm7-start>"; boundary="${boundary}"`,
    body,
  }
}
