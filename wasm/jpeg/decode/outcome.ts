/** What a step of the decoder answers. Negative numbers are failures; `src/media/codec.ts` has the same list. */

/** All rows were emitted. */
export const DECODE_DONE: i32 = 0
/** Give the window that starts at `input_offset()` and step again. */
export const DECODE_NEED_INPUT: i32 = 1
/** The frame is known: sizes, components, color. Scales may be set now. */
export const DECODE_FRAME: i32 = 2
/** The plane records say which rows lie there until the next step. */
export const DECODE_ROWS: i32 = 3

/** Inside the decoder: go on. */
export const CONTINUE: i32 = 100

/** The input does not start as a JPEG file does. */
export const ERROR_NOT_JPEG: i32 = -1
/** A header contradicts itself, or there is no picture. */
export const ERROR_MALFORMED: i32 = -2
/** Less than a quarter of the rows is there. */
export const ERROR_TRUNCATED: i32 = -3
/** Width or height is 0 and stays so. */
export const ERROR_EMPTY: i32 = -4
/** More pixels, or a longer side, than the decoder takes. */
export const ERROR_TOO_LARGE: i32 = -5
/** More than 100 scans. */
export const ERROR_TOO_MANY_SCANS: i32 = -6
/** 12 or 16 bits a sample. */
export const ERROR_PRECISION: i32 = -10
/** Lossless, JPEG-LS included. */
export const ERROR_LOSSLESS: i32 = -11
/** Arithmetic coding. */
export const ERROR_ARITHMETIC: i32 = -12
/** Hierarchical. */
export const ERROR_HIERARCHICAL: i32 = -13
/** Not 1, 3 or 4 components. */
export const ERROR_COMPONENTS: i32 = -14
