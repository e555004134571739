import type { DeliveryReason } from '../../domain/reason.ts'
import type { Certainty } from '../../domain/state.ts'
import type { ReasonCode } from './wire.ts'

/** The vendor's words for what went wrong, and what they mean here. What follows from a reason is in `domain/reason.ts`. */

/** `reason.code` of delivery reports (Conversation API, models/v1). */
export const REASON_OF: { readonly [C in ReasonCode]: DeliveryReason } = {
  UNKNOWN: 'carrier_rejected',
  INTERNAL_ERROR: 'vendor_unavailable',
  RATE_LIMITED: 'rate_limited',
  RECIPIENT_INVALID_CHANNEL_IDENTITY: 'invalid_recipient',
  RECIPIENT_NOT_REACHABLE: 'unreachable',
  RECIPIENT_NOT_OPTED_IN: 'opted_out',
  OUTSIDE_ALLOWED_SENDING_WINDOW: 'sender_not_allowed',
  CHANNEL_FAILURE: 'carrier_unavailable',
  CHANNEL_BAD_CONFIGURATION: 'vendor_credentials',
  CHANNEL_CONFIGURATION_MISSING: 'vendor_credentials',
  MEDIA_TYPE_UNSUPPORTED: 'unsupported_media',
  MEDIA_TOO_LARGE: 'too_large',
  MEDIA_NOT_REACHABLE: 'media_unreachable',
  NO_CHANNELS_LEFT: 'no_mms',
  TEMPLATE_NOT_FOUND: 'content_refused',
  TEMPLATE_INSUFFICIENT_PARAMETERS: 'content_refused',
  TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION: 'content_refused',
  DELIVERY_TIMED_OUT: 'unreachable',
  DELIVERY_REJECTED_DUE_TO_POLICY: 'spam_filtered',
  CONTACT_NOT_FOUND: 'invalid_recipient',
  BAD_REQUEST: 'content_refused',
  UNKNOWN_APP: 'vendor_credentials',
  NO_CHANNEL_IDENTITY_FOR_CONTACT: 'invalid_recipient',
  CHANNEL_REJECT: 'carrier_rejected',
  NO_PERMISSION: 'sender_not_allowed',
  NO_PROFILE_AVAILABLE: 'invalid_recipient',
  UNSUPPORTED_OPERATION: 'content_refused',
  INACTIVE_CREDENTIAL: 'vendor_credentials',
  MESSAGE_EXPIRED: 'expired',
  MESSAGE_SPLIT_REQUIRED: 'content_refused',
  DELIVERY_REPORT_TIME_OUT: 'outcome_unknown',
}

/** `reason.sub_code`, which is more exact where it is there. */
export const REASON_OF_SUB_CODE: Readonly<Record<string, DeliveryReason>> = {
  ATTACHMENT_REJECTED: 'unsupported_media',
  MEDIA_TYPE_UNDETERMINED: 'unsupported_media',
  INACTIVE_SENDER: 'sender_not_allowed',
}

/** `error.status` of a refused request, in the words of Google's RPC codes. What is not certain to have been refused is missing. */
export const REASON_OF_STATUS: Readonly<Record<string, DeliveryReason>> = {
  INVALID_ARGUMENT: 'content_refused',
  FAILED_PRECONDITION: 'sender_not_allowed',
  OUT_OF_RANGE: 'content_refused',
  UNIMPLEMENTED: 'content_refused',
  ALREADY_EXISTS: 'content_refused',
  UNAUTHENTICATED: 'vendor_credentials',
  PERMISSION_DENIED: 'sender_not_allowed',
  NOT_FOUND: 'vendor_credentials',
  RESOURCE_EXHAUSTED: 'rate_limited',
  UNAVAILABLE: 'vendor_unavailable',
}

