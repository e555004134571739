// A PNG's data to the stage. JavaScript has walked the chunks before it; sizes, depths and palette come from there.

import {
  CONTINUE,
  DECODE_DONE,
  DECODE_NEED_INPUT,
  ERROR_MALFORMED,
  ERROR_TRUNCATED,
} from '../../jpeg/decode/outcome.ts'
import { inputLeft } from './bits.ts'
import { beginIdat, cutOff, feed, IDAT_BAD, IDAT_INPUT, idatOver } from './idat.ts'
import {
  beginInflate,
  INFLATE_BAD,
  INFLATE_DONE,
  INFLATE_INPUT,
  INFLATE_SHORT,
  inflate,
  outEnd,
  take,
  taken,
  wrongSum,
} from './inflate.ts'
import { complete, excess, madeUp, makeUp, takeBytes } from './rows.ts'

/** Bytes behind the last row that are looked at before the stream is called overlong. */
const MOST_EXCESS: usize = 65536

let ended: bool = false
let trailing: bool = false

/** Waits for the first IDAT chunk, whose length field lies at `offset` of the file. */
export function beginDecoder(offset: usize): void {
  beginIdat(offset)
  beginInflate()
  ended = false
  trailing = false
}

/** Goes on until the picture is on the stage (0), input is needed (1) or it cannot be decoded (negative). */
export function decodePng(): i32 {
  let outcome = CONTINUE
  while (outcome === CONTINUE) outcome = ended ? drain() : advance()
  return outcome
}

function advance(): i32 {
  let outcome = inflate()
  let fine = takeBytes(taken, outEnd)
  take(outEnd)
  if (!fine || (outcome === INFLATE_BAD && !complete)) return ERROR_MALFORMED
  if (outcome === INFLATE_INPUT) {
    let given = feed()
    if (given === IDAT_INPUT) return DECODE_NEED_INPUT
    return given === IDAT_BAD ? ERROR_MALFORMED : CONTINUE
  }
  if (outcome === INFLATE_DONE || outcome === INFLATE_SHORT) {
    if (!complete && !makeUp()) return ERROR_TRUNCATED
    ended = true
    return outcome === INFLATE_DONE ? CONTINUE : DECODE_DONE
  }
  if (complete && (outcome === INFLATE_BAD || excess > MOST_EXCESS)) {
    trailing = true
    return DECODE_DONE
  }
  return CONTINUE
}

/** The stream is over: the rest of its chunks has to be empty. */
function drain(): i32 {
  if (inputLeft()) {
    trailing = true
    return DECODE_DONE
  }
  if (idatOver()) return DECODE_DONE
  let given = feed()
  if (given === IDAT_INPUT) return DECODE_NEED_INPUT
  return given === IDAT_BAD ? ERROR_MALFORMED : CONTINUE
}

/** Rows were missing and were made up. */
export function pngTruncated(): bool {
  return madeUp
}

/** The checksum of the pixels is wrong. */
export function pngDamaged(): bool {
  return wrongSum && !madeUp
}

/** The data holds the picture and not a byte else, all of it checked. */
export function pngExact(): bool {
  return !madeUp && !wrongSum && !trailing && !cutOff && !excess
}
