// Deflate: bytes to tokens, by matches that wait for a better one or by the cheapest way, tokens to blocks that are joined while that is smaller.

import { alloc, mark, release } from '../../memory.ts'
import { beginBlocks, COUNT_BYTES, countTokens, MATCH, planBlock, writeBlock } from './block.ts'
import { beginMatches, findMatch, matchDistance, matchLength } from './matches.ts'
import { beginParse, parseStretch, STRETCH } from './parse.ts'

/** Tokens of a block at first, and how many such blocks are held while they may still be joined. */
const BLOCK_TOKENS: usize = 8192
const MOST_TOKENS: usize = STRETCH * 4
/** Places looked at, and the length that ends the search. */
const DEPTH: i32 = 12
const ENOUGH: usize = 130
/** A match as long as this does not wait for a better one. */
const NO_WAIT: usize = 64
/** A match of four bytes pays only when it is as near as this. */
const NEAR: usize = 4096

let at: usize = 0
let end: usize = 0

/**
 * Deflates the bytes from `from` to `to` into the open bit stream; 16 bytes behind them are readable.
 *
 * @param thorough two to three times the work for some percent fewer bytes
 */
export function deflate(from: usize, to: usize, thorough: bool): void {
  let start = mark()
  beginBlocks()
  beginMatches(from, to)
  at = from
  end = to
  if (thorough) beginParse()
  let tokens = alloc((MOST_TOKENS + 2) * 4)
  let joined = alloc(COUNT_BYTES)
  let own = alloc(COUNT_BYTES)
  let both = alloc(COUNT_BYTES)
  // A block that waits lies at the front of the tokens; the next is made behind it.
  let waiting: usize = 0
  let waitingBits: u32 = 0
  do {
    let begin = tokens + waiting * 4
    let stop: usize
    if (thorough) {
      let stretch = min(end - at, STRETCH)
      stop = parseStretch(at, at + stretch, begin)
      at += stretch
    } else stop = makeTokens(begin, begin + BLOCK_TOKENS * 4)
    let made = (stop - begin) >> 2
    countTokens(begin, stop, own)
    let ownBits = planBlock(own)
    if (!waiting) {
      memory.copy(joined, own, COUNT_BYTES)
      waitingBits = ownBits
      waiting = made
      continue
    }
    for (let i: usize = 0; i < COUNT_BYTES; i += 4)
      store<u32>(both + i, load<u32>(joined + i) + load<u32>(own + i))
    store<u32>(both, 1, 256 * 4)
    let bits = planBlock(both)
    if (bits <= waitingBits + ownBits && waiting + made + STRETCH <= MOST_TOKENS) {
      memory.copy(joined, both, COUNT_BYTES)
      waitingBits = bits
      waiting += made
    } else {
      planBlock(joined)
      writeBlock(tokens, begin, false)
      memory.copy(tokens, begin, made << 2)
      memory.copy(joined, own, COUNT_BYTES)
      waitingBits = ownBits
      waiting = made
    }
  } while (at < end)
  planBlock(joined)
  writeBlock(tokens, tokens + waiting * 4, true)
  release(start)
}

/** Makes tokens until there is no room or nothing left; returns where they end. */
function makeTokens(to: usize, limit: usize): usize {
  let length: usize = 0
  let distance: usize = 0
  while (at < end && to < limit) {
    if (!length) {
      findMatch(at, 0, DEPTH, ENOUGH)
      takeFound()
      length = foundLength
      distance = foundDistance
    }
    if (!length) {
      store<u32>(to, load<u8>(at++))
      to += 4
      continue
    }
    if (length < NO_WAIT) {
      findMatch(at + 1, length, DEPTH >> 1, ENOUGH)
      takeFound()
      if (foundLength > length) {
        store<u32>(to, load<u8>(at++))
        to += 4
        length = foundLength
        distance = foundDistance
        continue
      }
    }
    store<u32>(to, MATCH | ((<u32>(length - 3)) << 16) | <u32>(distance - 1))
    to += 4
    at += length
    length = 0
  }
  // A match that was put off when the room ended is found again by the next call.
  return to
}

let foundLength: usize = 0
let foundDistance: usize = 0

function takeFound(): void {
  foundLength = matchLength === 4 && matchDistance > NEAR ? 0 : matchLength
  foundDistance = matchDistance
}
