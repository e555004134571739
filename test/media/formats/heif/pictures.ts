import { gridOf, property, type WrittenItem, writeHeif } from './write-heif.ts'
import { type HevcSamples, writeHevc } from './write-hevc.ts'

/** Samples that differ from place to place: a plane of `width` x `height` that runs through `most` values. */
export function ramp(width: number, height: number, factor: number, most = 256): Uint16Array {
  return Uint16Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)]
    return (((x * factor + y * (factor + 4)) % 200) + 28) * (most / 256)
  })
}

/** What a phone's stream says of its colours. */
export const USUAL = { primaries: 1, transfer: 13, matrix: 6, fullRange: true } as const

/** Samples in 4:2:0 of a picture of this size. */
export function samplesOf(width: number, height: number, bits = 8): HevcSamples {
  const most = 2 ** bits
  const half = (factor: number) => ramp(width / 2, height / 2, factor, most)
  return { width, height, bits, colours: USUAL, planes: [ramp(width, height, 3, most), half(2), half(1)] }
}

/** A part of a picture's samples; all numbers are multiples of 16. */
export function cutOut(
  { width, bits = 8, planes, ...rest }: HevcSamples,
  left: number,
  top: number,
  wide: number,
  high: number,
): HevcSamples {
  const cut = planes.map((plane, index) => {
    const half = index === 0 ? 1 : 2
    return Uint16Array.from({ length: (wide * high) / half ** 2 }, (_, at) => {
      const [x, y] = [at % (wide / half), Math.floor(at / (wide / half))]
      return plane[(top / half + y) * (width / half) + left / half + x]!
    })
  })
  return { ...rest, bits, width: wide, height: high, planes: cut }
}

/** An item that is one coded picture. */
export function coded(samples: HevcSamples, ...more: Uint8Array[]): WrittenItem {
  const { configuration, data } = writeHevc(samples)
  const { width, height } = samples
  return {
    type: 'hvc1',
    data,
    properties: [property.extent(width, height), property.hevc(configuration), ...more],
  }
}

/** A HEIC of one coded picture. */
export const single = (samples: HevcSamples, ...more: Uint8Array[]) => writeHeif([coded(samples, ...more)])

/** A HEIC of tiles of `side` pixels, as phones write it, that shows `width` x `height` of the samples. */
export function tiled(
  samples: HevcSamples,
  side: number,
  width: number,
  height: number,
  ...more: Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const [columns, rows] = [samples.width / side, samples.height / side]
  const tiles = Array.from({ length: columns * rows }, (_, at) =>
    coded(cutOut(samples, (at % columns) * side, Math.floor(at / columns) * side, side, side)),
  )
  const grid: WrittenItem = {
    type: 'grid',
    data: gridOf(columns, rows, width, height),
    properties: [property.extent(width, height), ...more],
    references: { dimg: tiles.map((_, at) => at + 2) },
  }
  return writeHeif([grid, ...tiles])
}

/** RGB of a sample by ITU-R BT.601 in full range, not rounded. */
export function rgbOf({ width, planes, bits = 8 }: HevcSamples, x: number, y: number): number[] {
  const at = (y >> 1) * (width / 2) + (x >> 1)
  const scale = 2 ** (bits - 8)
  const luma = planes[0]![y * width + x]! / scale
  const [cb, cr] =
    planes.length === 1 ? [0, 0] : [planes[1]![at]! / scale - 128, planes[2]![at]! / scale - 128]
  return [luma + 1.402 * cr, luma - 0.344136 * cb - 0.714136 * cr, luma + 1.772 * cb].map((value) =>
    Math.min(255, Math.max(0, value)),
  )
}
