import type { MediaType } from './types.ts'

/** What a refused file turned out to be. */
export type ForbiddenKind = 'html' | 'svg' | 'xml' | 'script' | 'executable' | 'archive' | 'office'

/** Every way in which this library says no. */
export type MediaFailure =
  | { readonly code: 'empty_media' }
  | { readonly code: 'unknown_type' }
  | { readonly code: 'forbidden_type'; readonly kind: ForbiddenKind }
  | { readonly code: 'not_yet_supported'; readonly type: MediaType }
  /** `detail` is for the log: it may name offsets and fields of the file. */
  | { readonly code: 'malformed_media'; readonly type: MediaType; readonly detail: string }
  /** `feature` is a noun phrase such as "arithmetic coding". */
  | { readonly code: 'unsupported_feature'; readonly type: MediaType; readonly feature: string }
  /** `limit` is in pixels in all, frames included. */
  | {
      readonly code: 'too_many_pixels'
      readonly type: MediaType
      readonly width: number
      readonly height: number
      readonly limit: number
    }
  /**
   * `smallest`: the fewest bytes that were reached with an acceptable look, when something was tried. `bestScore`: the
   * best look within the budget, when that was not good enough.
   */
  | {
      readonly code: 'cannot_fit'
      readonly type: MediaType
      readonly reason: string
      readonly budget: number
      readonly smallest?: number
      readonly bestScore?: number
    }
  /** The attachments of a message cannot share its budget; `smallest` is what they would need. */
  | {
      readonly code: 'message_cannot_fit'
      readonly parts: number
      readonly budget: number
      readonly smallest: number
    }
  | { readonly code: 'type_not_accepted'; readonly type: MediaType; readonly accepted: readonly MediaType[] }
  | { readonly code: 'out_of_memory'; readonly type: MediaType }
  /** A codec broke off by a fault of its own. `detail` is for the log. */
  | { readonly code: 'codec_failed'; readonly type: MediaType; readonly detail: string }
  /** The gate before the codecs is full. `retryAfter` is in seconds. */
  | { readonly code: 'media_busy'; readonly retryAfter: number }
  /** A result did not pass its own check. The file did not leave; `detail` is for the log. */
  | { readonly code: 'verification_failed'; readonly type: MediaType; readonly detail: string }

/** What may be told to whoever sent the file. */
export type PublicFailure = {
  /** One or two sentences: what is wrong and what to do. */
  readonly message: string
  /** The HTTP status that says the same. */
  readonly status: 400 | 413 | 415 | 422 | 500 | 503
  /** Whether the same request can succeed later. */
  readonly retryable: boolean
}

const FORBIDDEN_NAMES: Record<ForbiddenKind, string> = {
  html: 'an HTML page',
  svg: 'an SVG drawing',
  xml: 'an XML document',
  script: 'a script',
  executable: 'a program',
  archive: 'an archive',
  office: 'an office document',
}

/** The sentence, status and retry advice of a failure, safe to show to anybody. */
export function describeMediaFailure(failure: MediaFailure): PublicFailure {
  switch (failure.code) {
    case 'empty_media':
      return no(400, 'The file is empty. Send the bytes of a picture, sound, video, contact or text.')
    case 'unknown_type':
      return no(
        415,
        'The bytes of the file are of no type that can be sent. Send a JPEG, PNG or another common media file.',
      )
    case 'forbidden_type':
      return no(
        415,
        `The file is ${FORBIDDEN_NAMES[failure.kind]}, which is never sent. Send a picture of it, or a link.`,
      )
    case 'not_yet_supported':
      return no(
        415,
        `Files of type ${failure.type} cannot be cleaned of their metadata yet, so they are not sent. Convert the file to a common type.`,
      )
    case 'malformed_media':
      return no(
        422,
        `The file begins as ${failure.type} but is damaged. Open it in a viewer, save it again and send that.`,
      )
    case 'unsupported_feature':
      return no(
        415,
        `The ${failure.type} file uses ${failure.feature}, which is not supported. Save it again without that.`,
      )
    case 'too_many_pixels':
      return no(
        413,
        `The picture has ${failure.width} x ${failure.height} pixels; at most ${failure.limit} in all are taken. Send a smaller one.`,
      )
    case 'cannot_fit':
      return no(
        422,
        `The ${failure.type} file does not fit ${failure.budget} bytes: ${failure.reason}. Raise the budget, or send a smaller file.`,
      )
    case 'message_cannot_fit':
      return no(
        422,
        `The ${failure.parts} attachments need at least ${failure.smallest} bytes of message; the budget is ${failure.budget}. Send fewer, or smaller ones.`,
      )
    case 'type_not_accepted':
      return no(
        415,
        `${failure.type} is not among the accepted types (${failure.accepted.join(', ')}) and cannot be turned into one of them.`,
      )
    case 'out_of_memory':
      return no(413, `The ${failure.type} file needs more memory than there is. Send a smaller one.`)
    case 'codec_failed':
      return no(
        500,
        `The ${failure.type} file could not be worked on, by a fault of ours. Report this with the file.`,
      )
    case 'media_busy':
      return {
        ...no(503, 'Too many files are being worked on at this moment. Try again shortly.'),
        retryable: true,
      }
    case 'verification_failed':
      return no(500, 'The result did not pass its own check and was not sent. Report this with the file.')
    default: {
      const never: never = failure
      throw new Error(`A failure without a sentence: ${JSON.stringify(never)}`)
    }
  }
}

function no(status: PublicFailure['status'], message: string): PublicFailure {
  return { status, message, retryable: false }
}
