import type { AnimationSource } from './animation.ts'
import type { GifExports } from './core.ts'
import { onScreen, type Part } from './part.ts'

/** A frame that lies on the core's screen now. */
export type FilmFrame = {
  /** Milliseconds that it stays, at least 20. */
  readonly delay: number
  /** Where the screen can differ from the frame before. */
  readonly part: Part
}

/** An animation as the encoder plays it: it puts one frame after the other on the core's screen. */
export interface Film {
  readonly width: number
  readonly height: number
  /** Frames that there are, as far as is known. */
  readonly frames: number
  /** How often it runs; 0 is for ever. */
  readonly loops: number
  /** Begins the core's job. */
  begin(core: GifExports): void
  /** Goes back before the first frame; the screen is empty then. */
  rewind(): void
  /** Puts the next frame on the screen; `undefined` behind the last. */
  next(core: GifExports): FilmFrame | undefined | Promise<FilmFrame | undefined>
}

/** Players wait at least this long, whatever a file says; some wait much longer for what says less. */
export const SHORTEST_MS = 20

/** The film of frames that come as pixels. */
export class PixelFilm implements Film {
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly loops: number
  readonly #source: AnimationSource
  #run: AsyncIterator<unknown> | Iterator<unknown> | undefined
  #first = true

  constructor(source: AnimationSource) {
    this.width = source.width
    this.height = source.height
    this.frames = source.frames
    this.loops = source.loops
    this.#source = source
  }

  begin(core: GifExports): void {
    core.anim_begin(this.width, this.height, 0, 0)
  }

  rewind(): void {
    void this.#run?.return?.()
    this.#run = undefined
    this.#first = true
  }

  async next(core: GifExports): Promise<FilmFrame | undefined> {
    this.#run ??= start(this.#source)
    const { value, done } = await (this.#run as ReturnType<typeof start>).next()
    if (done) return undefined
    const { pixels, delayMs, changed } = value
    const { width, height } = this
    const all = { left: 0, top: 0, width, height }
    // A frame cut short is a bug of the source: what is missing stays as it was.
    const part = onScreen(this.#first ? all : (changed ?? all), width, height)
    this.#first = false
    const screen = new Uint8Array(core.memory.buffer, core.anim_screen(), width * height * 4)
    for (let y = part.top; y < part.top + part.height; y++) {
      const from = (y * width + part.left) * 4
      screen.set(pixels.subarray(from, from + part.width * 4), from)
    }
    core.anim_multiply(part.left, part.top, part.width, part.height)
    return { delay: Math.max(SHORTEST_MS, delayMs), part }
  }
}

function start(source: AnimationSource) {
  const frames = source.open()
  return Symbol.asyncIterator in frames ? frames[Symbol.asyncIterator]() : frames[Symbol.iterator]()
}
