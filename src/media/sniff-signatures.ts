import type { ForbiddenKind } from './failure.ts'
import type { MediaType } from './types.ts'

type Signature = {
  /** Latin-1 text that stands at `at`. */
  readonly bytes: string
  readonly at?: number
}

/** Types that a few fixed bytes give away. Containers, sounds without a header and texts are told elsewhere. */
export const SIGNATURES: readonly (Signature & { readonly type: MediaType })[] = [
  { bytes: '\xff\xd8\xff', type: 'image/jpeg' },
  { bytes: 'GIF87a', type: 'image/gif' },
  { bytes: 'GIF89a', type: 'image/gif' },
  { bytes: 'II*\0', type: 'image/tiff' },
  { bytes: 'MM\0*', type: 'image/tiff' },
  { bytes: '%PDF-', type: 'application/pdf' },
  { bytes: '#!AMR\n', type: 'audio/amr' },
  { bytes: '#!AMR_MC1.0\n', type: 'audio/amr' },
  { bytes: '#!AMR-WB\n', type: 'audio/amr-wb' },
  { bytes: '#!AMR-WB_MC1.0\n', type: 'audio/amr-wb' },
  // Texts of these two may be of any coding; other texts have to be in UTF-8 or UTF-16 to be known for such.
  { bytes: 'BEGIN:VCARD', type: 'text/x-vCard' },
  { bytes: 'BEGIN:VCALENDAR', type: 'text/calendar' },
  { bytes: 'fLaC', type: 'audio/flac' },
  { bytes: 'MThd\0\0\0', type: 'audio/midi' },
  { bytes: 'caff\0\x01', type: 'audio/x-caf' },
  { bytes: '\0\0\x01\xba', type: 'video/mpeg' },
  { bytes: '\0\0\x01\xb3', type: 'video/mpeg' },
]

/** What never passes, whatever it is called. Looked at only where the head is no text. */
export const FORBIDDEN_SIGNATURES: readonly (Signature & { readonly kind: ForbiddenKind })[] = [
  { bytes: 'MZ', kind: 'executable' },
  { bytes: 'ZM', kind: 'executable' },
  { bytes: '\x7fELF', kind: 'executable' },
  // Mach-O in its four byte orders; the last is also a Java class file.
  { bytes: '\xfe\xed\xfa\xce', kind: 'executable' },
  { bytes: '\xfe\xed\xfa\xcf', kind: 'executable' },
  { bytes: '\xce\xfa\xed\xfe', kind: 'executable' },
  { bytes: '\xcf\xfa\xed\xfe', kind: 'executable' },
  { bytes: '\xca\xfe\xba\xbe', kind: 'executable' },
  { bytes: '\xca\xfe\xd0\x0d', kind: 'executable' },
  { bytes: 'dex\n', kind: 'executable' },
  { bytes: '\0asm', kind: 'executable' },
  { bytes: 'BC\xc0\xde', kind: 'executable' },
  { bytes: 'L\0\0\0\x01\x14\x02\0', kind: 'executable' },
  { bytes: 'FWS', kind: 'executable' },
  { bytes: 'CWS', kind: 'executable' },
  { bytes: 'ZWS', kind: 'executable' },
  { bytes: 'Cr24', kind: 'executable' },
  { bytes: '\x1bLua', kind: 'executable' },
  { bytes: 'PK\x03\x04', kind: 'archive' },
  { bytes: 'PK\x05\x06', kind: 'archive' },
  { bytes: 'PK\x07\x08', kind: 'archive' },
  { bytes: 'Rar!\x1a\x07', kind: 'archive' },
  { bytes: 'RE~^', kind: 'archive' },
  { bytes: "7z\xbc\xaf'\x1c", kind: 'archive' },
  { bytes: '\x1f\x8b', kind: 'archive' },
  { bytes: '\x1f\x9d', kind: 'archive' },
  { bytes: '\x1f\xa0', kind: 'archive' },
  { bytes: 'BZh', kind: 'archive' },
  { bytes: 'BZ0', kind: 'archive' },
  { bytes: '\xfd7zXZ\0', kind: 'archive' },
  { bytes: ']\0\0', kind: 'archive' },
  { bytes: '(\xb5/\xfd', kind: 'archive' },
  { bytes: '\x04"M\x18', kind: 'archive' },
  { bytes: 'LZIP', kind: 'archive' },
  { bytes: '-lh', at: 2, kind: 'archive' },
  { bytes: '-lz', at: 2, kind: 'archive' },
  { bytes: '\x60\xea', kind: 'archive' },
  { bytes: '**ACE**', at: 7, kind: 'archive' },
  { bytes: 'MSCF', kind: 'archive' },
  { bytes: 'ISc(', kind: 'archive' },
  { bytes: 'xar!', kind: 'archive' },
  { bytes: 'ITSF', kind: 'archive' },
  { bytes: '\xed\xab\xee\xdb', kind: 'archive' },
  { bytes: 'ustar', at: 257, kind: 'archive' },
  { bytes: '070701', kind: 'archive' },
  { bytes: '070707', kind: 'archive' },
  { bytes: 'Obj\x01', kind: 'archive' },
  { bytes: 'SQLite format 3\0', kind: 'archive' },
  { bytes: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', kind: 'office' },
  { bytes: '\xdb\xa5-\0', kind: 'office' },
  { bytes: '\x04%!PS', kind: 'script' },
  { bytes: '\xc5\xd0\xd3\xc6', kind: 'script' },
]
