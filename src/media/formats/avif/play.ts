import { keepInstance, takeInstance } from '../../instance-slot.ts'
import type { AnimationFrame, AnimationSource } from '../gif/animation.ts'
import { isWithin, samplesInPlace } from '../heif/samples.ts'
import { rgbConverter, UNSPECIFIED } from '../heif/to-rgb.ts'
import type { Dav1dInstance } from './dav1d.ts'
import { newDav1d } from './dav1d.ts'
import { decodeUnit, KIND } from './decode.ts'
import type { AvifSequence } from './sequence.ts'
import { readSequenceHeader } from './sequence-header.ts'

/** A sequence as an animation, and how to give its decoder back. */
export type PlayedAvif = { readonly animation: AnimationSource; close(): void }

/** Opens a sequence for watching. How often it runs is not told in a way that others follow; it runs for ever. */
export async function playAvif(sequence: AvifSequence): Promise<PlayedAvif> {
  const instance = await takeInstance(KIND, newDav1d)
  let broken = false
  const open = () =>
    play(instance, sequence, () => {
      broken = true
    })
  const { width, height, samples } = sequence
  return {
    animation: { width, height, frames: samples.length, loops: 0, open },
    close() {
      if (!broken) keepInstance(KIND, instance)
    },
  }
}

function* play(
  instance: Dav1dInstance,
  { width, height, samples }: AvifSequence,
  onLoss: () => void,
): Generator<AnimationFrame> {
  const { library } = instance
  const canvas = new Uint8ClampedArray(width * height * 4).fill(255)
  const colours = readSequenceHeader(samples[0]!.data)?.cicp ?? UNSPECIFIED
  const known = rgbConverter(colours)
  const convert = typeof known === 'string' ? rgbConverter(UNSPECIFIED) : known
  if (typeof convert === 'string') throw new Error(convert)
  try {
    library.stream_open(width * height)
    for (const { data, delayMs } of samples) {
      const { tile } = decodeUnit(instance, data)
      // A picture that does not decode, or is of another size, leaves the one before it.
      if (tile !== undefined && tile.width === width && tile.height === height && isWithin(tile)) {
        const there = samplesInPlace(tile)
        for (let y = 0; y < height; y++) convert(there, y, 0, width, canvas, y * width * 4, 4)
      }
      yield { pixels: canvas, delayMs }
    }
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    onLoss()
  } finally {
    close(instance, onLoss)
  }
}

function close({ library }: Dav1dInstance, onLoss: () => void): void {
  try {
    library.stream_close()
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    onLoss()
  }
}
