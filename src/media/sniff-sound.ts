import { hasAt } from './bytes.ts'
import { adtsFrameLength } from './formats/aac/frame.ts'
import { readMp3Header } from './formats/mp3/frame.ts'
import type { MediaType } from './types.ts'

/**
 * Sounds without a file header. A sync word is eleven or twelve set bits, which random bytes show often; so a second
 * frame must stand where the first one ends, as far as it can be seen.
 */
export function sniffSound(head: Uint8Array): MediaType | undefined {
  if (hasAt(head, 0, 'ID3') && (head[3] ?? 255) < 5) return behindId3(head)
  if (hasAt(head, 0, 'ADIF')) return 'audio/aac'
  return frames(head, 0)
}

/** An ID3v2 tag stands before MP3, rarely before AAC or FLAC; its size is four times seven bits. */
function behindId3(head: Uint8Array): MediaType {
  const size =
    ((head[6]! & 127) << 21) | ((head[7]! & 127) << 14) | ((head[8]! & 127) << 7) | (head[9]! & 127)
  const end = 10 + size + ((head[5] ?? 0) & 0x10 ? 10 : 0)
  if (hasAt(head, end, 'fLaC')) return 'audio/flac'
  return frames(head, end) ?? 'audio/mpeg'
}

function frames(head: Uint8Array, at: number): MediaType | undefined {
  const adts = adtsFrameLength(head, at)
  if (adts > 0)
    return at + adts >= head.length || adtsFrameLength(head, at + adts) > 0 ? 'audio/aac' : undefined
  const mp3 = readMp3Header(head, at)
  if (mp3 === undefined) return undefined
  const next = at + mp3.length
  return next + 4 > head.length || readMp3Header(head, next) !== undefined ? 'audio/mpeg' : undefined
}
