import sharp from 'sharp'

/** A picture with the detail of a photo: waves, edges and noise, so that it does not compress to nothing. */
export async function photo(
  width: number,
  height: number,
  options: { orientation?: number; quality?: number } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const pixels = new Uint8Array(width * height * 3)
  let seed = 7
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      const noise = (seed >> 16) & 31
      const at = (y * width + x) * 3
      // Red above, blue below: which way is up can be read off the result.
      pixels[at] = (y < height / 2 ? 190 : 20) + noise
      pixels[at + 1] = 90 + 60 * Math.sin(x / 17) + noise
      pixels[at + 2] = (y < height / 2 ? 20 : 190) + noise
    }
  let image = sharp(pixels, { raw: { width, height, channels: 3 } }).jpeg({ quality: options.quality ?? 92 })
  if (options.orientation !== undefined)
    image = image.withMetadata({ orientation: options.orientation, exif: { IFD0: { Make: 'CanaryPhone' } } })
  return new Uint8Array(await image.toBuffer())
}

/** A form with fields and files. */
export function form(
  fields: Record<string, string>,
  files: readonly Uint8Array<ArrayBuffer>[] = [],
): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  for (const [index, bytes] of files.entries()) data.append('media', new Blob([bytes]), `IMG_${index}.jpg`)
  return data
}
