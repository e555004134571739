// The picture that is being written: its size, its components and where their coefficients lie. A component's blocks
// lie in the order in which a scan sends them, so that every later stage just walks through memory.

/** Most components a written picture has. */
export const MAX_COMPONENTS: i32 = 3

/** Bytes of one block of coefficients: 64 i16. */
export const BLOCK_BYTES: usize = 128

/** Byte offsets within a component's record. */
const COEFFICIENTS: usize = 0
const BLOCKS: usize = 4
const PLANE: usize = 8
const PLANE_WIDTH: usize = 12
const PLANE_HEIGHT: usize = 16
const RECORD_BYTES: usize = 32

const RECORDS: usize = memory.data(32 * 3, 16)

/** Width of the picture, pixels. */
export let frameWidth: i32 = 0
/** Height of the picture, pixels. */
export let frameHeight: i32 = 0
/** 1 (grey) or 3 (YCbCr). */
export let frameComponents: i32 = 0
/** Luma samples a chroma sample covers along each axis: 1 (4:4:4) or 2 (4:2:0). */
export let chromaStep: i32 = 1
/** MCUs in a row. */
export let mcuColumns: i32 = 0
/** Rows of MCUs. */
export let mcuRows: i32 = 0

/** Lays the frame out; coefficients and planes are given their place by {@link placeFrame}. */
export function layOutFrame(width: i32, height: i32, components: i32, step: i32): void {
  frameWidth = width
  frameHeight = height
  frameComponents = components
  chromaStep = components === 1 ? 1 : step
  let side = 8 * chromaStep
  mcuColumns = (width + side - 1) / side
  mcuRows = (height + side - 1) / side
  for (let c = 0; c < components; c++) {
    let blocks = blockSide(c)
    store<i32>(record(c) + PLANE_WIDTH, mcuColumns * 8 * blocks)
    store<i32>(record(c) + PLANE_HEIGHT, mcuRows * 8 * blocks)
    store<i32>(record(c) + BLOCKS, mcuColumns * mcuRows * blocks * blocks)
  }
}

/** Samples of all padded planes together: half the bytes of the coefficients. */
export function frameSamples(): usize {
  let samples: usize = 0
  for (let c = 0; c < frameComponents; c++) samples += <usize>load<i32>(record(c) + BLOCKS) * 64
  return samples
}

/**
 * Gives planes and coefficients their place in one region of `2 * frameSamples()` bytes. The planes fill its second half:
 * the transform reads them no slower than it writes coefficients over them, so the region serves twice.
 */
export function placeFrame(region: usize): void {
  let plane = region + frameSamples()
  for (let c = 0; c < frameComponents; c++) {
    store<usize>(record(c) + COEFFICIENTS, region)
    store<usize>(record(c) + PLANE, plane)
    region += <usize>load<i32>(record(c) + BLOCKS) * BLOCK_BYTES
    plane += <usize>load<i32>(record(c) + BLOCKS) * 64
  }
}

/** Blocks of component c along each side of an MCU. */
export function blockSide(c: i32): i32 {
  return c === 0 ? chromaStep : 1
}

/** Blocks of component c in one row of MCUs. */
export function blocksInMcuRow(c: i32): i32 {
  return mcuColumns * blockSide(c) * blockSide(c)
}

/** Blocks of component c. */
export function blockCount(c: i32): i32 {
  return load<i32>(record(c) + BLOCKS)
}

/** Address of the coefficients of component c: blocks in scan order, each in zigzag order, values times 8. */
export function coefficients(c: i32): usize {
  return load<usize>(record(c) + COEFFICIENTS)
}

/** Address of the padded plane of component c. */
export function planeOf(c: i32): usize {
  return load<usize>(record(c) + PLANE)
}

/** Samples of a row of the padded plane, which is also its stride: a multiple of 8. */
export function planeWidth(c: i32): i32 {
  return load<i32>(record(c) + PLANE_WIDTH)
}

/** Rows of the padded plane. */
export function planeHeight(c: i32): i32 {
  return load<i32>(record(c) + PLANE_HEIGHT)
}

/** Samples of a row of component c that stem from the picture; the rest repeats the last of them. */
export function sampleWidth(c: i32): i32 {
  return c === 0 ? frameWidth : (frameWidth + chromaStep - 1) / chromaStep
}

/** As {@link sampleWidth}, down. */
export function sampleHeight(c: i32): i32 {
  return c === 0 ? frameHeight : (frameHeight + chromaStep - 1) / chromaStep
}

function record(c: i32): usize {
  return RECORDS + <usize>c * RECORD_BYTES
}
