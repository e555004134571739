import type { Failure } from '../domain/failure.ts'
import type { SendRequest } from '../domain/ports.ts'
import { mayGoOtherwise, onlyLinkGoes } from './link-page.ts'
import type { MessagingPorts } from './ports.ts'

/** As long as any page's id, and no page's. */
const NO_PAGE = '0'.repeat(22)

/**
 * The text with a link that would go where no MMS can, as a check or a preview shows it: of the same length, and without a
 * page behind it. Null when the request allows none, or something else speaks against it.
 */
export function linkInstead(
  ports: Pick<MessagingPorts, 'links'>,
  request: SendRequest,
  failures: readonly Failure[],
): SendRequest | null {
  if (!mayGoOtherwise(request)) return null
  if (failures.length === 0 || !failures.every(onlyLinkGoes)) return null
  const link = request.media.length === 0 ? null : ports.links.page(NO_PAGE)
  const text = [request.subject, request.text, link].filter(Boolean).join('\n')
  return { ...request, subject: undefined, text, media: [], channel: 'sms', isTitled: undefined }
}
