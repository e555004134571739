import type { FitExports } from '../jpeg/fit.ts'

/** What a PNG job uses of the core's exports; `wasm/png/job.ts` describes them. */
export interface PngExports extends FitExports {
  png_begin(
    width: number,
    height: number,
    depth: number,
    kind: number,
    parts: number,
    interlaced: number,
    offset: number,
    toWidth: number,
    toHeight: number,
  ): void
  png_colors(): number
  png_key(red: number, green: number, blue: number): void
  png_step(): number
  png_fact(which: number): number
  picture_render(width: number, height: number, orientation: number, every: number): number
  picture_fact(which: number): number
  picture_index(colors: number, drawn: number, photographed: number, tolerance: number): void
  picture_write(budget: number, thorough: number): number
  picture_file(): number
  picture_file_bytes(): number
  picture_flatten(): void
}
