import type { AnimationFrame, AnimationSource } from '../gif/animation.ts'
import type { PngHeader } from '../png/header.ts'
import { pngSamples } from '../png/samples.ts'
import type { Apng, ApngFrame } from './frames.ts'
import { decodeFrame } from './pixels.ts'

/** An animated PNG as an animation: its canvas after each picture. */
export function playApng({ frames, loops }: Apng, header: PngHeader): AnimationSource {
  const { width, height } = header
  return { width, height, frames: frames.length, loops, open: () => play(frames, header) }
}

function* play(frames: readonly ApngFrame[], header: PngHeader): Generator<AnimationFrame> {
  const { width } = header
  const samples = pngSamples(header)
  const canvas = new Uint8Array(width * header.height * 4)
  for (const [index, frame] of frames.entries()) {
    const pixels = decodeFrame(frame.data, frame.width, frame.height, header, samples)
    // The first picture has nothing to get back.
    const disposal = index === 0 && frame.disposal === 'restore' ? 'clear' : frame.disposal
    const before = disposal === 'restore' ? copyOf(canvas, width, frame) : undefined
    draw(canvas, width, frame, pixels)
    yield { pixels: canvas, delayMs: frame.delayMs }
    if (before !== undefined) put(canvas, width, frame, before)
    else if (disposal === 'clear') put(canvas, width, frame, undefined)
  }
}

/** The offset on the canvas of each row of a picture. */
function* rowsOf(width: number, { left, top, height }: ApngFrame): Generator<number> {
  for (let y = top; y < top + height; y++) yield (y * width + left) * 4
}

function copyOf(canvas: Uint8Array, width: number, frame: ApngFrame): Uint8Array {
  const copy = new Uint8Array(frame.width * frame.height * 4)
  let at = 0
  for (const from of rowsOf(width, frame)) {
    copy.set(canvas.subarray(from, from + frame.width * 4), at)
    at += frame.width * 4
  }
  return copy
}

/** Puts pixels in the place of a picture, or nothing. */
function put(canvas: Uint8Array, width: number, frame: ApngFrame, pixels: Uint8Array | undefined): void {
  let at = 0
  for (const to of rowsOf(width, frame)) {
    if (pixels === undefined) canvas.fill(0, to, to + frame.width * 4)
    else canvas.set(pixels.subarray(at, at + frame.width * 4), to)
    at += frame.width * 4
  }
}

function draw(canvas: Uint8Array, width: number, frame: ApngFrame, pixels: Uint8Array): void {
  if (!frame.over) {
    put(canvas, width, frame, pixels)
    return
  }
  let at = 0
  for (const start of rowsOf(width, frame))
    for (let to = start; to < start + frame.width * 4; to += 4, at += 4) lay(canvas, to, pixels, at)
}

/** Lays one pixel over another, neither premultiplied. */
function lay(canvas: Uint8Array, to: number, pixels: Uint8Array, at: number): void {
  const opacity = pixels[at + 3]!
  if (opacity === 0) return
  const under = (canvas[to + 3]! * (255 - opacity)) / 255
  const both = opacity + under
  for (let c = 0; c < 3; c++)
    canvas[to + c] = Math.round((pixels[at + c]! * opacity + canvas[to + c]! * under) / both)
  canvas[to + 3] = Math.round(both)
}
