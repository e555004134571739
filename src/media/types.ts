/** What a part is to the person who receives it; `layout` is SMIL. */
export type MediaKind = 'image' | 'audio' | 'video' | 'contact' | 'calendar' | 'text' | 'layout' | 'document'

type Row = {
  readonly kind: MediaKind
  /** File name extension without the dot, as handsets know it. */
  readonly extension: string
  /** Other names for the same bytes that carriers, phones and browsers write, in lower case. */
  readonly aliases: readonly string[]
}

/**
 * Every type that is recognised. To be recognised says nothing of being accepted: that is the caller's list and
 * this library's cleaners.
 */
const TABLE = {
  'image/jpeg': { kind: 'image', extension: 'jpg', aliases: ['image/jpg', 'image/pjpeg', 'image/jfif'] },
  'image/png': { kind: 'image', extension: 'png', aliases: ['image/x-png'] },
  'image/apng': { kind: 'image', extension: 'png', aliases: ['image/vnd.mozilla.apng'] },
  'image/gif': { kind: 'image', extension: 'gif', aliases: [] },
  'image/webp': { kind: 'image', extension: 'webp', aliases: [] },
  'image/heic': { kind: 'image', extension: 'heic', aliases: ['image/heic-sequence'] },
  'image/heif': { kind: 'image', extension: 'heif', aliases: ['image/heif-sequence'] },
  'image/avif': { kind: 'image', extension: 'avif', aliases: ['image/avif-sequence'] },
  'image/bmp': { kind: 'image', extension: 'bmp', aliases: ['image/x-bmp', 'image/x-ms-bmp'] },
  'image/vnd.wap.wbmp': { kind: 'image', extension: 'wbmp', aliases: ['image/wbmp', 'image/x-wbmp'] },
  'image/tiff': { kind: 'image', extension: 'tif', aliases: ['image/tif', 'image/x-tiff'] },
  'video/mp4': {
    kind: 'video',
    extension: 'mp4',
    aliases: ['video/x-m4v', 'application/mp4', 'video/mpeg4'],
  },
  'video/quicktime': { kind: 'video', extension: 'mov', aliases: ['video/x-quicktime'] },
  'video/3gpp': { kind: 'video', extension: '3gp', aliases: ['video/3gp', 'audio/3gpp', 'video/x-3gpp'] },
  'video/3gpp2': { kind: 'video', extension: '3g2', aliases: ['video/3g2', 'audio/3gpp2'] },
  'video/webm': { kind: 'video', extension: 'webm', aliases: ['audio/webm'] },
  'video/x-matroska': { kind: 'video', extension: 'mkv', aliases: ['audio/x-matroska'] },
  'video/x-msvideo': { kind: 'video', extension: 'avi', aliases: ['video/avi', 'video/msvideo'] },
  'video/mpeg': { kind: 'video', extension: 'mpg', aliases: ['video/mpg', 'video/x-mpeg'] },
  'video/ogg': { kind: 'video', extension: 'ogv', aliases: [] },
  'audio/mp4': { kind: 'audio', extension: 'm4a', aliases: ['audio/x-m4a', 'audio/m4a', 'audio/mp4a-latm'] },
  'audio/mpeg': {
    kind: 'audio',
    extension: 'mp3',
    aliases: ['audio/mp3', 'audio/mpg', 'audio/x-mp3', 'audio/x-mpeg', 'audio/mpeg3'],
  },
  'audio/aac': {
    kind: 'audio',
    extension: 'aac',
    aliases: ['audio/aacp', 'audio/x-aac', 'audio/x-hx-aac-adts'],
  },
  'audio/amr': { kind: 'audio', extension: 'amr', aliases: ['audio/amr-nb', 'audio/x-amr'] },
  'audio/amr-wb': { kind: 'audio', extension: 'awb', aliases: ['audio/awb', 'audio/x-amr-wb'] },
  'audio/wav': { kind: 'audio', extension: 'wav', aliases: ['audio/x-wav', 'audio/wave', 'audio/vnd.wave'] },
  'audio/ogg': {
    kind: 'audio',
    extension: 'ogg',
    aliases: ['application/ogg', 'audio/opus', 'audio/vorbis'],
  },
  'audio/flac': { kind: 'audio', extension: 'flac', aliases: ['audio/x-flac'] },
  'audio/midi': { kind: 'audio', extension: 'mid', aliases: ['audio/mid', 'audio/x-midi', 'audio/sp-midi'] },
  'audio/qcelp': {
    kind: 'audio',
    extension: 'qcp',
    aliases: ['audio/vnd.qcelp', 'audio/qcp', 'audio/evrc-qcp'],
  },
  'audio/x-caf': { kind: 'audio', extension: 'caf', aliases: ['audio/caf'] },
  // Written with this capital because some handsets match it by the letter, and show an empty message otherwise.
  'text/x-vCard': {
    kind: 'contact',
    extension: 'vcf',
    aliases: ['text/vcard', 'text/directory', 'application/vcard'],
  },
  'text/calendar': { kind: 'calendar', extension: 'ics', aliases: ['text/x-vcalendar', 'application/ics'] },
  'text/plain': { kind: 'text', extension: 'txt', aliases: ['text/csv', 'application/txt'] },
  'application/smil': { kind: 'layout', extension: 'smil', aliases: ['application/smil+xml'] },
  'application/pdf': { kind: 'document', extension: 'pdf', aliases: ['application/x-pdf'] },
} as const satisfies Record<string, Row>

/** The canonical name of a recognised type. */
export type MediaType = keyof typeof TABLE

/** Every canonical name, in the order of the table. */
export const MEDIA_TYPES: readonly MediaType[] = Object.keys(TABLE) as MediaType[]

const BY_NAME: ReadonlyMap<string, MediaType> = new Map(
  MEDIA_TYPES.flatMap((type) =>
    [type.toLowerCase(), ...TABLE[type].aliases].map((name) => [name, type] as const),
  ),
)

/** What kind of part a type is. */
export function kindOf(type: MediaType): MediaKind {
  return TABLE[type].kind
}

/** The extension for a file of this type, without the dot. */
export function extensionOf(type: MediaType): string {
  return TABLE[type].extension
}

/** The names that carriers use for a type besides the canonical one, in lower case. */
export function aliasesOf(type: MediaType): readonly string[] {
  return TABLE[type].aliases
}

/**
 * The canonical type for any spelling of a media type, parameters and letter case ignored; `undefined` when the
 * name is not in the table. A name is a hint: only {@link sniff} says what bytes are.
 */
export function findType(name: string): MediaType | undefined {
  return BY_NAME.get((name.split(';', 1)[0] ?? '').trim().toLowerCase())
}
