import type { GifExports } from './core.ts'
import { type Film, type FilmFrame, SHORTEST_MS } from './film.ts'
import { joined, onScreen, type Part } from './part.ts'
import type { GifPicture, GifPlan } from './pictures.ts'

/** What players make of a delay of nothing, which is a file that does not say one. */
const UNSAID_MS = 100

/** Bytes that the code of the end and the bits to the next byte take at most. */
const PADDING = 3

/** The film of a GIF: the core unpacks its pictures and paints them. */
export class GifFilm implements Film {
  readonly width: number
  readonly height: number
  readonly frames: number
  readonly loops: number
  /** Pictures whose codes break off, or do not exist. */
  damaged = 0
  /** Part of the first picture that was there, 0 to 1. */
  firstPart = 0
  /** Bytes behind the codes of pictures, the padding of a last code not counted. */
  leftover = 0
  readonly #bytes: Uint8Array
  readonly #pictures: readonly GifPicture[]
  #at = 0

  constructor(bytes: Uint8Array, plan: GifPlan) {
    this.width = plan.width
    this.height = plan.height
    this.loops = plan.loops
    this.frames = plan.pictures.length
    this.#bytes = bytes
    this.#pictures = plan.pictures
  }

  begin(core: GifExports): void {
    const largest = this.#pictures.reduce((most, { width, height }) => Math.max(most, width * height), 1)
    const restores = this.#pictures.some(({ disposal }) => disposal === 3)
    core.anim_begin(this.width, this.height, largest, restores ? 1 : 0)
  }

  rewind(): void {
    this.#at = 0
    this.damaged = 0
    this.leftover = 0
  }

  next(core: GifExports): FilmFrame | undefined {
    const picture = this.#pictures[this.#at]
    if (picture === undefined) return undefined
    const part = joined(this.#takeAway(core), this.#place(picture))
    const { left, top, width, height, disposal, delay } = picture
    const place = this.#place(picture)
    if (disposal === 3) core.anim_save(place.top, place.height)
    this.#unpack(core, picture)
    if (width > 0 && height > 0)
      core.anim_paint(left, top, width, height, picture.interlaced ? 1 : 0, picture.transparent)
    this.#at++
    return { delay: delay === 0 ? UNSAID_MS : Math.max(SHORTEST_MS, delay * 10), part }
  }

  /** Does with the picture before what it asks for; returns where that changed the screen. */
  #takeAway(core: GifExports): Part | undefined {
    const before = this.#pictures[this.#at - 1]
    if (before === undefined || before.disposal < 2 || before.disposal > 3) return undefined
    const place = this.#place(before)
    if (before.disposal === 3) core.anim_restore(place.top, place.height)
    else core.anim_clear(place.left, place.top, place.width, place.height)
    return place
  }

  #place(picture: GifPicture): Part {
    return onScreen(picture, this.width, this.height)
  }

  #unpack(core: GifExports, { colors, colorCount, bits, width, height, data, end }: GifPicture): void {
    const bytes = this.#bytes
    const table = new Uint32Array(core.memory.buffer, core.anim_colors(), 256).fill(0xff000000)
    for (let i = 0, at = colors; i < colorCount && at + 2 < bytes.length; i++, at += 3)
      table[i] = 0xff000000 + (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16))
    // No code has more than 12 bits. Programs write 1 for two colours, though the format says 2.
    const sound = bits >= 1 && bits <= 11
    core.anim_picture(sound ? bits : 2, width * height)
    const last = Math.min(end, bytes.length)
    let at = data
    let ended = false
    while (sound && at < last && !ended) {
      const window = Math.min(core.input_capacity(), last - at)
      new Uint8Array(core.memory.buffer, core.input_ptr(), window).set(bytes.subarray(at, at + window))
      ended = core.anim_codes(window) !== 0
      at += window
    }
    this.leftover += Math.max(0, last - at - 1) + Math.max(0, core.anim_fact(5) - PADDING)
    const done = core.anim_fact(0)
    if (done < width * height || core.anim_fact(1) !== 0) this.damaged++
    if (this.#at === 0) this.firstPart = done / Math.max(1, width * height)
  }
}
