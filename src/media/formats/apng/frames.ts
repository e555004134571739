import { u16be, u32be } from '../../bytes.ts'
import { isSound, pngChunks } from '../png/chunks.ts'

/** One picture of an animated PNG (PNG specification third edition, 11.3.6). */
export type ApngFrame = {
  /** Where it lies on the canvas, and its size. */
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly delayMs: number
  /** What becomes of its place after it was shown: it stays, is emptied, or gets back what it was. */
  readonly disposal: 'keep' | 'clear' | 'restore'
  /** Whether it is laid over what is there, or put in its place. */
  readonly over: boolean
  /** Its data, piece by piece. */
  readonly data: readonly Uint8Array[]
}

/** How often an animated PNG runs, and its pictures in order. */
export type Apng = { readonly loops: number; readonly frames: readonly ApngFrame[] }

/** Pictures at most: what has more is cut short. */
const MOST_FRAMES = 2_000
const DISPOSALS = ['keep', 'clear', 'restore'] as const

type Growing = ApngFrame & { readonly data: Uint8Array[] }

/** Lists the pictures within a canvas of this size; it ends before the first that is not as it should be. */
export function readApng(bytes: Uint8Array, width: number, height: number): Apng {
  const frames: Growing[] = []
  let loops = 0
  for (const chunk of pngChunks(bytes)) {
    const { name, data } = chunk
    if (!/^(?:acTL|fcTL|fdAT|IDAT)$/.test(name)) continue
    if (!isSound(bytes, chunk)) break
    if (name === 'acTL') loops = Math.max(0, u32be(data, 4))
    else if (name === 'fcTL') {
      const frame = readControl(data)
      const inside =
        frame !== undefined && frame.left + frame.width <= width && frame.top + frame.height <= height
      if (!inside || frames.length === MOST_FRAMES) break
      frames.push(frame)
    } else if (name === 'fdAT') frames.at(-1)?.data.push(data.subarray(4))
    // What comes before the first control chunk is for readers that show no animations.
    else frames.at(-1)?.data.push(data)
  }
  return { loops, frames: frames.filter(({ data }) => data.length > 0) }
}

function readControl(data: Uint8Array): Growing | undefined {
  if (data.length < 26) return undefined
  const [width, height, left, top] = [4, 8, 12, 16].map((at) => u32be(data, at)) as [
    number,
    number,
    number,
    number,
  ]
  const disposal = DISPOSALS[data[24]!]
  if (width === 0 || height === 0 || disposal === undefined) return undefined
  // A denominator of 0 stands for hundredths.
  const delayMs = Math.round((u16be(data, 20) * 1000) / (u16be(data, 22) || 100))
  return { left, top, width, height, delayMs, disposal, over: data[25] === 1, data: [] }
}
