import type { Failure } from '../domain/failure.ts'
import type { FitRequest } from '../domain/fit.ts'
import type { Caller, StoredMedia } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import {
  type Facts,
  fit,
  inspect,
  type MediaType,
  plan,
  type Rendition,
  type Target,
  tooPoor,
} from '../media/index.ts'
import { fitEvenly } from './fit-evenly.ts'
import { asFailure } from './media-failure.ts'
import type { MessagingPorts } from './ports.ts'

/** One of several files that were made to fit together. */
export type FittedFile = {
  readonly media: StoredMedia
  readonly url: string
  readonly source: Facts
  readonly reason: string
  readonly warnings: readonly string[]
  readonly quality: number | null
  readonly score: number | null
}

/** Files that may share a budget. */
export const MOST_FILES = 50

/** Pictures lose bytes without losing their meaning; the other kinds keep theirs. */
const isPicture = ({ kind }: Facts): boolean => kind === 'image'

/**
 * Makes stored files fit one number of bytes together, the worst-looking as good as it can be, and stores the results for as
 * long as renditions are kept.
 */
export async function fitMany(
  ports: MessagingPorts,
  caller: Caller,
  files: readonly StoredMedia[],
  request: FitRequest,
): Promise<Result<readonly FittedFile[], Failure>> {
  const facts: Facts[] = []
  for (const [index, file] of files.entries()) {
    const read = await withBytes(ports, file, async (bytes) => inspect(bytes))
    if (!read.ok) return read
    if (!read.value.ok) return fail(asFailure(read.value.failure, index + 1))
    facts.push(read.value.value)
  }
  const planned = plan({
    budget: request.budget,
    overhead: 0,
    perPart: 0,
    encoding: 'binary',
    parts: facts.map((one) => ({
      bytes: one.bytes,
      kind: one.kind,
      compressible: isPicture(one),
      ...(one.demand === undefined ? {} : { demand: one.demand }),
      ...(one.width === undefined ? {} : { width: one.width }),
      ...(one.height === undefined ? {} : { height: one.height }),
    })),
  })
  if (!planned.ok) return fail(asFailure(planned.failure, null))
  const sharers = facts.map((one) => ({ bytes: one.bytes, compressible: isPicture(one) }))
  const { minimumQuality = 0, ...target } = request
  const made = await fitEvenly(sharers, planned.value, 'binary', (index, budget) =>
    fitStored(ports, files[index]!, { ...target, budget }, index + 1),
  )
  if (!made.ok) return made
  for (const [index, { type, score }] of made.value.entries())
    if (score !== undefined && score < minimumQuality)
      return fail(asFailure(tooPoor({ type, budget: request.budget, score, minimumQuality }), index + 1))
  const stored: FittedFile[] = []
  for (const [index, one] of made.value.entries())
    stored.push(await keepFitted(ports, caller, one.rendition, index + 1))
  return ok(stored)
}

/** A rendition with what deciding about it takes. */
type FittedBytes = {
  readonly rendition: Rendition
  readonly type: MediaType
  readonly bytes: number
  readonly score: number | undefined
}

async function fitStored(
  ports: MessagingPorts,
  file: StoredMedia,
  { types, ...rest }: FitRequest,
  n: number,
): Promise<Result<FittedBytes, Failure>> {
  const target: Target = { ...rest, ...(types === undefined ? {} : { types: types as MediaType[] }) }
  const fitted = await withBytes(ports, file, (bytes) => fit(bytes, target))
  if (!fitted.ok) return fitted
  if (!fitted.value.ok) return fail(asFailure(fitted.value.failure, n))
  const rendition: Rendition = fitted.value.value
  const { bytes, type, score } = rendition
  return ok({ rendition, type, bytes: bytes.length, score })
}

async function keepFitted(
  ports: MessagingPorts,
  caller: Caller,
  rendition: Rendition,
  n: number,
): Promise<FittedFile> {
  const now = ports.clock.now()
  const media = await ports.media.put(
    {
      account: caller.account,
      class: 'rendition',
      chunks: [rendition.bytes],
      type: rendition.type,
      width: rendition.width ?? null,
      height: rendition.height ?? null,
      expiresAt: now + ports.settings.renditionLifetime,
    },
    now,
  )
  const name = `fitted${n}.${rendition.extension}`
  return {
    media,
    url: await ports.links.url(media.id, name, ports.settings.publicUrlLifetime),
    source: rendition.source,
    reason: rendition.reason,
    warnings: rendition.warnings.map((warning) => warning.code),
    quality: rendition.quality ?? null,
    score: rendition.score ?? null,
  }
}

/** Works on a stored file while it has a place at the gate. */
async function withBytes<T>(
  ports: MessagingPorts,
  file: StoredMedia,
  work: (bytes: Uint8Array) => Promise<T>,
): Promise<Result<T, Failure>> {
  const place = await ports.admission.enter(file.bytes)
  if (place === null) return fail({ code: 'busy', retryAfter: 2 })
  try {
    const bytes = await ports.media.read(file)
    return bytes === null ? fail({ code: 'media_expired' }) : ok(await work(bytes))
  } finally {
    place.end()
  }
}
