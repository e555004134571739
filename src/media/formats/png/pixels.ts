import { Inflater } from '../../inflate.ts'
import { pngData } from './data.ts'
import { type Expander, expander } from './expand.ts'
import type { PngHeader } from './header.ts'
import { pixelBits } from './size.ts'
import { unfilter } from './unfilter.ts'

/** Rows of a PNG as they come out of its data, one after the other; nothing but two rows is held. */
export class PngPixels {
  readonly channels: 1 | 3 | 4
  /** The data ended or broke before the last row; what is missing is white. */
  truncated = false
  /** A checksum or filter is wrong: the picture may not be what it was. */
  damaged = false
  /** Rows that came from the data. */
  rowsRead = 0
  readonly #inflater: Inflater
  readonly #expander: Expander
  readonly #bits: number
  #row = new Uint8Array()
  #above = new Uint8Array()

  constructor(bytes: Uint8Array, header: PngHeader) {
    this.#bits = pixelBits(header)
    this.#expander = expander(header)
    this.channels = this.#expander.channels
    const pieces = pngData(bytes, () => {
      this.damaged = true
    })
    this.#inflater = new Inflater(() => pieces.next().value ?? undefined)
  }

  /** Begins rows of another width: the picture, or one pass of an interlaced one. */
  startPass(width: number): void {
    const length = Math.ceil((width * this.#bits) / 8)
    this.#row = new Uint8Array(length)
    this.#above = new Uint8Array(length)
  }

  /** Writes the next row of `pixels` pixels to `into` from `at` on. */
  readRow(pixels: number, into: Uint8Array, at: number): void {
    const filter = new Uint8Array(1)
    const whole =
      !this.truncated &&
      this.#inflater.read(filter) === 1 &&
      this.#inflater.read(this.#row) === this.#row.length
    if (!whole) {
      this.truncated = true
      into.fill(255, at, at + pixels * this.channels)
      return
    }
    this.rowsRead++
    if (!unfilter(filter[0]!, this.#row, this.#above, Math.max(1, this.#bits >> 3))) this.damaged = true
    this.#expander.expand(this.#row, pixels, into, at)
    const spent = this.#above
    this.#above = this.#row
    this.#row = spent
  }
}
