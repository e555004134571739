import type { Part } from '../domain/message.ts'
import type { SendRequest } from '../domain/ports.ts'
import type { Allowed } from './check.ts'
import { pageOf } from './link-page.ts'
import type { MessagingPorts } from './ports.ts'

/** The text that stands for a message where its carrier turns out to take no MMS; null where none may. */
export async function textInstead(
  ports: MessagingPorts,
  request: SendRequest,
  { sender, to, channel, subject, text }: Allowed,
  parts: readonly Part[],
): Promise<string | null> {
  if (request.channelFallback !== true || channel !== 'mms' || to.length !== 1 || !sender.sms) return null
  const media = parts.map((part) => part.media)
  const { account } = sender
  const page = media.length === 0 ? null : await pageOf(ports, { account, media, recipients: to })
  return [subject, text, page].filter(Boolean).join('\n') || null
}