/** Error codes of the MMS JSON API and its postbacks (Sinch MMS, error code reference). */
export const REASON_OF_MMS_CODE: Readonly<Record<string, DeliveryReason>> = {
  E002: 'unsupported_media',
  E003: 'unsupported_media',
  E004: 'unsupported_media',
  E011: 'content_refused',
  E012: 'unsupported_media',
  E013: 'unsupported_media',
  E100: 'content_refused',
  E101: 'carrier_rejected',
  E102: 'carrier_rejected',
  E104: 'vendor_credentials',
  E105: 'vendor_credentials',
  E106: 'rate_limited',
  E107: 'sender_not_allowed',
  E108: 'content_refused',
  E110: 'invalid_recipient',
  E111: 'sender_not_allowed',
  E112: 'vendor_credentials',
  E113: 'rate_limited',
  E114: 'opted_out',
  E201: 'content_refused',
  E202: 'unreachable',
  E212: 'content_refused',
  E213: 'content_refused',
  E214: 'content_refused',
  E223: 'content_refused',
  E224: 'content_refused',
  E225: 'content_refused',
  E226: 'content_refused',
  E227: 'content_refused',
  E228: 'content_refused',
  E229: 'content_refused',
  E230: 'content_refused',
  E241: 'content_refused',
  E311: 'content_refused',
  E312: 'content_refused',
  E313: 'content_refused',
  E314: 'content_refused',
  E331: 'too_large',
  E332: 'too_large',
  E333: 'too_large',
  E334: 'content_refused',
  E335: 'too_large',
  E336: 'too_large',
  E337: 'too_large',
  E338: 'too_large',
  E341: 'unsupported_media',
  E351: 'media_unreachable',
  E352: 'media_unreachable',
  E353: 'media_unreachable',
  E355: 'media_unreachable',
  E356: 'media_unreachable',
  E357: 'media_unreachable',
  E358: 'media_unreachable',
  E501: 'carrier_rejected',
  E502: 'carrier_rejected',
  E618: 'carrier_unavailable',
  E619: 'sender_not_allowed',
  E620: 'content_refused',
  E622: 'content_refused',
  E626: 'vendor_unavailable',
  E627: 'vendor_credentials',
  E628: 'no_mms',
  E629: 'unsupported_media',
  E650: 'invalid_recipient',
  E651: 'invalid_recipient',
  E999: 'vendor_unavailable',
}

/** What a report says of a message. */
export type Reported = {
  readonly state: 'submitted' | 'delivered' | 'failed' | 'expired' | 'unconfirmed'
  readonly certainty: Certainty | null
  readonly reason: DeliveryReason | null
}

const open = (state: 'submitted' | 'unconfirmed'): Reported => ({ state, certainty: null, reason: null })

/** How a message ended that failed for a reason. */
export function endedBy(reason: DeliveryReason): Reported {
  if (reason === 'outcome_unknown') return open('unconfirmed')
  return { state: reason === 'expired' ? 'expired' : 'failed', certainty: null, reason }
}

/** What a status of a delivery report means, with the code where it is FAILED. On MMS the vendor says DELIVERED or FAILED alone. */
export function reportedOf(status: string, code: string | null, subCode: string | null): Reported {
  switch (status) {
    case 'DELIVERED':
      return { state: 'delivered', certainty: 'carrier', reason: null }
    case 'READ':
      return { state: 'delivered', certainty: 'handset', reason: null }
    case 'FAILED':
      return endedBy(REASON_OF_SUB_CODE[subCode ?? ''] ?? REASON_OF[code as ReasonCode] ?? 'carrier_rejected')
    case 'QUEUED_ON_CHANNEL':
    case 'SWITCHING_CHANNEL':
      return open('submitted')
    default:
      return open('unconfirmed')
  }
}

/** What a postback of the MMS JSON API means; null for those that are about no message. The status says more where the code is general. */
export function postedBackOf(code: string, status: string): Reported | null {
  const word = status.toLowerCase()
  switch (code) {
    case 'N101':
    case 'N013':
      return open('submitted')
    case 'N102':
      return { state: 'delivered', certainty: 'handset', reason: null }
    case 'N202':
      return { state: 'delivered', certainty: 'carrier', reason: null }
    case 'N103':
      return endedBy('expired')
    case 'E102':
      if (word.includes('expired')) return endedBy('expired')
      return endedBy(word.includes('not supported') ? 'no_mms' : 'carrier_rejected')
    case 'E002':
    case 'E003':
    case 'E004':
    case 'E501':
    case 'E502':
      return null
    default: {
      const reason = REASON_OF_MMS_CODE[code]
      return reason === undefined ? null : endedBy(reason)
    }
  }
}
