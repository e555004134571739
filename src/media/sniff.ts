import { hasAt } from './bytes.ts'
import type { ForbiddenKind } from './failure.ts'
import { readWbmpHeader } from './formats/wbmp/header.ts'
import { sniffContainer } from './sniff-container.ts'
import { FORBIDDEN_SIGNATURES, SIGNATURES } from './sniff-signatures.ts'
import { sniffSound } from './sniff-sound.ts'
import { sniffText } from './sniff-text.ts'
import { kindOf, type MediaKind, type MediaType } from './types.ts'

/** What a file is, by its bytes alone. */
export type Sniffed =
  | { readonly outcome: 'known'; readonly type: MediaType; readonly kind: MediaKind }
  | { readonly outcome: 'forbidden'; readonly kind: ForbiddenKind }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'empty' }

/** No more than this many bytes from the start are looked at. */
export const SNIFF_BYTES = 4096

/**
 * Says what a file is from its first {@link SNIFF_BYTES} bytes and its length. Pass the whole file where it is at
 * hand: WBMP has no signature and is told by its length alone.
 *
 * @example sniff(await file.bytes()) // { outcome: 'known', type: 'image/jpeg', kind: 'image' }
 */
export function sniff(bytes: Uint8Array): Sniffed {
  if (bytes.length === 0) return { outcome: 'empty' }
  const head = bytes.subarray(0, SNIFF_BYTES)
  // Text comes before the forbidden signatures, since a sentence may begin with "MZ" or "FWS": the files that these
  // mean all hold bytes that no text does.
  const found =
    SIGNATURES.find((row) => hasAt(head, row.at ?? 0, row.bytes))?.type ??
    sniffText(head, bytes.length) ??
    FORBIDDEN_SIGNATURES.find((row) => hasAt(head, row.at ?? 0, row.bytes))?.kind ??
    sniffContainer(head) ??
    sniffSound(head)
  if (found === undefined)
    return isWbmp(head, bytes.length) ? known('image/vnd.wap.wbmp') : { outcome: 'unknown' }
  return found.includes('/')
    ? known(found as MediaType)
    : { outcome: 'forbidden', kind: found as ForbiddenKind }
}

function known(type: MediaType): Sniffed {
  return { outcome: 'known', type, kind: kindOf(type) }
}

/** A wireless bitmap has no signature: only a length that agrees to the byte is taken as proof. */
function isWbmp(head: Uint8Array, length: number): boolean {
  const header = readWbmpHeader(head)
  return header !== undefined && length === header.pixels + Math.ceil(header.width / 8) * header.height
}
