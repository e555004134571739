import type { KeywordRule } from '../domain/keyword.ts'
import { MAIL_FILES, type Mail, type Mailer } from '../domain/mail.ts'
import { ok } from '../domain/result.ts'
import { extensionOf, findType } from '../media/index.ts'
import { automaticCaller } from './automatic.ts'
import { idempotent } from './idempotent.ts'
import type { MessagingPorts } from './ports.ts'
import type { Received } from './received.ts'
import { showableMedia } from './show-media.ts'

/**
 * Forwards what came in to a mailbox: who wrote, the words, and the files as people are shown them. Files that cannot be shown,
 * or are too much for a mailbox, are named instead. Once a message and rule, however often the vendor repeats its webhook.
 */
export async function forwardByMail(
  ports: MessagingPorts,
  mailer: Mailer,
  received: Received,
  rule: KeywordRule,
  to: string,
): Promise<void> {
  const caller = automaticCaller(received.number)
  const key = { key: `automatic:${received.id}:${rule.id}:mail`, bodyHash: to }
  const done = await idempotent(ports, caller, key, received.id, async () => {
    await mailer.send(await mailOf(ports, received, to))
    return ok(null)
  }).catch((error: unknown) => {
    ports.log('mail_forward_failed', { message: received.id, error: String(error).slice(0, 200) })
    return ok(null)
  })
  // Another delivery of the same webhook may be at it: that one sends it.
  if (!done.ok) ports.log('mail_forward_skipped', { message: received.id, code: done.failure.code })
}

async function mailOf(ports: MessagingPorts, received: Received, to: string): Promise<Mail> {
  const files: Mail['files'][number][] = []
  const left: string[] = []
  let room = MAIL_FILES
  for (const [index, id] of received.media.entries()) {
    const shown = await showableMedia(ports, received.number.account, id)
    const bytes = shown.ok && shown.value.bytes <= room ? await ports.media.read(shown.value) : null
    if (!shown.ok || bytes === null) {
      left.push(id)
      continue
    }
    const type = findType(shown.value.type)
    files.push({
      name: `file${index + 1}.${type === undefined ? 'bin' : extensionOf(type)}`,
      type: shown.value.type,
      bytes,
    })
    room -= bytes.byteLength
  }
  const lines = [
    received.subject,
    received.text,
    left.length === 0 ? null : `Not attached, and kept here: ${left.join(', ')}`,
  ]
  return {
    to,
    subject: `Message from ${received.from} to ${received.number.address}`,
    text: lines.filter((line) => line !== null && line !== '').join('\n\n') || ' ',
    files,
  }
}
