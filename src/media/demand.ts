/** Pixels that a phone shows at most: more of them in a file cost bytes that nobody sees. */
const SEEN_PIXELS = 3.1e6

/**
 * Bytes of a photo at a quality of libjpeg's, as a multiple of those at 75: medians of six areas of photos, 30 to 100.
 * Between the rows the logarithm is straight; the row of quality 1 is a guess, so that there is something below 30.
 */
const BYTES_AT_QUALITY = [
  [1, 0.1],
  [30, 0.44],
  [50, 0.63],
  [65, 0.82],
  [75, 1],
  [85, 1.36],
  [90, 1.72],
  [95, 2.35],
  [98, 3.1],
  [100, 4.2],
] as const

/** About what a common photo of 12 megapixels demands: a guess, for what nobody measured. */
const UNKNOWN = 400_000

/** How bytes at one quality grow with pixels: a smaller picture of the same scene has more in each of them. */
const PIXEL_POWER = 0.88

/** What a header says of a picture's size. */
type Measured = { readonly bytes: number; readonly width?: number; readonly height?: number }

/**
 * About how many bytes a picture needs to look as a JPEG of quality 75 does, at the size that a phone shows: what the
 * plan of a message divides by. `quality` is that of the source where it is a JPEG.
 */
export function demandOf({ bytes, width = 0, height = 0 }: Measured, quality?: number): number {
  const pixels = width * height
  if (pixels === 0) return UNKNOWN
  const seen = Math.min(1, SEEN_PIXELS / pixels) ** PIXEL_POWER
  if (quality !== undefined) return (bytes / bytesAt(quality)) * seen
  // Without loss a drawing takes little and a photo a lot; as JPEG they differ far less. How much less is a guess,
  // unlike the table above: no pictures were measured for it.
  const perPixel = bytes / pixels
  return 0.2 * (perPixel / 2.4) ** 0.35 * pixels * seen
}

function bytesAt(quality: number): number {
  let [lower, least]: readonly [number, number] = BYTES_AT_QUALITY[0]
  for (const [upper, most] of BYTES_AT_QUALITY) {
    if (quality <= upper)
      return least * (most / least) ** (upper === lower ? 0 : (quality - lower) / (upper - lower))
    lower = upper
    least = most
  }
  return least
}
