import { parseAddress } from '../../domain/address.ts'
import type { InboundPart, VendorEvent } from '../contract.ts'
import type { SinchAccount } from './account.ts'
import { reportedOf } from './status.ts'
import { blank } from './submit.ts'
import type { Callback, DeliveryReport, InboundMessage } from './wire.ts'
import type { ContactMessage } from './wire-message.ts'

/** The callbacks of the Conversation API: what they say. Who sent them was verified before. */

type Account = Extract<SinchAccount, { transport: 'conversation' }>

/** Milliseconds within which the callbacks of one picture message are accepted: each file comes as one of its own. */
const TOGETHER = 10_000

const time = (text: string | null | undefined, now: number): number => {
  const at = text == null ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? now : at
}

const addressOf = (text: string | null | undefined): string | null => {
  const parsed = text == null ? null : parseAddress(text)
  return parsed?.ok ? parsed.value : null
}

const file = (url: string): InboundPart => ({ kind: 'url', url, typeHint: null, nameHint: null })

/** What a phone sent: its words, and its file where there is one. */
function contentOf(message: ContactMessage): { text: string | null; parts: InboundPart[] } {
  if (message.text_message !== undefined) return { text: message.text_message.text, parts: [] }
  if (message.media_message !== undefined) return { text: null, parts: [file(message.media_message.url)] }
  if (message.media_card_message !== undefined) {
    const { url, caption } = message.media_card_message
    return { text: caption || null, parts: [file(url)] }
  }
  if (message.location_message !== undefined) {
    const { title, label, coordinates } = message.location_message
    const place = `${coordinates.latitude}, ${coordinates.longitude}`
    return { text: [title, label, place].filter(Boolean).join('\n'), parts: [] }
  }
  const chosen = message.choice_response_message?.postback_data
  const raw = chosen ?? message.fallback_message?.raw_message ?? message.product_response_message?.text
  return { text: raw || null, parts: [] }
}

function messageOf(
  account: Account,
  callback: Callback,
  message: InboundMessage,
  sender: string | null,
  now: number,
): VendorEvent[] {
  const identity = message.channel_identity
  const from = addressOf(identity?.identity ?? sender)
  if (from === null) return []
  // Without any number of ours it is nobody's, and is kept as such.
  const to = addressOf(message.sender_id) ?? addressOf(account.defaultSender) ?? ''
  const channel = (identity?.channel ?? message.channel) === 'SMS' ? 'sms' : 'mms'
  const content = contentOf(message.contact_message)
  const at = time(callback.accepted_time ?? message.accept_time, now)
  return [
    {
      kind: 'message',
      eventId: `${account.id}:${message.id}`,
      channel,
      from,
      to,
      others: [],
      subject: null,
      ...content,
      at,
      ...(channel === 'mms' && content.parts.length > 0
        ? {
            join: {
              key: `${message.contact_id ?? from}\n${content.text ?? ''}`.slice(0, 2000),
              within: TOGETHER,
            },
          }
        : {}),
    },
  ]
}

function reportOf(account: Account, callback: Callback, report: DeliveryReport, now: number): VendorEvent {
  const reason = typeof report.reason === 'string' || report.reason == null ? null : report.reason
  const code = reason?.code ?? null
  return {
    kind: 'receipt',
    eventId: `${account.id}:${report.message_id}:${report.status}`,
    reference: report.metadata || callback.message_metadata || null,
    vendorId: report.message_id,
    recipient: addressOf(report.channel_identity?.identity ?? null),
    ...reportedOf(report.status, code, reason?.sub_code ?? null),
    vendorCode: code ?? report.status,
    vendorText: blank(account, reason?.description ?? null),
    at: time(callback.event_time ?? callback.accepted_time, now),
  }
}

/**
 * What a callback means; nothing for those that are about no message of ours.
 *
 * @param sender who wrote, where the callback names a contact alone
 */
export function eventsOf(
  account: Account,
  callback: Callback,
  sender: string | null,
  now: number,
): VendorEvent[] {
  // Several apps may share an address; what is another's is not ours.
  if (callback.app_id != null && callback.app_id !== account.app) return []
  if (callback.message !== undefined) return messageOf(account, callback, callback.message, sender, now)
  if (callback.message_delivery_report !== undefined)
    return [reportOf(account, callback, callback.message_delivery_report, now)]
  const [state, notice] =
    callback.opt_out_notification === undefined
      ? (['in', callback.opt_in_notification] as const)
      : (['out', callback.opt_out_notification] as const)
  const address = addressOf(notice?.identity ?? null)
  if (notice === undefined || address === null || notice.status === `OPT_${state.toUpperCase()}_FAILED`)
    return []
  const at = time(callback.event_time ?? callback.accepted_time, now)
  return [{ kind: 'consent', eventId: `${account.id}:${state}:${address}:${at}`, address, state, at }]
}
