import { latin1, u16be, u32be } from '../../bytes.ts'
import { box, boxes, find, u16, u32 } from './boxes.ts'

/** What the samples of a track are. */
export type SampleEntry = {
  /** The codec in a word, such as h264 or amr-nb. */
  readonly codec: string
  /** Four letters of the entry, as written. */
  readonly format: string
  /** The entry for an MP4 file, without names of makers. */
  readonly bytes: Uint8Array
  readonly width?: number
  readonly height?: number
}

/** For each format its codec's word and the boxes without which it cannot be decoded. */
const VIDEO: Readonly<Record<string, { codec: string; setup: readonly string[] }>> = {
  avc1: { codec: 'h264', setup: ['avcC'] },
  avc3: { codec: 'h264', setup: ['avcC'] },
  hvc1: { codec: 'hevc', setup: ['hvcC'] },
  hev1: { codec: 'hevc', setup: ['hvcC'] },
  av01: { codec: 'av1', setup: ['av1C'] },
  vp09: { codec: 'vp9', setup: ['vpcC'] },
  mp4v: { codec: 'mpeg4', setup: ['esds'] },
  s263: { codec: 'h263', setup: ['d263'] },
}
const AUDIO: Readonly<Record<string, { codec: string; setup: readonly string[] }>> = {
  mp4a: { codec: 'aac', setup: ['esds'] },
  samr: { codec: 'amr-nb', setup: ['damr'] },
  sawb: { codec: 'amr-wb', setup: ['damr'] },
  sqcp: { codec: 'qcelp', setup: ['dqcp'] },
  sevc: { codec: 'evrc', setup: ['devc'] },
  alac: { codec: 'alac', setup: ['alac'] },
  Opus: { codec: 'opus', setup: ['dOps'] },
  fLaC: { codec: 'flac', setup: ['dfLa'] },
  'ac-3': { codec: 'ac3', setup: ['dac3'] },
  'ec-3': { codec: 'eac3', setup: ['dec3'] },
}

/** The fields of a visual entry before its boxes, and of a sound entry of the first version. */
const VISUAL_FIELDS = 78
const SOUND_FIELDS = 28
/** What QuickTime's second and third version of a sound entry add. */
const SOUND_EXTRA: Readonly<Record<number, number>> = { 0: 0, 1: 16, 2: 36 }

/** Reads the one entry of a sample description and writes it anew; a text is the reason why it cannot be. */
export function readSampleEntry(stsd: Uint8Array, handler: 'vide' | 'soun'): SampleEntry | string {
  if (u32be(stsd, 4) !== 1) return 'a track that changes its codec'
  const [entry] = boxes(stsd.subarray(8))
  if (entry === undefined) return 'a track without a sample description'
  const { type: format, data } = entry
  if (['encv', 'enca', 'drms', 'drmi'].includes(format)) return 'encryption'
  return handler === 'vide' ? visual(format, data) : sound(format, data)
}

function visual(format: string, data: Uint8Array): SampleEntry | string {
  const known = VIDEO[format]
  if (known === undefined || data.length < VISUAL_FIELDS) return `video of the codec ${printable(format)}`
  const width = u16be(data, 24)
  const height = u16be(data, 26)
  const kept: Uint8Array[] = []
  for (const { type, data: content } of boxes(data.subarray(VISUAL_FIELDS))) {
    if (known.setup.includes(type)) kept.push(setup(type, content))
    else if (type === 'pasp' && content.length === 8) kept.push(box(type, content))
    else if (type === 'colr') kept.push(...colour(content))
  }
  if (!hasSetup(kept, known.setup)) return `video of the codec ${format} without its setup`
  // Reserved fields and the encoder's name are zero; 72 dots an inch, one frame a sample, 24 bits.
  const fields = [
    new Uint8Array(6),
    u16(1),
    new Uint8Array(16),
    u16(width, height),
    u32(0x480000, 0x480000, 0),
  ]
  const bytes = box(format, ...fields, u16(1), new Uint8Array(32), u16(24, 0xffff), ...kept)
  return { codec: known.codec, format, bytes, width, height }
}

function sound(format: string, data: Uint8Array): SampleEntry | string {
  const known = AUDIO[format]
  const version = u16be(data, 8)
  const extra = SOUND_EXTRA[version]
  if (known === undefined || data.length < SOUND_FIELDS || extra === undefined)
    return `sound of the codec ${printable(format)}`
  // The version with numbers of 64 bits has channels and rate elsewhere.
  const channels = version === 2 ? u32be(data, 40) : u16be(data, 16)
  const rate = version === 2 ? 0 : u32be(data, 24)
  const rest = data.subarray(SOUND_FIELDS + extra)
  // QuickTime puts the setup into a box "wave", beside copies of the format.
  const places = [rest, find(rest, 'wave') ?? new Uint8Array()]
  const kept: Uint8Array[] = []
  for (const place of places)
    for (const { type, data: content } of boxes(place))
      if (known.setup.includes(type) && kept.length < known.setup.length) kept.push(setup(type, content))
  if (!hasSetup(kept, known.setup)) return `sound of the codec ${format} without its setup`
  const fields = [
    new Uint8Array(6),
    u16(1),
    new Uint8Array(8),
    u16(Math.min(channels, 8), 16),
    u32(0),
    u32(rate),
  ]
  return {
    codec: isMp3(format, kept[0]) ? 'mp3' : known.codec,
    format,
    bytes: box(format, ...fields, ...kept),
  }
}

/** The setup of the mobile codecs begins with four letters of the maker; they are nobody's business. */
function setup(type: string, content: Uint8Array): Uint8Array {
  if (!['d263', 'damr', 'dqcp', 'devc'].includes(type)) return box(type, content)
  return box(type, new Uint8Array(4), content.subarray(4, 9))
}

function hasSetup(kept: readonly Uint8Array[], types: readonly string[]): boolean {
  return types.every((type) => kept.some((bytes) => latin1(bytes, 4, 4) === type))
}

/** Colour as numbers is kept; QuickTime's own spelling of it gets the flag that MP4 has and it lacks. */
function colour(content: Uint8Array): Uint8Array[] {
  const kind = latin1(content, 0, 4)
  if (kind === 'nclx' && content.length === 11) return [box('colr', content)]
  if (kind !== 'nclc' || content.length !== 10) return []
  return [box('colr', Uint8Array.of(0x6e, 0x63, 0x6c, 0x78, ...content.subarray(4), 0))]
}

/** In MPEG-4's descriptors the object type follows the tag of the decoder's configuration and its length. */
function isMp3(format: string, esds: Uint8Array | undefined): boolean {
  if (format !== 'mp4a' || esds === undefined) return false
  let at = 12
  if (esds[at] === 3) at = afterLength(esds, at + 1) + 3
  if (esds[at] !== 4) return false
  const objectType = esds[afterLength(esds, at + 1)]
  return objectType === 0x69 || objectType === 0x6b
}

function afterLength(bytes: Uint8Array, from: number): number {
  let at = from
  for (let count = 0; count < 3 && (bytes[at] ?? 0) & 0x80; count++) at++
  return at + 1
}

function printable(format: string): string {
  return /^[\w. -]{4}$/.test(format) ? format.trim() : 'of no name'
}
