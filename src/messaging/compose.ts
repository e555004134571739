import type { Address } from '../domain/address.ts'
import type { Failure } from '../domain/failure.ts'
import type { Part, Warning } from '../domain/message.ts'
import { layOut, type MimeMessage, overheadOf } from '../domain/mime.ts'
import type { VendorLimits } from '../domain/policy.ts'
import type { Caller, MediaReference, StoredMedia } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import {
  extensionOf,
  type Facts,
  fit,
  inspect,
  type MediaType,
  plan,
  type Target,
  tooPoor,
} from '../media/index.ts'
import { fitEvenly } from './fit-evenly.ts'
import { asFailure, asWarning } from './media-failure.ts'
import { partName } from './part-name.ts'
import type { MessagingPorts } from './ports.ts'
import { renditionKey } from './rendition-key.ts'
import { upload } from './upload.ts'

/** A message whose media is to be made to fit. */
export type Draft = {
  readonly id: string
  readonly from: Address
  readonly to: readonly Address[]
  readonly subject: string | null
  readonly text: string | null
  readonly media: readonly MediaReference[]
  readonly budget: number
  /** 0 to 100: a picture that would look worse is refused. */
  readonly minimumQuality?: number | undefined
  readonly limits: VendorLimits
  readonly createdAt: number
  readonly keepUntil: number
}

/** Its parts, fitted and stored, and what the whole takes on the wire. */
export type Composed = {
  readonly parts: readonly Part[]
  readonly wireBytes: number
  readonly warnings: readonly Warning[]
}

type Source = { readonly stored: StoredMedia; readonly facts: Facts }

/** How long what was only tried is kept: until a preview is sent. */
const TRIED = 3_600_000
/** The kinds of media that lose bytes without losing their meaning. */
const COMPRESSIBLE = new Set(['image'])

/** Makes the media of a message fit its budget, one file at a time, and stores what leaves. */
export async function compose(
  ports: MessagingPorts,
  caller: Caller,
  draft: Draft,
): Promise<Result<Composed, Failure>> {
  const sources: Source[] = []
  for (const [index, reference] of draft.media.entries()) {
    const source = await sourceOf(ports, caller, reference, index + 1)
    if (!source.ok) return source
    sources.push(source.value)
  }
  const shown = draft.media.map(shownAs)
  const widest = sources.map((source, index) => ({ ...widestPart(source, index), ...shown[index] }))
  const overhead = overheadOf(mimeOf(draft, widest))
  const { encoding } = draft.limits
  const planned = plan({
    budget: draft.budget,
    overhead,
    perPart: 0,
    encoding,
    parts: sources.map(({ facts }) => ({
      bytes: facts.bytes,
      kind: facts.kind,
      ...(facts.demand === undefined ? {} : { demand: facts.demand }),
      compressible: COMPRESSIBLE.has(facts.kind),
      ...(facts.width === undefined ? {} : { width: facts.width }),
      ...(facts.height === undefined ? {} : { height: facts.height }),
    })),
  })
  if (!planned.ok) return fail(asFailure(planned.failure, null))

  const sharers = sources.map(({ facts: { bytes, kind } }) => ({
    bytes,
    compressible: COMPRESSIBLE.has(kind),
  }))
  // What several pictures are tried with is kept for as long as a preview; what stays of it is kept at the end.
  const several = sharers.filter(({ compressible }) => compressible).length > 1
  const until = several ? Math.min(draft.keepUntil, ports.clock.now() + TRIED) : draft.keepUntil
  const made = await fitEvenly(sharers, planned.value, encoding, (index, budget) =>
    fitPart(ports, { ...draft, keepUntil: until }, sources[index]!, index, budget),
  )
  if (!made.ok) return made
  const parts = made.value.map(({ part }, index): Part => ({ ...part, ...shown[index] }))
  const warnings = made.value.flatMap((one) => one.warnings)
  const poor = tooPoorPart(parts, draft)
  if (poor !== null) return fail(poor)
  if (until < draft.keepUntil)
    await ports.media.keep(
      caller.account,
      parts.map(({ media }) => media),
      draft.keepUntil,
    )
  const { size } = layOut(mimeOf(draft, parts))
  if (size > draft.budget)
    return fail({
      code: 'cannot_fit',
      part: null,
      reason: `The message takes ${size} bytes where ${draft.budget} are allowed. Send less text or fewer attachments.`,
    })
  return ok({ parts, wireBytes: size, warnings })
}

/** What the presentation says of a file. */
const shownAs = ({ alt, slide }: MediaReference): Pick<Part, 'alt' | 'slide'> => ({
  ...(alt === undefined || alt === '' ? {} : { alt }),
  ...(slide === undefined ? {} : { slide }),
})

/** The first part that looks worse than the message allows. */
function tooPoorPart(parts: readonly Part[], { budget, minimumQuality = 0 }: Draft): Failure | null {
  const index = parts.findIndex(({ score = 100 }) => score < minimumQuality)
  const part = parts[index]
  if (part?.score === undefined) return null
  const { score } = part
  return asFailure(tooPoor({ type: part.type as MediaType, budget, score, minimumQuality }), index + 1)
}

