import { concat } from '../../bytes.ts'
import { lendCore } from '../../codec.ts'
import type { GifExports } from './core.ts'
import { GifFilm } from './gif-film.ts'
import type { GifPicture, GifPlan } from './pictures.ts'

/** Hundredths of a second that a picture stays at least, and when the file does not say. */
const SHORTEST = 2
const UNSAID = 10

/**
 * The same pictures in a file written anew: colours, times and codes, nothing else. `undefined` when that is more than
 * `most` bytes, or when a picture's codes do not give exactly its pixels: such a file is encoded anew.
 */
export async function cleanGif(
  bytes: Uint8Array,
  plan: GifPlan,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { pictures } = plan
  if (plan.truncated || pictures.length === 0) return undefined
  const common = pictures.find(({ own }) => !own)
  const pieces = [header(bytes, plan, common)]
  for (const picture of pictures) pieces.push(...block(bytes, picture, pictures.length > 1))
  pieces.push(Uint8Array.of(0x3b))
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  // To unpack all codes is the long part, so it comes last.
  if (length > most || !(await isExact(bytes, plan))) return undefined
  return concat(pieces)
}

/** Screen, common colours and loops (GIF89a, 17 to 19; the loops are Netscape's). */
function header(bytes: Uint8Array, plan: GifPlan, common: GifPicture | undefined): Uint8Array {
  const { width, height, loops, pictures } = plan
  const count = common?.colorCount ?? 0
  const packed = 0x70 | (count > 0 ? 0x80 | (Math.log2(count) - 1) : 0)
  const screen = [0x47, 0x49, 0x46, 0x38, 0x39, 0x61, ...word(width), ...word(height), packed, 0, 0]
  const colors = common === undefined ? [] : bytes.subarray(common.colors, common.colors + count * 3)
  const repeats = loops === 0 ? 0 : loops - 1
  const name = [...'NETSCAPE2.0'].map((letter) => letter.charCodeAt(0))
  const looped = pictures.length > 1 && loops !== 1
  return Uint8Array.of(
    ...screen,
    ...colors,
    ...(looped ? [0x21, 0xff, 11, ...name, 3, 1, ...word(repeats), 0] : []),
  )
}

function word(value: number): [number, number] {
  return [value & 255, value >> 8]
}

/** One picture: how it is shown, where it lies, its colours, its codes. */
function block(bytes: Uint8Array, picture: GifPicture, animated: boolean): Uint8Array[] {
  const { left, top, width, height, interlaced, transparent, disposal, delay, own } = picture
  const stays = delay === 0 ? UNSAID : Math.max(SHORTEST, delay)
  const flags = ((disposal > 3 ? 0 : disposal) << 2) | (transparent >= 0 ? 1 : 0)
  const control = [0x21, 0xf9, 4, flags, ...word(animated ? stays : 0), Math.max(0, transparent), 0]
  const table = own ? 0x80 | (Math.log2(picture.colorCount) - 1) : 0
  const place = [0x2c, ...word(left), ...word(top), ...word(width), ...word(height)]
  const colors = own ? bytes.subarray(picture.colors, picture.colors + picture.colorCount * 3) : []
  return [
    Uint8Array.of(...control, ...place, table | (interlaced ? 0x40 : 0), ...colors),
    bytes.subarray(picture.data - 1, picture.end),
  ]
}

/** Whether every picture's codes unpack to its pixels and end there, so that nothing hides behind them. */
async function isExact(bytes: Uint8Array, plan: GifPlan): Promise<boolean> {
  const lent = await lendCore<GifExports, boolean>(async (core) => {
    const film = new GifFilm(bytes, plan)
    film.begin(core)
    film.rewind()
    for (;;) {
      if (film.next(core) === undefined) return true
      if (film.damaged > 0 || film.leftover > 0) return false
    }
  })
  return lent.ok && lent.value
}
