import { hasAt, u16le } from '../../bytes.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { PIXEL_LIMITS, withinPixels } from '../../limits.ts'
import { fail, type Result } from '../../result.ts'

/** Frames that are counted at most; what has more is cut short anyway. */
const MOST_FRAMES = 10_000
/** Hundredths of a second under which players do not go. */
const SHORTEST_DELAY = 2
/** What they make of a file that says nothing. */
const UNSAID_DELAY = 10

/** Part of its bytes at which an animation still looks good: a guess from a recording and a photographed one. */
const DEMAND = 0.3

/** Facts of a GIF from its blocks: pictures are stepped over, not unpacked. */
export function inspectGif(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const type = 'image/gif'
  const [width, height] = [u16le(bytes, 6), u16le(bytes, 8)]
  if (width <= 0 || height <= 0 || bytes.length < 13)
    return fail({ code: 'malformed_media', type, detail: 'a screen without pixels' })
  const { frames, delay, alpha, hasMetadata } = walk(bytes)
  if (frames === 0) return fail({ code: 'malformed_media', type, detail: 'no picture' })
  const animated = frames > 1
  return withinPixels(
    {
      type,
      kind: 'image',
      bytes: bytes.length,
      width,
      height,
      orientation: 1,
      animated,
      alpha,
      hasMetadata,
      ...(animated ? { frames, durationMs: delay * 10, demand: Math.round(bytes.length * DEMAND) } : {}),
    },
    PIXEL_LIMITS.screen,
  )
}

/** GIF89a, 20 to 26: extensions and pictures, each ending with its chain of sub-blocks. */
function walk(bytes: Uint8Array) {
  const found = { frames: 0, delay: 0, alpha: false, hasMetadata: false }
  let at = 13 + tableSize(bytes[10]!)
  while (at < bytes.length && found.frames < MOST_FRAMES) {
    const introducer = bytes[at]
    if (introducer === 0x21) {
      const label = bytes[at + 1]
      if (label === 0xf9) {
        const delay = u16le(bytes, at + 4)
        found.delay += delay === 0 ? UNSAID_DELAY : Math.max(SHORTEST_DELAY, delay)
        if (bytes[at + 3]! & 1) found.alpha = true
      } else if (label !== 0xff || !hasAt(bytes, at + 3, 'NETSCAPE2.0')) found.hasMetadata = true
      at = chainEnd(bytes, at + 2)
    } else if (introducer === 0x2c && at + 10 < bytes.length) {
      found.frames++
      at = chainEnd(bytes, at + 11 + tableSize(bytes[at + 9]!))
    } else break
  }
  return found
}

/** Bytes of the colour table that a packed field announces. */
function tableSize(packed: number): number {
  return packed & 0x80 ? 3 << ((packed & 7) + 1) : 0
}

function chainEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1
  return at + 1
}
