import type { Failure } from '../domain/failure.ts'
import { type StrictPart, strictRefusals, type VendorLimits } from '../domain/policy.ts'
import type { Caller, MediaReference, StoredMedia } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { inspect } from '../media/index.ts'
import { asFailure } from './media-failure.ts'
import type { MessagingPorts } from './ports.ts'
import { upload } from './upload.ts'

/**
 * Strict mode looks at files as they were given, so that what lies behind a URL is fetched first. The way that is left
 * names stored files only, which nobody fetches again.
 */
export async function strictly(
  ports: MessagingPorts,
  caller: Caller,
  request: { readonly media: readonly MediaReference[]; readonly subject: string | null },
  limits: VendorLimits,
): Promise<Result<readonly MediaReference[], Failure>> {
  const ids: MediaReference[] = []
  const parts: StrictPart[] = []
  for (const [index, reference] of request.media.entries()) {
    const stored = await storedOf(ports, caller, reference, index + 1)
    if (!stored.ok) return stored
    const part = await partOf(ports, stored.value, index + 1)
    if (!part.ok) return part
    const { alt, slide } = reference
    ids.push({ id: stored.value.id, alt, slide })
    parts.push(part.value)
  }
  const [refusal] = strictRefusals(request.subject, parts, limits, seenAtOnce(request.media, parts))
  return refusal === undefined ? ok(ids) : fail(refusal)
}

/** How many pictures and videos each slide of the sender's own presentation shows. */
function seenAtOnce(media: readonly MediaReference[], parts: readonly StrictPart[]): number[] {
  const slides = new Map<number, number>()
  for (const [index, { slide }] of media.entries())
    if (slide !== undefined && /^(?:image|video)\//.test(parts[index]?.type ?? ''))
      slides.set(slide.at, (slides.get(slide.at) ?? 0) + 1)
  return [...slides.values()]
}

async function storedOf(
  ports: MessagingPorts,
  caller: Caller,
  reference: MediaReference,
  n: number,
): Promise<Result<StoredMedia, Failure>> {
  if ('id' in reference) {
    const stored = await ports.media.find(caller.account, reference.id)
    if (stored === null) return fail({ code: 'not_found', what: `media (part ${n})` })
    const gone = stored.deletedAt !== null || stored.expiresAt <= ports.clock.now()
    return gone ? fail({ code: 'media_expired' }) : ok(stored)
  }
  const fetched = await ports.fetcher.fetchMedia(reference.url, {
    account: caller.account,
    limit: ports.settings.fileLimit,
  })
  if (!fetched.ok) return fetched
  if (fetched.value.bytes === 0) return fail({ code: 'media_unreachable', retryable: false })
  return await upload(ports, caller, fetched.value.chunks, null)
}

/** Only a PNG has to be opened: whether it is transparent is in its header. */
async function partOf(
  ports: MessagingPorts,
  stored: StoredMedia,
  n: number,
): Promise<Result<StrictPart, Failure>> {
  const { type, bytes } = stored
  if (type !== 'image/png') return ok({ type, bytes, alpha: false })
  const place = await ports.admission.enter(bytes)
  if (place === null) return fail({ code: 'busy', retryAfter: 2 })
  try {
    const file = await ports.media.read(stored)
    if (file === null) return fail({ code: 'media_expired' })
    const facts = inspect(file)
    return facts.ok
      ? ok({ type, bytes, alpha: facts.value.alpha === true })
      : fail(asFailure(facts.failure, n))
  } finally {
    place.end()
  }
}
