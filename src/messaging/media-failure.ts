import type { Failure } from '../domain/failure.ts'
import type { Warning } from '../domain/message.ts'
import { describeMediaFailure, type MediaFailure, type MediaWarning } from '../media/index.ts'

/** A failure of the media library in the words of a request. @param part 1 for the first attachment; null outside a message */
export function asFailure(failure: MediaFailure, part: number | null): Failure {
  const { message, status, retryable } = describeMediaFailure(failure)
  if (failure.code === 'media_busy') return { code: 'busy', retryAfter: failure.retryAfter }
  if (failure.code === 'cannot_fit' || failure.code === 'message_cannot_fit')
    return { code: 'cannot_fit', reason: message, part }
  return { code: 'media_failure', part, media: { code: failure.code, message, status, retryable } }
}

/** A remark of the media library about one attachment. @param part 1 for the first */
export function asWarning(warning: MediaWarning, part: number | null): Warning {
  const where = part === null ? 'The file' : `Attachment ${part}`
  const said = (code: string, message: string): Warning => ({
    code,
    field: 'media',
    message: `${where} ${message}`,
  })
  switch (warning.code) {
    case 'truncated':
      return said('media_truncated', 'is cut short; what is there was used, and the rest is blank.')
    case 'damaged':
      return said('media_damaged', 'is damaged in places; parts of the picture may be wrong.')
    case 'transparency_flattened':
      return said('transparency_flattened', 'had transparent parts, which are white now.')
    case 'animation_dropped':
      return said('animation_dropped', 'was animated; only its first frame was kept.')
    case 'animation_shortened':
      return said('animation_shortened', 'is a longer animation than is worked on; its end was left out.')
    case 'pages_dropped':
      return said('pages_dropped', 'has several pages; only the first was kept.')
    case 'profile_ignored':
      return said(
        'profile_ignored',
        'has a colour profile that cannot be applied; colours may differ a little.',
      )
    case 'photo_dropped':
      return said('photo_dropped', `lost a picture inside the contact: ${warning.reason}.`)
    case 'text_repaired':
      return said('text_repaired', 'held bytes that are no text; they were replaced.')
  }
}
