import type { CoreExports } from '../../core/exports.ts'

/** What an animation job uses of the core's exports; `wasm/gif/job.ts` describes them. */
export interface GifExports extends CoreExports {
  anim_begin(width: number, height: number, largest: number, restores: number): void
  anim_screen(): number
  anim_colors(): number
  anim_picture(bits: number, count: number): void
  anim_codes(count: number): number
  anim_paint(
    left: number,
    top: number,
    width: number,
    height: number,
    interlaced: number,
    transparent: number,
  ): void
  anim_clear(left: number, top: number, width: number, height: number): void
  anim_save(top: number, rows: number): void
  anim_restore(top: number, rows: number): void
  anim_multiply(left: number, top: number, width: number, height: number): void
  anim_size(width: number, height: number, budget: number): void
  anim_shrink(left: number, top: number, width: number, height: number): void
  anim_count(every: number): void
  anim_recount(): void
  anim_palette(most: number): number
  anim_fact(which: number): number
  anim_header(loops: number): void
  anim_write(tolerance: number, whole: number, must: number): number
  anim_drop(): void
  anim_keep(whole: number): number
  anim_likeness(which: number): number
  anim_delay(place: number, hundredths: number): void
  anim_end(): number
  anim_file(): number
  anim_file_bytes(): number
}
