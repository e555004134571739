import type { CoreJob } from '../../../src/media/core/run-job.ts'
import type { PngExports } from '../../../src/media/formats/png/core.ts'
import { type PngHeader, readPngHeader } from '../../../src/media/formats/png/header.ts'
import { pngSamples } from '../../../src/media/formats/png/samples.ts'

/** What only tests use of the core's exports. */
export interface TestedPngExports extends PngExports {
  picture_plane(c: number): number
}

/** A decoded PNG. */
export type PngPicture = {
  readonly width: number
  readonly height: number
  /** RGBA, four bytes a pixel. */
  readonly data: Uint8Array
  readonly truncated: boolean
  readonly damaged: boolean
  /** There is nothing but the picture in its data. */
  readonly exact: boolean
  readonly peakBytes: number
}

/** Decodes a PNG and gives its pixels, at its own size unless said. */
export class PngPlanes implements CoreJob<TestedPngExports, PngPicture> {
  readonly #header: PngHeader
  readonly #size: { readonly width: number; readonly height: number }

  constructor(bytes: Uint8Array, size?: { readonly width: number; readonly height: number }) {
    this.#header = readPngHeader(bytes)!
    this.#size = size ?? this.#header
  }

  begin(core: TestedPngExports): void {
    const { width, height, depth, interlaced, data = 0 } = this.#header
    const { kind, parts, colors, key } = pngSamples(this.#header)
    const to = this.#size
    core.png_begin(width, height, depth, kind, parts, interlaced ? 1 : 0, data, to.width, to.height)
    new Uint8Array(core.memory.buffer, core.png_colors(), colors.length).set(colors)
    if (key !== undefined) core.png_key(...key)
  }

  step(core: TestedPngExports): number {
    return core.png_step()
  }

  end(core: TestedPngExports): PngPicture {
    core.picture_render(this.#size.width, this.#size.height, this.#header.orientation, 1)
    const [width, height, parts] = [0, 1, 2].map((which) => core.picture_fact(which)) as [
      number,
      number,
      number,
    ]
    const stride = core.picture_fact(5)
    const memory = new Uint8Array(core.memory.buffer)
    const data = new Uint8Array(width * height * 4).fill(255)
    for (let c = 0; c < 4; c++) {
      if (c === 3 && parts < 4) continue
      const plane = core.picture_plane(parts === 1 ? 0 : c)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) data[(y * width + x) * 4 + c] = memory[plane + y * stride + x]!
    }
    const [truncated, damaged, exact] = [0, 1, 2].map((which) => core.png_fact(which) === 1) as [
      boolean,
      boolean,
      boolean,
    ]
    return { width, height, data, truncated, damaged, exact, peakBytes: core.peak_bytes() }
  }
}