async function sourceOf(
  ports: MessagingPorts,
  caller: Caller,
  reference: MediaReference,
  n: number,
): Promise<Result<Source, Failure>> {
  const now = ports.clock.now()
  if ('id' in reference) {
    const stored = await ports.media.find(caller.account, reference.id)
    if (stored === null) return fail({ code: 'not_found', what: `media (part ${n})` })
    if (stored.deletedAt !== null || stored.expiresAt <= now) return fail({ code: 'media_expired' })
    return await inspected(ports, stored, n)
  }
  const fetched = await ports.fetcher.fetchMedia(reference.url, {
    account: caller.account,
    limit: ports.settings.fileLimit,
  })
  if (!fetched.ok) return fetched
  if (fetched.value.bytes === 0) return fail({ code: 'media_unreachable', retryable: false })
  const stored = await upload(ports, caller, fetched.value.chunks, null)
  return stored.ok ? await inspected(ports, stored.value, n) : stored
}

async function inspected(
  ports: MessagingPorts,
  stored: StoredMedia,
  n: number,
): Promise<Result<Source, Failure>> {
  const place = await ports.admission.enter(stored.bytes)
  if (place === null) return fail({ code: 'busy', retryAfter: 2 })
  try {
    const bytes = await ports.media.read(stored)
    if (bytes === null) return fail({ code: 'media_expired' })
    const facts = inspect(bytes)
    return facts.ok ? ok({ stored, facts: facts.value }) : fail(asFailure(facts.failure, n))
  } finally {
    place.end()
  }
}

/** The part with the longest headers that a source can become, so that the plan is never under the truth. */
function widestPart({ facts }: Source, index: number): Part {
  const candidates: MediaType[] =
    facts.kind === 'image' ? [facts.type, 'image/jpeg', 'image/png', 'image/gif'] : [facts.type]
  const name = candidates
    .map((type) => partName(facts.kind, index + 1, extensionOf(type)))
    .reduce((a, b) => (b.length > a.length ? b : a))
  const type = candidates.reduce((a, b) => (b.length > a.length ? b : a))
  return { media: '', name, type, bytes: 0, sha256: '', state: 'stored' }
}

const mimeOf = (draft: Draft, parts: readonly Part[]): MimeMessage => ({
  id: draft.id,
  from: draft.from,
  to: draft.to,
  subject: draft.subject,
  text: draft.text,
  parts,
  date: draft.createdAt,
  encoding: draft.limits.encoding,
})

/** A part with what deciding about it takes. */
type FittedPart = {
  readonly part: Part
  readonly warnings: readonly Warning[]
  readonly bytes: number
  readonly score: number | undefined
}

const fittedPart = (part: Part, warnings: readonly Warning[]): FittedPart => ({
  part,
  warnings,
  bytes: part.bytes,
  score: part.score,
})

async function fitPart(
  ports: MessagingPorts,
  draft: Draft,
  source: Source,
  index: number,
  budget: number,
): Promise<Result<FittedPart, Failure>> {
  const n = index + 1
  const target: Target = {
    budget,
    maxSide: draft.limits.maxSide,
    types: draft.limits.types as readonly MediaType[],
  }
  const { account } = source.stored
  const now = ports.clock.now()
  const key = await renditionKey(source.stored.sha256, target)
  const cached = await ports.media.findRendition(account, key, now)
  if (cached !== null) {
    await ports.media.keep(account, [cached.id], draft.keepUntil)
    const reason = 'The same file was fitted to the same size before.'
    return ok(fittedPart(partOf(cached, source, n, reason, cached.score), []))
  }
  const place = await ports.admission.enter(source.stored.bytes)
  if (place === null) return fail({ code: 'busy', retryAfter: 2 })
  try {
    const bytes = await ports.media.read(source.stored)
    if (bytes === null) return fail({ code: 'media_expired' })
    const fitted = await fit(bytes, target)
    if (!fitted.ok) return fail(asFailure(fitted.failure, n))
    const rendition = fitted.value
    const stored = await ports.media.put(
      {
        account,
        class: 'message',
        chunks: [rendition.bytes],
        type: rendition.type,
        width: rendition.width ?? null,
        height: rendition.height ?? null,
        expiresAt: draft.keepUntil,
      },
      now,
    )
    await ports.media.nameRendition(account, key, stored, rendition.score)
    const warnings = rendition.warnings.map((warning): Warning => asWarning(warning, n))
    return ok(fittedPart(partOf(stored, source, n, rendition.reason, rendition.score), warnings))
  } finally {
    place.end()
  }
}

function partOf(stored: StoredMedia, source: Source, n: number, reason: string, score?: number): Part {
  const type = stored.type as MediaType
  return {
    media: stored.id,
    name: partName(source.facts.kind, n, extensionOf(type)),
    type,
    bytes: stored.bytes,
    sha256: stored.sha256,
    ...(stored.width === null ? {} : { width: stored.width }),
    ...(stored.height === null ? {} : { height: stored.height }),
    reason,
    ...(score === undefined ? {} : { score }),
    state: 'stored',
    source: {
      media: source.stored.id,
      type: source.facts.type,
      bytes: source.facts.bytes,
      ...(source.facts.width === undefined ? {} : { width: source.facts.width }),
      ...(source.facts.height === undefined ? {} : { height: source.facts.height }),
    },
  }
}
