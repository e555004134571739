/** What the module exports. JavaScript calls nothing else; `src/media/codec.ts` is the only caller. */
import {
  decodeBegin,
  decodeDamaged,
  decodeScale,
  decodeStep,
  decodeTruncated,
} from './jpeg/decode/decoder.ts'
import { height, width } from './jpeg/decode/frame.ts'
import { given, wanted } from './jpeg/decode/input.ts'
import { arenaTop, INPUT, INPUT_CAPACITY, PLANES, peakBytes, reset, STATUS } from './memory.ts'
import { color, components, hMax, inverted, vMax } from './pixel/planes.ts'

export {
  anim_begin,
  anim_clear,
  anim_codes,
  anim_colors,
  anim_count,
  anim_delay,
  anim_drop,
  anim_end,
  anim_fact,
  anim_file,
  anim_file_bytes,
  anim_header,
  anim_keep,
  anim_likeness,
  anim_multiply,
  anim_paint,
  anim_palette,
  anim_picture,
  anim_recount,
  anim_restore,
  anim_save,
  anim_screen,
  anim_shrink,
  anim_size,
  anim_write,
} from './gif/job'
// Without its extension: the compiler takes one in an import, not in a re-export.
export {
  bitmap_begin,
  bitmap_pixels,
  bitmap_rows,
  fit_begin,
  fit_chroma_detail,
  fit_complexity,
  fit_contrast,
  fit_effort,
  fit_encode,
  fit_lambda,
  fit_output,
  fit_output_bytes,
  fit_profile,
  fit_scale,
  fit_smallest_bytes,
  fit_stage,
  fit_step,
  fit_take_profile,
} from './job'

export {
  picture_fact,
  picture_file,
  picture_file_bytes,
  picture_flatten,
  picture_index,
  picture_plane,
  picture_render,
  picture_write,
  png_begin,
  png_colors,
  png_fact,
  png_key,
  png_step,
} from './png/job'

export { score_encoded, score_fact, score_indexed, score_stage } from './score/job'

/** Address of the status word: see `memory.ts`. */
export function status_ptr(): usize {
  return STATUS
}

/** Address of the four plane records: see `pixel/planes.ts`. */
export function planes_ptr(): usize {
  return PLANES
}

/** Address that the next window of the input is copied to. */
export function input_ptr(): usize {
  return INPUT
}

/** The most bytes that may be copied there. */
export function input_capacity(): usize {
  return INPUT_CAPACITY
}

/** Bytes of linear memory that the job had in use at its peak. */
export function peak_bytes(): usize {
  return peakBytes()
}

/** Bytes in use now. */
export function used_bytes(): usize {
  return arenaTop()
}

/** Starts a job that only decodes: see `decodeBegin`. Planes go to JavaScript, strip by strip. */
export function planes_begin(luma_shift: i32, chroma_shift: i32): void {
  reset()
  decodeBegin(luma_shift, chroma_shift)
}

/** Steps it: one of `jpeg/decode/outcome.ts`. */
export function planes_step(): i32 {
  return decodeStep()
}

/** At DECODE_FRAME: sets the scale of component `c`. */
export function decode_scale(c: i32, shift: i32): void {
  decodeScale(c, shift)
}

/** Offset in the file of the window that a job waits for. */
export function input_offset(): usize {
  return wanted
}

/** Says that `count` bytes lie at `input_ptr()`, the last of the file when `is_end`. */
export function input_given(count: usize, is_end: bool): void {
  given(count, is_end)
}

/** Facts of the picture in work, after DECODE_FRAME: 0 width, 1 height, 2 components, 3 color, 4 inverted, 5 hMax, 6 vMax, 7 truncated, 8 damaged. */
export function decode_fact(which: i32): i32 {
  if (which === 0) return width
  if (which === 1) return height
  if (which === 2) return components
  if (which === 3) return color
  if (which === 4) return inverted ? 1 : 0
  if (which === 5) return hMax
  if (which === 6) return vMax
  if (which === 7) return decodeTruncated() ? 1 : 0
  return decodeDamaged() ? 1 : 0
}
