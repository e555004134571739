import { type Address, parseAddress } from '../../domain/address.ts'
import { decodeText, type MimeEntity, readMime } from '../../domain/mime-reader.ts'
import { fail, ok, type Result } from '../../domain/result.ts'
import { childOf, element, escapeXml, findElement, parseXml, textOf, type XmlElement } from './xml.ts'

/**
 * MM7 (3GPP TS 23.140 Release 5 and 6, clause 8.7): SOAP 1.1 whose envelope is the first part of a multipart/related, beside it
 * the content. Written in the order of the schema, read by local names.
 */

const SCHEMA = 'http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/'
/** The namespaces of the published schemas, oldest first. */
export const NAMESPACES: readonly string[] = [
  ...[0, 1, 2, 3, 4, 5].map((minor) => `${SCHEMA}REL-5-MM7-1-${minor}`),
  ...[0, 1, 2, 3, 4].map((minor) => `${SCHEMA}REL-6-MM7-1-${minor}`),
]
/** The namespace that is written where nothing else was agreed. */
export const DEFAULT_NAMESPACE = `${SCHEMA}REL-6-MM7-1-4`
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const IS_NAMESPACE =
  /^http:\/\/www\.3gpp\.org\/ftp\/Specs\/archive\/23_series\/23\.140\/schema\/REL-\d-MM7-\d-\d$/

/** The version that goes with a namespace, where none was agreed. */
export const versionOf = (namespace: string): string => (namespace.includes('/REL-5-') ? '5.3.0' : '6.8.0')

/** One message of MM7. */
export type Mm7Message = {
  /** SubmitReq, DeliverRsp, Fault and so on: the local name of what is in the body. */
  readonly operation: string
  readonly transaction: string | null
  readonly namespace: string
  readonly version: string
  readonly body: XmlElement
  /** The part that Content names; null without one. */
  readonly content: MimeEntity | null
}

/** Why a message is not read, and the status code that says so. */
export type Mm7Problem = { readonly code: number; readonly detail: string }

const problem = (code: number, detail: string) => fail<Mm7Problem>({ code, detail })

function namespaceOf(envelope: XmlElement): string {
  const named = findElement(envelope, (one) =>
    [...one.attributes].some(([name, value]) => name.startsWith('xmlns') && IS_NAMESPACE.test(value.trim())),
  )
  const [, value] =
    [...(named?.attributes ?? [])].find(
      ([name, one]) => name.startsWith('xmlns') && IS_NAMESPACE.test(one.trim()),
    ) ?? []
  return value?.trim() ?? DEFAULT_NAMESPACE
}

/** The part that an href names: by Content-ID, by Content-Location, else the one that is left. */
function contentOf(parts: readonly MimeEntity[], root: MimeEntity, body: XmlElement): MimeEntity | null {
  const href = childOf(body, 'Content')?.attributes.get('href') ?? null
  const others = parts.filter((part) => part !== root)
  if (href === null) return others[0] ?? null
  let wanted = href.replace(/^cid:/i, '').replace(/^<|>$/g, '')
  try {
    wanted = decodeURIComponent(wanted)
  } catch {
    // An id with a per cent sign that escapes nothing.
  }
  const named = others.find((part) => part.contentId === wanted || part.location === wanted)
  return named ?? (others.length === 1 ? (others[0] ?? null) : null)
}

/** Reads a request or an answer: an envelope alone, or a multipart/related with its content. */
export function readMessage(contentType: string | null, bytes: Uint8Array): Result<Mm7Message, Mm7Problem> {
  const entity = readMime(contentType ?? 'text/xml', bytes)
  if (!entity.ok) return problem(2007, `The MIME is malformed: ${entity.failure.detail}.`)
  const { parts, parameters } = entity.value
  let root = entity.value
  if (root.type.startsWith('multipart/')) {
    const start = parameters.get('start')?.trim().replace(/^<|>$/g, '')
    const first = parts.find((part) => start !== undefined && part.contentId === start) ?? parts[0]
    if (first === undefined) return problem(2007, 'The MIME has no parts.')
    root = first
  }
  const xml = parseXml(decodeText(root.body, root.parameters.get('charset')))
  if (!xml.ok) return problem(2007, `The XML is malformed: ${xml.failure.detail}.`)
  const envelope = xml.value
  const body = childOf(envelope, 'Body')?.children[0]
  if (envelope.name !== 'Envelope' || body === undefined)
    return problem(2007, 'There is no SOAP envelope with a body.')
  // A fault carries the answer of the relay in its detail.
  const inner = body.name === 'Fault' ? (childOf(body, 'detail')?.children[0] ?? body) : body
  const namespace = namespaceOf(envelope)
  return ok({
    operation: inner.name,
    transaction: textOf(childOf(envelope, 'Header'), 'TransactionID'),
    namespace,
    version: textOf(inner, 'MM7Version') ?? versionOf(namespace),
    body: inner,
    content: contentOf(parts, root, inner),
  })
}

