import type { StringKey } from '../strings.ts'
import { readAddress } from './address.ts'
import type { Draft } from './draft.ts'
import { readable } from './format.ts'
import { boot, t } from './page.ts'
import { verdict } from './preview.ts'
import { segmentsOf } from './segments.ts'
import { numbers } from './state.ts'
import type { Remark } from './wire.ts'

/** Segments that a text may take before it goes as a picture message. */
const SMS_SEGMENTS = 1

/** How a draft will travel: a text that is short and alone goes as SMS, everything else as MMS. */
export function channelOf(draft: Draft, to: readonly string[]): 'sms' | 'mms' {
  if (verdict.value?.channel) return verdict.value.channel
  const own = numbers.value.find((one) => one.number === draft.from)
  if (draft.files.length > 0 || draft.subject || to.length > 1 || own?.sms === false) return 'mms'
  return segmentsOf(draft.text).segments > SMS_SEGMENTS ? 'mms' : 'sms'
}

/** The gateway's sentence in the page's language, where the page has it. */
function inWords(remark: Remark): string {
  const key = `error_${remark.code}` as StringKey
  return boot.strings[key] ?? remark.message
}

/** Why a draft may not be sent now, in words; null when it may. */
export function obstacle(draft: Draft, to: readonly string[]): string | null {
  const own = numbers.value.find((one) => one.number === draft.from)
  if (!boot.canSend) return t('cannotSendScope')
  if (own === undefined) return t('noNumber')
  if (to.length === 0) return t('needRecipient')
  for (const one of to) {
    const { problem } = readAddress(one)
    if (problem !== null) return problem
    if (numbers.value.some((number) => number.number === one))
      return t('ownRecipient', { number: readable(one) })
  }
  const channel = channelOf(draft, to)
  const number = own.label ?? readable(own.number)
  if (channel === 'mms' && !own.mms) return t('withoutMms', { number })
  if (channel === 'sms' && !own.sms) return t('withoutSms', { number })
  const failed = draft.files.find((file) => file.state === 'failed')
  if (failed !== undefined) return t('fileFailed', { name: failed.name })
  const refused = verdict.value?.errors[0]
  const empty = draft.text.trim() === '' && draft.files.length === 0 && !draft.subject?.trim()
  if (refused !== undefined && refused.code !== 'nothing_to_send') return inWords(refused)
  if (empty) return t('needContent')
  if (draft.files.some((file) => file.media === null)) return t('stillUploading')
  return null
}
