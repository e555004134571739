import type { AnimationSource } from '../gif/animation.ts'
import type { WebpDecoder } from './decoder.ts'

/** A canvas as it is shown, in the decoder's memory, and for how long. */
type Frame = { readonly pixels: Uint8Array; readonly delayMs: number }
/** An animation whose frames are there without waiting. */
type Animation = Omit<AnimationSource, 'open'> & { open(): Iterable<Frame> }

/** The frames of an animated WebP, drawn on its canvas one after the other by libwebp. */
export function openAnimation(decoder: WebpDecoder): Animation | undefined {
  return decoder.call((library, file, bytes) => {
    if (library.animation_open(file, bytes) !== 1) return undefined
    const [width, height, frames, loops] = [0, 1, 2, 3].map((which) => library.animation_fact(which)) as [
      number,
      number,
      number,
      number,
    ]
    return { width, height, frames, loops, open: () => play(decoder, width, height) }
  })
}

function* play(decoder: WebpDecoder, width: number, height: number): Generator<Frame> {
  decoder.call((library) => library.animation_rewind())
  let before = 0
  for (;;) {
    const frame = decoder.call((library) => {
      // The place of the canvas is written to four bytes of the library's.
      const place = library.file_alloc(4)
      const end = place === 0 ? -1 : library.animation_next(place)
      const at = end < 0 ? 0 : new DataView(library.memory.buffer).getUint32(place, true)
      library.file_free(place)
      return end < 0 ? undefined : { at, end }
    })
    if (frame === undefined) return
    const pixels = decoder.memory().subarray(frame.at, frame.at + width * height * 4)
    yield { pixels, delayMs: frame.end - before }
    before = frame.end
  }
}