/** The status of an answer; null when it has none. */
export function statusOf(
  body: XmlElement,
): { code: number; text: string | null; details: string | null } | null {
  const status = childOf(body, 'Status')
  const code = textOf(status, 'StatusCode')
  if (code === null || !/^\d{4}$/.test(code)) return null
  return { code: Number(code), text: textOf(status, 'StatusText'), details: textOf(status, 'Details') }
}

/** The addresses in an element, each with whether it is only shown: a member of the group who is not being written to. */
export function addressesOf(holder: XmlElement | null): { address: Address | null; shown: boolean }[] {
  if (holder === null) return []
  const elements = holder.children.length === 0 ? [holder] : holder.children
  return elements
    .filter((one) => one.text !== '')
    .map((one) => ({
      address: addressOf(one.text),
      shown: one.attributes.get('displayOnly')?.toLowerCase() === 'true',
    }))
}

/** An address as MM7 writes it: international without a plus, with `/TYPE=PLMN`, or before an at sign (clause 8.7.7). */
export function addressOf(text: string): Address | null {
  const plain = text.trim().replace(/^(\+?[\d ().-]+)(?:\/TYPE=PLMN)?@.*$/i, '$1')
  const typed = parseAddress(plain)
  if (typed.ok) return typed.value
  const international = parseAddress(`+${plain.replace(/\/TYPE=PLMN$/i, '').replace(/\D/g, '')}`)
  return /^\+?[\d ().-]+(?:\/TYPE=PLMN)?$/i.test(plain) && international.ok ? international.value : null
}

/** An address as it is written: digits without a plus. */
export const addressElement = (
  address: Address,
  attributes: Readonly<Record<string, string>> = {},
): string =>
  /^\d{5,6}$/.test(address)
    ? element('ShortCode', address, attributes)
    : element('Number', address.replace(/^\+/, ''), attributes)

/** A SOAP envelope around a body of MM7. `inner` is XML already. */
export function envelope(
  head: { readonly namespace: string; readonly transaction: string | null },
  operation: string,
  inner: string,
): string {
  const ns = escapeXml(head.namespace)
  const header =
    head.transaction === null
      ? ''
      : `<soap-env:Header><TransactionID xmlns="${ns}" soap-env:mustUnderstand="1">${escapeXml(head.transaction)}</TransactionID></soap-env:Header>`
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<soap-env:Envelope xmlns:soap-env="${SOAP}">${header}` +
    `<soap-env:Body><${operation} xmlns="${ns}">${inner}</${operation}></soap-env:Body></soap-env:Envelope>`
  )
}

/** A status in XML. */
export const statusElement = (code: number, text: string, details: string | null = null): string =>
  element(
    'Status',
    element('StatusCode', String(code)) +
      element('StatusText', escapeXml(text)) +
      element('Details', details === null ? null : escapeXml(details)),
  )

/** The answer to a request: in the caller's namespace and version, with its TransactionID. */
export const answer = (
  to: Pick<Mm7Message, 'operation' | 'namespace' | 'version' | 'transaction'>,
  status: { readonly code: number; readonly text: string },
  more = '',
): string =>
  envelope(
    to,
    to.operation.replace(/Req$/, 'Rsp'),
    element('MM7Version', escapeXml(to.version)) + statusElement(status.code, status.text) + more,
  )

/** A fault: `VASPErrorRsp` of a provider of services, `RSErrorRsp` of a relay (clause 8.7.5). */
export function fault(
  of: 'VASPErrorRsp' | 'RSErrorRsp',
  head: { readonly namespace: string; readonly transaction: string | null; readonly version: string },
  status: { readonly code: number; readonly text: string; readonly details?: string | null },
): string {
  const client = status.code < 3000
  const inner =
    element('faultcode', client ? 'soap-env:Client' : 'soap-env:Server') +
    element('faultstring', client ? 'Client error' : 'Server error') +
    element(
      'detail',
      element(
        of,
        element('MM7Version', escapeXml(head.version)) +
          statusElement(status.code, status.text, status.details ?? null),
        { xmlns: head.namespace },
      ),
    )
  const whole = envelope(head, 'Fault', inner)
  return whole.replace(/<Fault xmlns="[^"]*">/, '<soap-env:Fault>').replace('</Fault>', '</soap-env:Fault>')
}

/** The media type of answers, which carry no content. */
export const ANSWER_TYPE = 'text/xml; charset=utf-8'
