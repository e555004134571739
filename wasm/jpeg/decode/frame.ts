/** The frame: size and components, as a SOF segment states them. */
import { CELLS, COMPONENTS, MULTIPLIERS, QUANTIZATION } from '../../memory.ts'
import {
  COLOR_CMYK,
  COLOR_GREY,
  COLOR_RGB,
  COLOR_YCBCR,
  COLOR_YCCK,
  describePlanes,
  plane,
} from '../../pixel/planes.ts'
import { limitOf, writeCells, writeMultipliers } from './layout.ts'
import {
  CONTINUE,
  ERROR_COMPONENTS,
  ERROR_EMPTY,
  ERROR_MALFORMED,
  ERROR_PRECISION,
  ERROR_TOO_LARGE,
} from './outcome.ts'

/** The longest side taken, in pixels. */
const MAX_SIDE: i32 = 65500
/** Most pixels of a frame whose blocks come once, in order. */
const MAX_PIXELS_SEQUENTIAL: i64 = 220_000_000
/** Most pixels of a progressive frame: its blocks are kept. */
const MAX_PIXELS_PROGRESSIVE: i64 = 64_000_000

/** What the decoder knows of a component. */
@unmanaged
export class Component {
  id: i32
  /** Sampling factors. */
  h: i32
  v: i32
  /** Slot of its quantisation table. */
  quantizer: i32
  /** Blocks that its samples need, across and down: a scan of this component alone has exactly these. */
  blocksX: i32
  blocksY: i32
  /** Blocks across with those that fill the last MCU. */
  paddedX: i32
  /** Samples of a block's side at this scale. */
  n: i32
  /** One past the last coefficient of the zigzag that the scale needs. */
  limit: i32
  /** Huffman tables of the scan at hand. */
  dc: usize
  ac: usize
  /** Where coefficients go, with their multipliers. */
  cells: usize
  /** The same multipliers in the order of a block. */
  multipliers: usize
  /** The quantisation table was taken: later definitions are for others. */
  latched: i32
  /** Some scan brings its DC. */
  covered: i32
  /** Indices of the zigzag that some scan brings to their last bit. */
  complete: u64
  /** Last DC. */
  prediction: i32
  /** Samples of the rows in work, and bytes from one row to the next. */
  strip: usize
  stride: i32
  /** Blocks of the band, of `blockBytes` each, and for each the mask (u64) of the coefficients known to be nonzero. */
  blocks: usize
  masks: usize
  blockBytes: i32
}

/** Picture size in pixels. */
export let width: i32 = 0
/** See `width`. 0 until a DNL segment brings it. */
export let height: i32 = 0
/** Components of the frame; 0 while there is no frame. */
export let count: i32 = 0
/** The frame is progressive. */
export let progressive: bool = false
/** MCUs of an interleaved scan across the picture. */
export let mcusX: i32 = 0
/** Rows of them. */
export let mcusY: i32 = 0

let maxH: i32 = 1
let maxV: i32 = 1

/** An Adobe segment was there, and its transform, else -1. */
export let adobe: i32 = -1
/** A JFIF segment was there. */
export let jfif: bool = false

/** Forgets the frame. */
export function resetFrame(): void {
  width = 0
  height = 0
  count = 0
  progressive = false
  mcusX = 0
  mcusY = 0
  maxH = 1
  maxV = 1
  adobe = -1
  jfif = false
  memory.fill(COMPONENTS, 0, 4 * 128)
  // A table that the file never defines counts as all ones.
  for (let i: usize = 0; i < 256; i++) store<u16>(QUANTIZATION + (i << 1), 1)
}

/** The record of component `c`, 0..3. */
export function component(c: i32): Component {
  return changetype<Component>(COMPONENTS + ((c as usize) << 7))
}

/** Notes an Adobe segment and its transform. */
export function noteAdobe(transform: i32): void {
  adobe = transform
}

/** Notes a JFIF segment. */
export function noteJfif(): void {
  jfif = true
}

