import { BUDGETS } from '../domain/budget.ts'
import type { Failure } from '../domain/failure.ts'
import type { Caller, StoredMedia } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { extensionOf, findType, fit, type Target } from '../media/index.ts'
import { asFailure } from './media-failure.ts'
import type { MessagingPorts } from './ports.ts'
import { renditionKey } from './rendition-key.ts'

/** What is shown of inbound media: as large as anything that may be sent, without its metadata. */
export const SHOWN: Target = { budget: BUDGETS.hard }

/**
 * A stored file and a public URL of it. What came in from a phone or was uploaded is shown as a cleaned rendition, made when it
 * is first asked for; the original is an explicit wish, and logged.
 */
export async function showMedia(
  ports: MessagingPorts,
  caller: Caller,
  id: string,
  original: boolean,
): Promise<Result<{ media: StoredMedia; url: string }, Failure>> {
  const media = await ports.media.find(caller.account, id)
  if (media === null) return fail({ code: 'not_found', what: 'media' })
  if (media.deletedAt !== null || media.expiresAt <= ports.clock.now()) return fail({ code: 'media_expired' })
  // Renditions and parts of messages were cleaned before they were stored.
  if (media.class !== 'inbound' && media.class !== 'upload')
    return ok({ media, url: await urlOf(ports, media) })
  if (original) {
    ports.log('original_opened', { account: caller.account, key: caller.key, media: media.id })
    return ok({ media, url: await urlOf(ports, media) })
  }
  const cleaned = await cleanedOf(ports, media)
  return cleaned.ok ? ok({ media, url: await urlOf(ports, cleaned.value) }) : cleaned
}

/** The stored file that may be shown of a file: cleaned where it came from outside. */
export async function showableMedia(
  ports: MessagingPorts,
  account: string,
  id: string,
): Promise<Result<StoredMedia, Failure>> {
  const media = await ports.media.find(account, id)
  if (media === null) return fail({ code: 'not_found', what: 'media' })
  if (media.deletedAt !== null || media.expiresAt <= ports.clock.now()) return fail({ code: 'media_expired' })
  return media.class === 'inbound' || media.class === 'upload' ? await cleanedOf(ports, media) : ok(media)
}

const urlOf = (ports: MessagingPorts, media: StoredMedia): Promise<string> => {
  const type = findType(media.type)
  return ports.links.url(
    media.id,
    `media.${type === undefined ? 'bin' : extensionOf(type)}`,
    ports.settings.publicUrlLifetime,
  )
}

async function cleanedOf(ports: MessagingPorts, media: StoredMedia): Promise<Result<StoredMedia, Failure>> {
  const now = ports.clock.now()
  const key = await renditionKey(media.sha256, SHOWN)
  const before = await ports.media.findRendition(media.account, key, now)
  if (before !== null) return ok(before)
  const place = await ports.admission.enter(media.bytes)
  if (place === null) return fail({ code: 'busy', retryAfter: 2 })
  try {
    const bytes = await ports.media.read(media)
    if (bytes === null) return fail({ code: 'media_expired' })
    const fitted = await fit(bytes, SHOWN)
    if (!fitted.ok) return fail(asFailure(fitted.failure, null))
    const { type, width, height } = fitted.value
    const expiresAt = Math.min(media.expiresAt, now + ports.settings.renditionLifetime)
    const stored = await ports.media.put(
      {
        account: media.account,
        class: 'rendition',
        chunks: [fitted.value.bytes],
        type,
        width: width ?? null,
        height: height ?? null,
        expiresAt,
      },
      now,
    )
    await ports.media.nameRendition(media.account, key, stored)
    return ok(stored)
  } finally {
    place.end()
  }
}
