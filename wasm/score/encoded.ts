// A JPEG that was just written, against the coefficients that it was made from: its tokens are read once more.

import {
  BLOCK_BYTES,
  blockSide,
  chromaStep,
  coefficients,
  frameComponents,
  mcuColumns,
  mcuRows,
} from '../jpeg/encode/frame.ts'
import { EOB, ZRL } from '../jpeg/encode/histogram.ts'
import { steps } from '../jpeg/encode/quantizer.ts'
import { ZIGZAG } from '../jpeg/encode/zigzag.ts'
import { BLUE, endGroup, GROUP, RED, takeChroma, takeLuma } from './windows.ts'

/** Rows of MCUs that are looked at, about. */
const ROWS: i32 = 24

const SOURCE: usize = memory.data(256, 16)
const RESULT: usize = memory.data(256, 16)
const LAST_DC: usize = memory.data(16, 16)

let token: usize = 0

/** Reads the tokens from `at`; {@link beginWindows} came before. */
export function scoreEncoded(at: usize): void {
  token = at
  memory.fill(LAST_DC, 0, 16)
  let every = max<i32>(1, mcuRows / ROWS)
  // Blocks of luma follow each other within an MCU; where it has only one, two MCUs make a group.
  let blocksInMcu = chromaStep * chromaStep
  let inGroup = blocksInMcu === GROUP ? GROUP : 2
  for (let row = 0; row < mcuRows; row++) {
    let looked = row % every === every >> 1
    let held = 0
    for (let column = 0; column < mcuColumns; column++) {
      let mcu = row * mcuColumns + column
      for (let c = 0; c < frameComponents; c++) {
        let blocks = blockSide(c) * blockSide(c)
        for (let b = 0; b < blocks; b++) {
          readBlock(c, looked)
          if (!looked) continue
          readSource(coefficients(c) + <usize>(mcu * blocks + b) * BLOCK_BYTES)
          if (c > 0) takeChroma(c === 1 ? BLUE : RED, SOURCE, RESULT)
          else {
            takeLuma(held++, SOURCE, RESULT)
            if (held === inGroup) {
              endGroup(held)
              held = 0
            }
          }
        }
      }
    }
  }
}

function readSource(block: usize): void {
  for (let k: usize = 0; k < 64; k++) {
    let place = <usize>unchecked(ZIGZAG[<i32>k])
    store<f32>(SOURCE + (place << 2), f32(load<i16>(block + (k << 1))))
  }
}

/** Levels of the next block times their steps, in the order of rows; without `wanted` only its end is found. */
function readBlock(c: i32, wanted: bool): void {
  let step = steps(c === 0 ? 0 : 1)
  if (wanted) memory.fill(RESULT, 0, 256)
  let first = load<u32>(token)
  token += 4
  let dc = load<i32>(LAST_DC + ((<usize>c) << 2)) + signedValue(first)
  store<i32>(LAST_DC + ((<usize>c) << 2), dc)
  store<f32>(RESULT, f32((dc * <i32>load<i16>(step)) << 3))
  for (let k = 1; k < 64; k++) {
    let entry = load<u32>(token)
    token += 4
    let symbol = <i32>((entry >> 16) & 0xff)
    if (symbol === EOB) return
    if (symbol === ZRL) {
      k += 15
      continue
    }
    k += symbol >> 4
    if (!wanted) continue
    let place = <usize>unchecked(ZIGZAG[k])
    let level = signedValue(entry) * <i32>load<i16>(step + ((<usize>k) << 1))
    store<f32>(RESULT + (place << 2), f32(level << 3))
  }
}

/** The signed value of a token (T.81 F.2.2.1). */
function signedValue(entry: u32): i32 {
  let size = (entry >> 16) & 15
  if (size === 0) return 0
  let bits = <i32>(entry & 0xffff)
  return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits
}
