import type { MediaFetcher } from '../delivery/fetch-media.ts'
import { joinBytes } from '../domain/bytes.ts'
import { inShownOrder } from '../domain/smil-reader.ts'
import type { InboundPart } from '../vendors/contract.ts'

/** Bytes of a presentation that is fetched, and milliseconds for which a vendor's webhook waits for it. */
const MOST_BYTES = 65_536
const PATIENCE = 3_000

/** The file name at the end of a URL, which is what presentations of vendors that give URLs call their files by. */
function lastSegment(url: string): string | null {
  const path = URL.parse(url)?.pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(path) || null
  } catch {
    return path
  }
}

const isPresentation = (part: InboundPart): boolean =>
  /^application\/smil(?:\+xml)?$/i.test(part.typeHint ?? '') ||
  (part.kind === 'url' && part.typeHint === null && /\.smi?l$/i.test(lastSegment(part.url) ?? ''))

const nameOf = (part: InboundPart): string | null =>
  part.nameHint ?? (part.kind === 'url' ? lastSegment(part.url) : null)

/**
 * The attachments of an inbound message in the order in which its presentation shows them. Some vendors hand the presentation on
 * like an attachment, or a URL of it: people never see it. One that cannot be had soon leaves the order as it came.
 */
export async function orderedParts(
  ports: { readonly fetcher: MediaFetcher },
  account: string,
  parts: readonly InboundPart[],
): Promise<InboundPart[]> {
  const presentation = parts.find(isPresentation)
  if (presentation === undefined) return [...parts]
  const rest = parts.filter((part) => !isPresentation(part))
  const bytes =
    presentation.kind === 'bytes' ? presentation.bytes : await fetched(ports, account, presentation.url)
  return bytes === null ? rest : inShownOrder(rest, new TextDecoder().decode(bytes), nameOf)
}

async function fetched(
  ports: { readonly fetcher: MediaFetcher },
  account: string,
  url: string,
): Promise<Uint8Array | null> {
  // One type for the clocks of all places where this is checked.
  let stop = (): void => {}
  const late = new Promise<null>((resolve) => {
    const timer = setTimeout(() => resolve(null), PATIENCE)
    stop = () => clearTimeout(timer)
  })
  const file = ports.fetcher
    .fetchMedia(url, { account, limit: MOST_BYTES })
    .then((found) => (found.ok ? joinBytes(found.value.chunks) : null))
  try {
    return await Promise.race([file, late])
  } finally {
    stop()
  }
}
