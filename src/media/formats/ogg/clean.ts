import { concat, fromLatin1, hasAt } from '../../bytes.ts'
import type { MediaFailure } from '../../failure.ts'
import type { Cleaned } from '../../pass-through.ts'
import { fail, ok, type Result } from '../../result.ts'
import { type OggPage, oggPages, writeOggPage } from './pages.ts'

/** A codec whose headers are known: how its first packet begins, how many header packets there are, and a blank one. */
type Codec = {
  readonly name: string
  readonly magic: string
  /** Header packets; the second is the one with the comments. */
  readonly headers: number
  /** The comment packet with no vendor and no comments. */
  readonly blank: string
}

const CODECS: readonly Codec[] = [
  { name: 'opus', magic: 'OpusHead', headers: 2, blank: 'OpusTags\0\0\0\0\0\0\0\0' },
  { name: 'vorbis', magic: '\x01vorbis', headers: 3, blank: '\x03vorbis\0\0\0\0\0\0\0\0\x01' },
  { name: 'speex', magic: 'Speex   ', headers: 2, blank: '\0\0\0\0\0\0\0\0' },
]

/** What the start of an Ogg file says. */
export type OggStream = {
  readonly codec: Codec
  readonly headers: readonly Uint8Array[]
  /** The pages behind the headers. */
  readonly audio: readonly OggPage[]
  /** Whether the pages reach to the last byte of the file. */
  readonly whole: boolean
}

/** Takes an Ogg file of one stream of sound apart. */
export function readOgg(source: Uint8Array): Result<OggStream, MediaFailure> {
  const type = 'audio/ogg'
  const bad = (detail: string) => fail({ code: 'malformed_media', type, detail } as const)
  const unsupported = (feature: string) => fail({ code: 'unsupported_feature', type, feature } as const)
  const pages: OggPage[] = []
  const reader = oggPages(source)
  let step = reader.next()
  for (; !step.done; step = reader.next()) pages.push(step.value)
  const whole = step.value === source.length
  const [first] = pages
  const codec = CODECS.find(({ magic }) => first !== undefined && hasAt(first.data, 0, magic))
  if (first === undefined) return bad('no page')
  if (codec === undefined) return unsupported('a codec that is not Opus, Vorbis or Speex')
  if (pages.some(({ serial }) => serial !== first.serial)) return unsupported('several streams')
  if (pages.some(({ flags }, at) => at > 0 && flags & 2)) return unsupported('streams in a chain')
  const headers: Uint8Array[] = []
  let open: Uint8Array[] = []
  let at = 0
  for (; at < pages.length && headers.length < codec.headers; at++) {
    const { lacing, data } = pages[at]!
    let start = 0
    let end = 0
    for (const length of lacing) {
      end += length
      if (length === 255) continue
      open.push(data.subarray(start, end))
      headers.push(concat(open))
      open = []
      start = end
    }
    if (start < end) open.push(data.subarray(start, end))
  }
  // Each of these codecs begins its sound on a fresh page.
  if (headers.length !== codec.headers || open.length > 0) return bad('headers and sound share a page')
  return ok({ codec, headers, audio: pages.slice(at), whole })
}

/** An Ogg file without its comments: the headers in fresh pages, the pages of sound as they were. */
export function cleanOgg(source: Uint8Array): Result<Cleaned, MediaFailure> {
  const read = readOgg(source)
  if (!read.ok) return read
  const { codec, headers, audio, whole } = read.value
  if (audio.length === 0) return fail({ code: 'malformed_media', type: 'audio/ogg', detail: 'no sound' })
  const packets = headers.map((packet, at) => (at === 1 ? fromLatin1(codec.blank) : packet))
  const zero = new Uint8Array(8)
  // The first packet stands alone on its page; the others follow together.
  const pages = [{ flags: 2, granule: zero, serial: 1, ...paged(packets.slice(0, 1))[0]! }]
  paged(packets.slice(1)).forEach((page) => {
    pages.push({ flags: page.continued ? 1 : 0, granule: zero, serial: 1, ...page })
  })
  const last = audio.length - 1
  const sound = audio.map((page, at) => ({ ...page, flags: (page.flags & 1) | (at === last ? 4 : 0) }))
  // The serial number is any number that its maker chose: a constant says nothing about it.
  const bytes = concat([...pages, ...sound].map((page, sequence) => writeOggPage(page, 1, sequence)))
  return ok({ bytes, warnings: whole ? [] : [{ code: 'truncated' }] })
}

/** Packets cut into pages of at most 255 segments. */
function paged(
  packets: readonly Uint8Array[],
): { lacing: Uint8Array; data: Uint8Array; continued: boolean }[] {
  const lacing = packets.flatMap((packet) => [
    ...new Array<number>(Math.floor(packet.length / 255)).fill(255),
    packet.length % 255,
  ])
  const data = concat(packets)
  const pages: { lacing: Uint8Array; data: Uint8Array; continued: boolean }[] = []
  for (let at = 0, from = 0; at < lacing.length; at += 255) {
    const part = Uint8Array.from(lacing.slice(at, at + 255))
    const length = part.reduce((sum, size) => sum + size, 0)
    pages.push({
      lacing: part,
      data: data.subarray(from, from + length),
      continued: at > 0 && lacing[at - 1] === 255,
    })
    from += length
  }
  return pages
}
