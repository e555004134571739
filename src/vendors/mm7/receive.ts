import type { Address } from '../../domain/address.ts'
import type { HookOutcome, HookRequest, VendorEvent } from '../contract.ts'
import type { Mm7Account } from './account.ts'
import { readContent } from './content.ts'
import { reportedOf } from './status.ts'
import {
  ANSWER_TYPE,
  addressesOf,
  answer,
  DEFAULT_NAMESPACE,
  fault,
  type Mm7Message,
  readMessage,
  versionOf,
} from './wire.ts'
import { childOf, textOf } from './xml.ts'

/** The requests of a relay to us: what they say, and our answers. Who sent them was verified before. */

/** Operators by the number that Sinch gives them (X-Mblox-Carrier-Id). */
const OPERATORS: Readonly<Record<string, string>> = {
  '0001470': 'AT&T',
  '0001890': 'Verizon',
  '0001570': 'T-Mobile',
  '0001840': 'US Cellular',
}

const timeOf = (text: string | null, now: number): number => {
  const at = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? now : at
}

function networkOf(headers: Headers): string | null {
  const id = headers.get('x-mblox-carrier-id')
  return id === null ? null : (OPERATORS[id.padStart(7, '0')] ?? id)
}

type Read = { readonly event: VendorEvent } | { readonly code: number; readonly details: string }

function deliver(message: Mm7Message, request: HookRequest, account: Mm7Account): Read {
  const { body } = message
  const from = addressesOf(childOf(body, 'Sender'))[0]?.address ?? null
  const recipients = (childOf(body, 'Recipients')?.children ?? []).flatMap((list) => addressesOf(list))
  const to = (recipients.find((one) => !one.shown && one.address !== null) ?? recipients[0])?.address ?? null
  if (from === null || to === null) return { code: 2002, details: 'Sender or recipient is no number.' }
  const others = recipients
    .map((one) => one.address)
    .filter((one): one is Address => one !== null && one !== to && one !== from)
  const linked = textOf(body, 'LinkedID')
  const stamp = textOf(body, 'TimeStamp')
  // A repetition may come in a new transaction; a LinkedID alone is the same for all of some relays' messages.
  const name = linked === null || stamp === null ? `t:${message.transaction}` : `l:${linked}:${stamp}`
  return {
    event: {
      kind: 'message',
      eventId: `${account.id}:${name}:${from}:${to}`,
      channel: 'mms',
      from,
      to,
      others: [...new Set(others)],
      subject: textOf(body, 'Subject'),
      ...readContent(message.content),
      at: timeOf(stamp, request.now),
      network: networkOf(request.headers),
    },
  }
}

function report(message: Mm7Message, request: HookRequest, account: Mm7Account): Read {
  const { body } = message
  const vendorId = textOf(body, 'MessageID')
  const status = textOf(body, 'MMStatus')
  if (vendorId === null || status === null)
    return { code: 2007, details: 'MessageID or MMStatus is missing.' }
  const holder = childOf(body, 'Recipient')
  const recipient = addressesOf(childOf(holder, 'To') ?? holder)[0]?.address ?? null
  const stamp = textOf(body, 'Date') ?? textOf(body, 'TimeStamp')
  const reported = reportedOf(status)
  const failed = reported.reason !== null
  return {
    event: {
      kind: 'receipt',
      eventId: `${account.id}:${vendorId}:${recipient}:${status}:${stamp}`,
      reference: null,
      vendorId,
      recipient,
      ...reported,
      vendorCode: failed ? (textOf(body, 'MMStatusExtension') ?? status) : status,
      vendorText: textOf(body, 'StatusText'),
      at: timeOf(stamp, request.now),
      network: networkOf(request.headers),
    },
  }
}

/** Reads a request and answers it: DeliverReq, DeliveryReportReq and ReadReplyReq, everything else with a fault. */
export function readRequest(request: HookRequest, account: Mm7Account): HookOutcome {
  const said = (body: string, events: readonly VendorEvent[]): HookOutcome => ({
    ok: true,
    account: account.account,
    events,
    answer: { contentType: ANSWER_TYPE, body },
  })
  const read = readMessage(request.headers.get('content-type'), request.body)
  if (!read.ok) {
    const head = { namespace: DEFAULT_NAMESPACE, transaction: null, version: versionOf(DEFAULT_NAMESPACE) }
    const { code, detail } = read.failure
    return said(fault('VASPErrorRsp', head, { code, text: 'Message format corrupt', details: detail }), [])
  }
  const message = read.value
  const isReport = message.operation === 'DeliveryReportReq' || message.operation === 'ReadReplyReq'
  if (!isReport && message.operation !== 'DeliverReq') {
    const status = { code: 4003, text: 'Unsupported operation', details: message.operation.slice(0, 60) }
    return said(fault('VASPErrorRsp', message, status), [])
  }
  const result = isReport ? report(message, request, account) : deliver(message, request, account)
  if ('code' in result) {
    const text = result.code === 2002 ? 'Address error' : 'Message format corrupt'
    return said(fault('VASPErrorRsp', message, { code: result.code, text, details: result.details }), [])
  }
  return said(answer(message, { code: 1000, text: 'Success' }), [result.event])
}
