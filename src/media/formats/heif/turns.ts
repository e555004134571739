import type { Box } from '../mp4/boxes.ts'

/** EXIF's orientation by whether the picture is mirrored left to right first, and quarter turns clockwise after it. */
const ORIENTATIONS = [
  [1, 6, 3, 8],
  [2, 7, 4, 5],
] as const

/** The orientation, as EXIF numbers it, that an item's turning and mirroring properties come to, in their order. */
export function orientationOf(properties: readonly Box[]): number {
  let mirrored: 0 | 1 = 0
  let quarters = 0
  for (const { type, data } of properties) {
    // Turning properties count anticlockwise (ISO/IEC 23008-12, 6.5.10).
    if (type === 'irot') quarters += 4 - ((data[0] ?? 0) & 3)
    if (type !== 'imir') continue
    // To mirror what was turned is to mirror first and turn the other way; axis 0 swaps top and bottom.
    mirrored = mirrored === 0 ? 1 : 0
    quarters = 4 - (quarters % 4) + ((data[0] ?? 0) & 1 ? 0 : 2)
  }
  return ORIENTATIONS[mirrored][(quarters % 4) as 0 | 1 | 2 | 3]
}
