import { hasAt, u16be, u16le, u32be, u32le } from './bytes.ts'

/**
 * The orientation, 1 to 8, of a TIFF block as EXIF carries it ("II" or "MM" first); 1 when it says nothing usable.
 * Only the first directory is read, so no loop of directories can be followed.
 */
export function readOrientation(tiff: Uint8Array): number {
  const little = hasAt(tiff, 0, 'II')
  if (!little && !hasAt(tiff, 0, 'MM')) return 1
  const u16 = little ? u16le : u16be
  const u32 = little ? u32le : u32be
  const directory = u32(tiff, 4)
  const count = u16(tiff, directory)
  for (let entry = directory + 2, left = count; left > 0 && entry + 12 <= tiff.length; entry += 12, left--) {
    if (u16(tiff, entry) !== 0x0112) continue
    // Written as a short by the standard, as a long by some editors.
    const value = u16(tiff, entry + 2) === 4 ? u32(tiff, entry + 8) : u16(tiff, entry + 8)
    return value >= 1 && value <= 8 ? value : 1
  }
  return 1
}
