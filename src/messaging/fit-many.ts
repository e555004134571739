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
} from '../media/index.ts'
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
  const shares = planned.value.shares.map((share) => share.budget)
  const made = new Array<FittedFile>(files.length)
  // Small shares first: what they leave unused goes to the large ones.
  const order = [...files.keys()].sort((a, b) => (shares[a] ?? 0) - (shares[b] ?? 0))
  let spare = Math.max(0, planned.value.spare)
  for (const [position, index] of order.entries()) {
    const [file, fact] = [files[index], facts[index]]
    if (file === undefined || fact === undefined) continue
    const extra = isPicture(fact) ? Math.floor(spare / (order.length - position)) : 0
    const granted = (shares[index] ?? 0) + extra
    const fitted = await fitStored(ports, caller, file, { ...request, budget: granted }, index + 1)
    if (!fitted.ok) return fitted
    made[index] = fitted.value
    spare += granted - extra - fitted.value.media.bytes
  }
  return ok(made)
}

async function fitStored(
  ports: MessagingPorts,
  caller: Caller,
  file: StoredMedia,
  { types, ...rest }: FitRequest,
  n: number,
): Promise<Result<FittedFile, Failure>> {
  const target: Target = { ...rest, ...(types === undefined ? {} : { types: types as MediaType[] }) }
  const fitted = await withBytes(ports, file, (bytes) => fit(bytes, target))
  if (!fitted.ok) return fitted
  if (!fitted.value.ok) return fail(asFailure(fitted.value.failure, n))
  const rendition: Rendition = fitted.value.value
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
  return ok({
    media,
    url: await ports.links.url(media.id, name, ports.settings.publicUrlLifetime),
    source: rendition.source,
    reason: rendition.reason,
    warnings: rendition.warnings.map((warning) => warning.code),
    quality: rendition.quality ?? null,
    score: rendition.score ?? null,
  })
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
