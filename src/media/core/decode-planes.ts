import { runJob } from '../codec.ts'
import type { Result } from '../result.ts'
import type { CoreFailure } from './core-failure.ts'
import type { CoreExports } from './exports.ts'
import type { CoreJob } from './run-job.ts'

/** Which color the components of a picture are. */
export type PlaneColor = 'grey' | 'ycbcr' | 'rgb' | 'cmyk' | 'ycck'

/** One component: 8-bit samples, row by row, without gaps. */
export interface SamplePlane {
  readonly width: number
  readonly height: number
  /** Sampling factors, 1 to 4. */
  readonly h: number
  readonly v: number
  /** The plane is 1 / 2^shift of the component's own size. */
  readonly shift: number
  readonly data: Uint8Array
}

/** A decoded picture. */
export interface SamplePlanes {
  /** Size of the picture in the file, in pixels. */
  readonly width: number
  readonly height: number
  readonly color: PlaneColor
  /** CMYK stored with 255 for no ink. */
  readonly inverted: boolean
  readonly planes: readonly SamplePlane[]
  /** Rows were missing and were made up. */
  readonly truncated: boolean
  /** The data had codes that do not exist. */
  readonly damaged: boolean
  /** Bytes of the core's memory in use at the peak. */
  readonly peakBytes: number
}

/** How small the planes may be: by shifts, or by the least size that the first one must have. */
export type PlaneScale =
  | { readonly luma: number; readonly chroma: number }
  | { readonly minWidth: number; readonly minHeight: number }

const colors: readonly (PlaneColor | undefined)[] = [undefined, 'grey', 'ycbcr', 'rgb', 'cmyk', 'ycck']
const FRAME = 2
const ROWS = 3

type Mutable = { -readonly [K in keyof SamplePlane]: SamplePlane[K] }

/**
 * Decodes a JPEG to its component planes, without upsampling or color conversion.
 *
 * @example
 * const planes = await decodeJpegToPlanes(bytes, { minWidth: 1600, minHeight: 1200 })
 */
export function decodeJpegToPlanes(
  bytes: Uint8Array,
  scale: PlaneScale = { luma: 0, chroma: 0 },
): Promise<Result<SamplePlanes, CoreFailure>> {
  return runJob(bytes, new PlanesJob(scale))
}

/** The job of {@link decodeJpegToPlanes}, for one use. */
export class PlanesJob implements CoreJob<CoreExports, SamplePlanes> {
  readonly #scale: PlaneScale
  #planes: Mutable[] = []

  constructor(scale: PlaneScale) {
    this.#scale = scale
  }

  begin(core: CoreExports): void {
    if ('luma' in this.#scale) core.planes_begin(this.#scale.luma, this.#scale.chroma)
    else core.planes_begin(0, 0)
  }

  step(core: CoreExports): number {
    return core.planes_step()
  }

  event(core: CoreExports, event: number): undefined {
    if (event === FRAME) this.#frame(core)
    if (event === ROWS) this.#rows(core)
  }

  end(core: CoreExports): SamplePlanes {
    return {
      width: core.decode_fact(0),
      height: core.decode_fact(1),
      color: colors[core.decode_fact(3)]!,
      inverted: core.decode_fact(4) === 1,
      truncated: core.decode_fact(7) === 1,
      damaged: core.decode_fact(8) === 1,
      planes: this.#planes,
      peakBytes: core.peak_bytes(),
    }
  }

  #frame(core: CoreExports): void {
    const count = core.decode_fact(2)
    if ('minWidth' in this.#scale) {
      const shift = shiftFor(core.decode_fact(0), core.decode_fact(1), this.#scale)
      for (let c = 0; c < count; c++) core.decode_scale(c, shift)
    }
  }

  /** Only once there are rows: a header may promise anything. */
  #allocate(core: CoreExports): void {
    this.#planes = Array.from({ length: core.decode_fact(2) }, (_, c) => {
      const [, , width, height, , , shift, h, v] = record(core, c) as unknown as number[]
      return {
        width: width!,
        height: height!,
        shift: shift!,
        h: h!,
        v: v!,
        data: new Uint8Array(width! * height!),
      }
    })
  }

  #rows(core: CoreExports): void {
    if (this.#planes.length === 0) this.#allocate(core)
    for (const [c, plane] of this.#planes.entries()) {
      const [ptr, stride, , , top, rows] = record(core, c) as unknown as number[]
      for (let y = 0; y < rows!; y++) {
        const row = new Uint8Array(core.memory.buffer, ptr! + y * stride!, plane.width)
        plane.data.set(row, (top! + y) * plane.width)
      }
    }
  }
}

/** The record of a component's plane: `wasm/pixel/planes.ts` names its fields. */
function record(core: CoreExports, c: number): Int32Array {
  return new Int32Array(core.memory.buffer, core.planes_ptr() + 64 * c, 9)
}

function shiftFor(width: number, height: number, least: { minWidth: number; minHeight: number }): number {
  let shift = 0
  while (shift < 3 && width >> (shift + 1) >= least.minWidth && height >> (shift + 1) >= least.minHeight)
    shift++
  return shift
}
