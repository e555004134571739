import { type Bitmap, type BitmapHeader, renderBitmap } from '../../bitmap.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import type { Renderer } from '../../renderer.ts'
import type { Draft } from '../../rendition.ts'
import { fail, type Result } from '../../result.ts'
import type { Target } from '../../target.ts'
import { renderAnimation } from '../gif/render-animation.ts'
import { readIcc } from '../jpeg/icc.ts'
import { openAnimation } from './animation.ts'
import { WebpDecoder } from './decoder.ts'
import { readWebpHeader, type WebpHeader } from './header.ts'
import { decodeLossless, decodeLossy, readRgba } from './open.ts'

/** About how many times the bytes a JPEG takes that looks the same. */
const BYTES_AS_JPEG = 1.5
/** Pixels of a picture without loss that are decoded as they are; a larger one is brought down while it is decoded. */
const WHOLE_LOSSLESS = 5_000_000
const SMALLER_LOSSLESS = 2_400_000

/** A JPEG from a WebP picture, or an animated GIF from an animation. */
export const renderWebp: Renderer = async (source, facts, target) => {
  const header = readWebpHeader(source)
  if (header === undefined) return fail({ code: 'malformed_media', type: facts.type, detail: 'headers' })
  const decoder = await WebpDecoder.open(source)
  try {
    const made =
      header.frames > 0
        ? await animated(decoder, header, facts, target)
        : await still(decoder, header, facts, target)
    return !made.ok && decoder.outOfMemory ? fail({ code: 'out_of_memory', type: facts.type }) : made
  } finally {
    decoder.close()
  }
}

function still(
  decoder: WebpDecoder,
  header: WebpHeader,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const picture = header.lossless ? decodeLossless(decoder, smaller(header)) : decodeLossy(decoder, header)
  if (picture === undefined) return nothing(facts)
  return jpeg(picture.open, picture.height, header, facts, target)
}

async function animated(
  decoder: WebpDecoder,
  header: WebpHeader,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const animation = openAnimation(decoder)
  if (animation === undefined) return nothing(facts)
  if (header.frames > 1) return renderAnimation(animation, facts, target)
  for (const { pixels } of animation.open()) {
    const { width, height } = animation
    const open = () => readRgba(() => pixels, { at: 0, stride: width * 4 }, width, height, height)
    return jpeg(open, height, header, facts, target)
  }
  return nothing(facts)
}

function jpeg(
  open: () => Bitmap,
  rows: number,
  { icc }: WebpHeader,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const colour: BitmapHeader['colour'] = icc === undefined ? { kind: 'srgb' } : readIcc(icc)
  return renderBitmap(open, { rows, colour }, { ...facts, bytes: facts.bytes * BYTES_AS_JPEG }, target)
}

async function nothing({ type }: Facts): Promise<Result<never, MediaFailure>> {
  return fail({ code: 'malformed_media', type, detail: 'no picture' })
}

function smaller({ width, height }: WebpHeader): { width: number; height: number } {
  if (width * height <= WHOLE_LOSSLESS) return { width, height }
  const scale = Math.sqrt(SMALLER_LOSSLESS / (width * height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
