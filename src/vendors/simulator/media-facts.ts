/**
 * What a phone would make of bytes: their type by their first bytes, and the pixels of a picture. The far side looks for
 * itself, with code of its own, so that a wrong header or size from the gateway shows.
 */

/** What bytes are. */
export type MediaFacts = {
  /** Null for bytes that no phone knows by sight; text has no signature. */
  readonly type: string | null
  readonly width: number | null
  readonly height: number | null
}

const ascii = (bytes: Uint8Array, at: number, text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}

/** The frame header of a JPEG (ITU-T T.81, clause B.2.2): every SOF marker but DHT, JPG and DAC. */
function jpegSize(bytes: Uint8Array): { width: number; height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    if (marker === 0xd9 || marker === 0xda) return null
    at += 2 + view.getUint16(at + 2)
  }
  return null
}

/** MP4, QuickTime and 3GPP by the brand of their `ftyp` box (ISO/IEC 14496-12, clause 4.3). */
function brandType(bytes: Uint8Array): string | null {
  if (!ascii(bytes, 4, 'ftyp')) return null
  if (ascii(bytes, 8, '3gp') || ascii(bytes, 8, '3gr') || ascii(bytes, 8, '3gs')) return 'video/3gpp'
  if (ascii(bytes, 8, '3g2')) return 'video/3gpp2'
  if (ascii(bytes, 8, 'M4A')) return 'audio/mp4'
  if (ascii(bytes, 8, 'qt  ')) return 'video/quicktime'
  if (ascii(bytes, 8, 'hei') || ascii(bytes, 8, 'mif1')) return 'image/heic'
  if (ascii(bytes, 8, 'avi')) return 'image/avif'
  return 'video/mp4'
}

function signature(bytes: Uint8Array): string | null {
  if (ascii(bytes, 0, '#!AMR-WB\n')) return 'audio/amr-wb'
  if (ascii(bytes, 0, '#!AMR\n')) return 'audio/amr'
  if (ascii(bytes, 0, 'MThd')) return 'audio/midi'
  if (ascii(bytes, 0, 'ID3') || (bytes[0] === 0xff && (bytes[1]! & 0xe6) === 0xe2)) return 'audio/mpeg'
  if (ascii(bytes, 0, 'RIFF')) {
    if (ascii(bytes, 8, 'WAVE')) return 'audio/wav'
    if (ascii(bytes, 8, 'WEBP')) return 'image/webp'
  }
  if (ascii(bytes, 0, '%PDF-')) return 'application/pdf'
  return brandType(bytes)
}

/** Reads the type and, of JPEG, PNG and GIF, the pixels. */
export function mediaFacts(bytes: Uint8Array): MediaFacts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) {
    const size = jpegSize(bytes)
    return { type: 'image/jpeg', width: size?.width ?? null, height: size?.height ?? null }
  }
  if (ascii(bytes, 0, '\x89PNG\r\n\x1a\n') && bytes.length >= 24)
    return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) }
  if ((ascii(bytes, 0, 'GIF87a') || ascii(bytes, 0, 'GIF89a')) && bytes.length >= 10)
    return { type: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) }
  return { type: signature(bytes), width: null, height: null }
}

/** Types that a browser may show in place; everything else is offered as a download. */
const SHOWN = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'video/mp4',
  'video/3gpp',
  'audio/mpeg',
  'audio/wav',
  'audio/mp4',
  'audio/amr',
])

/** The type under which bytes may be served, and whether a browser may show them: by their bytes, never by a claim. */
export function servedAs(bytes: Uint8Array, claimed: string): { type: string; inline: boolean } {
  const { type } = mediaFacts(bytes)
  if (type !== null) return { type, inline: SHOWN.has(type) }
  if (claimed.startsWith('text/') || claimed.startsWith('application/smil'))
    return { type: 'text/plain; charset=utf-8', inline: true }
  return { type: 'application/octet-stream', inline: false }
}