/** Takes the body of a SOF segment, `length` bytes. Returns CONTINUE or a failure. */
export function readFrame(at: usize, length: i32, isProgressive: bool): i32 {
  if (count) return ERROR_MALFORMED
  if (length < 6) return ERROR_MALFORMED
  if (load<u8>(at) !== 8) return ERROR_PRECISION
  const rows = ((load<u8>(at, 1) as i32) << 8) | (load<u8>(at, 2) as i32)
  const columns = ((load<u8>(at, 3) as i32) << 8) | (load<u8>(at, 4) as i32)
  const n: i32 = load<u8>(at, 5)
  if (columns === 0) return ERROR_EMPTY
  if (n !== 1 && n !== 3 && n !== 4) return ERROR_COMPONENTS
  if (length < 6 + 3 * n) return ERROR_MALFORMED
  for (let c = 0; c < n; c++) {
    const part = component(c)
    const from = at + 6 + ((3 * c) as usize)
    part.id = load<u8>(from)
    part.h = load<u8>(from, 1) >> 4
    part.v = load<u8>(from, 1) & 15
    part.quantizer = load<u8>(from, 2) & 3
    if (part.h < 1 || part.h > 4 || part.v < 1 || part.v > 4) return ERROR_MALFORMED
    if (n === 1) {
      // Alone, a component is the picture whatever it says of its sampling.
      part.h = 1
      part.v = 1
    }
    maxH = max(maxH, part.h)
    maxV = max(maxV, part.v)
    part.latched = 0
    part.covered = 0
    part.complete = 0
  }
  count = n
  width = columns
  height = rows
  progressive = isProgressive
  if (width > MAX_SIDE || height > MAX_SIDE) return ERROR_TOO_LARGE
  return rows ? measure() : CONTINUE
}

/** Takes the height that a DNL segment brings. Returns CONTINUE or a failure. */
export function setHeight(rows: i32): i32 {
  height = rows
  return rows ? measure() : ERROR_EMPTY
}

function ceilDiv(a: i32, b: i32): i32 {
  return (a + b - 1) / b
}

/** Sizes that follow from the frame. */
function measure(): i32 {
  const pixels = (width as i64) * (height as i64)
  if (width > MAX_SIDE || height > MAX_SIDE) return ERROR_TOO_LARGE
  if (pixels > (progressive ? MAX_PIXELS_PROGRESSIVE : MAX_PIXELS_SEQUENTIAL)) return ERROR_TOO_LARGE
  mcusX = ceilDiv(width, 8 * maxH)
  mcusY = ceilDiv(height, 8 * maxV)
  for (let c = 0; c < count; c++) {
    const part = component(c)
    part.blocksX = ceilDiv(ceilDiv(width * part.h, maxH), 8)
    part.blocksY = ceilDiv(ceilDiv(height * part.v, maxV), 8)
    part.paddedX = mcusX * part.h
    part.cells = CELLS + ((c as usize) << 9)
    part.multipliers = MULTIPLIERS + ((c as usize) << 7)
    setShift(c, 0)
  }
  describe()
  return CONTINUE
}

/** Scales a component to 1 / 2^shift, 0..3. Only until the first scan starts. */
export function setShift(c: i32, shift: i32): void {
  const part = component(c)
  part.n = 8 >> shift
  part.limit = limitOf(part.n)
  const out = plane(c)
  const side = (1 << shift) - 1
  out.width = (ceilDiv(width * part.h, maxH) + side) >> shift
  out.height = (ceilDiv(height * part.v, maxV) + side) >> shift
  out.shift = shift
  out.h = part.h
  out.v = part.v
  out.ptr = 0
  out.stride = 0
  out.top = 0
  out.rows = 0
}

/** Which color the components are, by the markers first and by their ids last, as every decoder guesses it. */
function describe(): void {
  let kind: i32 = COLOR_GREY
  if (count === 3) {
    const a = component(0).id
    const b = component(1).id
    const c = component(2).id
    kind = COLOR_YCBCR
    if (!jfif && adobe >= 0) kind = adobe === 0 ? COLOR_RGB : COLOR_YCBCR
    else if (!jfif && a === 0x52 && b === 0x47 && c === 0x42) kind = COLOR_RGB
  } else if (count === 4) kind = adobe === 2 ? COLOR_YCCK : COLOR_CMYK
  describePlanes(count, kind, count === 4 && adobe >= 0, maxH, maxV)
}

/** Keeps the quantisation table that stands now for a component, when its first scan starts. */
export function latch(part: Component): void {
  if (part.latched) return
  part.latched = 1
  writeCells(part.cells, QUANTIZATION + ((part.quantizer as usize) << 7), part.n)
  writeMultipliers(part.multipliers, part.cells)
}
