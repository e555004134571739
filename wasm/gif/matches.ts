// The indices of a part and their codes, chosen together: at each place the longest string of the table whose colors are
// all near enough, and of several the one with the least error. Strings may go on below what is kept.

import { alloc } from '../memory.ts'
import { lengthOf, placeOf } from '../pixel/quantise-space.ts'
import { placeOfIndex } from './colors.ts'
import { allowances, keptErrors, nearest, wantedColors } from './difference.ts'
import { beginSink, endSink, putCode, sinkFull } from './sink.ts'

const MOST_CODES: u32 = 4096
/** The tree of strings: first child, next sibling and parent of each, u16; 0 is none. The last index of each. */
const CHILD: usize = memory.data(4096 * 2, 16)
const SIBLING: usize = memory.data(4096 * 2, 16)
const PARENT: usize = memory.data(4096 * 2, 16)
const LAST: usize = memory.data(4096, 16)

/** Strings that are followed at once: node, first index, error so far, unused. */
const WIDTH: i32 = 6
const FRONT: usize = memory.data(2 * 8 * 16, 16)
const FRONT_BYTES: usize = 8 * 16
const ROOT: usize = 4
const ERROR: usize = 8

/** What was chosen, an index a pixel. */
export let chosen: usize = 0

let clearCode: u32 = 0
let next: u32 = 0
let codeBits: u32 = 0
let rootBits: u32 = 0
/** The string before, to which the first index of the next one is added; 0 behind a clear code. */
let pending: u32 = 0
let pendingReal: bool = false
let transparent: i32 = 0

/** Takes the memory for parts of up to `pixels`. */
export function beginMatches(pixels: i32): void {
  chosen = alloc(<usize>pixels + 16)
}

function restart(): void {
  putCode(clearCode, codeBits)
  next = clearCode + 2
  codeBits = rootBits + 1
  pendingReal = false
  memory.fill(CHILD, 0, 4096 * 2)
}

function put(node: u32): void {
  putCode(node, codeBits)
}

/** Counts the string that a reader of the file adds now, and makes it known here when it is a new one. */
function grow(first: i32): void {
  if (!pendingReal || next >= MOST_CODES) return
  let node = <usize>next
  if (!childOf(pending, first)) {
    store<u16>(SIBLING + (node << 1), load<u16>(CHILD + ((<usize>pending) << 1)))
    store<u16>(CHILD + ((<usize>pending) << 1), <u16>node)
    store<u16>(PARENT + (node << 1), <u16>pending)
    store<u8>(LAST + node, <u8>first)
    store<u16>(CHILD + (node << 1), 0)
  }
  next++
}

function childOf(node: u32, index: i32): u32 {
  let child: u32 = load<u16>(CHILD + ((<usize>node) << 1))
  while (child && <i32>load<u8>(LAST + <usize>child) !== index)
    child = load<u16>(SIBLING + ((<usize>child) << 1))
  return child
}

/** Strings in the front that is being read, and in the one that is being made. */
let count = 0
let made = 0
let front: usize = 0
let other: usize = 0

/** Adds a string to the front in the making, in place of the worst when it is full. */
function follow(node: u32, root: i32, error: f32): void {
  let at = other + ((<usize>made) << 4)
  if (made === WIDTH) {
    let worst = other
    for (let f = other + 16; f < at; f += 16) if (load<f32>(f + ERROR) > load<f32>(worst + ERROR)) worst = f
    if (load<f32>(worst + ERROR) <= error) return
    at = worst
  } else made++
  store<u32>(at, node)
  store<i32>(at + ROOT, root)
  store<f32>(at + ERROR, error)
}

function swap(): void {
  let read = other
  other = front
  front = read
  count = made
  made = 0
}

/** Starts with every index that is likely to do at pixel `i`. */
function seed(i: usize, above: usize): void {
  made = 0
  let allowed = load<f32>(allowances + (i << 2))
  let kept = load<f32>(keptErrors + (i << 2))
  if (kept <= allowed) follow(<u32>transparent, transparent, kept)
  let color = load<u32>(wantedColors + (i << 2))
  if (!color) return
  let place = placeOf(color)
  let best = <i32>load<u8>(nearest + i)
  follow(<u32>best, best, lengthOf(f32x4.sub(place, placeOfIndex(best))))
  if (i > 0) seedWith(<i32>load<u8>(chosen + i - 1), best, place, allowed)
  if (above) seedWith(<i32>load<u8>(above), best, place, allowed)
}

function seedWith(index: i32, best: i32, place: v128, allowed: f32): void {
  if (index === best || index === transparent) return
  for (let f = other; f < other + ((<usize>made) << 4); f += 16) if (load<i32>(f + ROOT) === index) return
  let error = lengthOf(f32x4.sub(place, placeOfIndex(index)))
  if (error <= allowed) follow(<u32>index, index, error)
}

/**
 * Writes the codes of `pixels` pixels, `width` a row, with `colors` colors of the palette and a transparent index behind
 * them. Returns whether they fit the sink.
 */
export function writeMatches(pixels: usize, width: usize, size: i32, transparentIndex: i32): bool {
  transparent = transparentIndex
  rootBits = <u32>size
  clearCode = 1 << rootBits
  codeBits = rootBits + 1
  front = FRONT
  other = FRONT + FRONT_BYTES
  beginSink()
  restart()
  let i: usize = 0
  // How well the table serves: pixels a code over the last while, against the best of it.
  let codes = 0
  let from: usize = 0
  let best: f32 = 0
  while (i < pixels) {
    seed(i, i >= width ? chosen + i - width : 0)
    swap()
    // A string and its own first index, which a reader knows one code later.
    let likely = load<i32>(front + ROOT)
    let known = pendingReal && next < MOST_CODES
    let fresh = known && !childOf(pending, likely) ? next : 0
    if (fresh) grow(likely)
    let j = i + 1
    while (j < pixels) {
      let color = load<u32>(wantedColors + (j << 2))
      let place = placeOf(color)
      let allowed = load<f32>(allowances + (j << 2))
      let kept = load<f32>(keptErrors + (j << 2))
      for (let f = front, end = front + ((<usize>count) << 4); f < end; f += 16) {
        let node: u32 = load<u32>(f)
        let error = load<f32>(f + ERROR)
        let child: u32 = load<u16>(CHILD + ((<usize>node) << 1))
        for (; child; child = load<u16>(SIBLING + ((<usize>child) << 1))) {
          let index = <i32>load<u8>(LAST + <usize>child)
          let more = kept
          if (index !== transparent) {
            if (!color) continue
            more = lengthOf(f32x4.sub(place, placeOfIndex(index)))
          }
          if (more > allowed) continue
          if (child === fresh && load<i32>(f + ROOT) !== likely) continue
          follow(child, load<i32>(f + ROOT), error + more)
        }
      }
      if (!made) break
      swap()
      j++
    }
    let pick = front
    for (let f = front + 16, end = front + ((<usize>count) << 4); f < end; f += 16)
      if (load<f32>(f + ERROR) < load<f32>(pick + ERROR)) pick = f
    let node: u32 = load<u32>(pick)
    let first = load<i32>(pick + ROOT)
    put(node)
    if (sinkFull()) return false
    for (let at = node, back = j; back > i; ) {
      back--
      store<u8>(chosen + back, at < clearCode ? <u8>at : load<u8>(LAST + <usize>at))
      at = load<u16>(PARENT + ((<usize>at) << 1))
    }
    if (fresh && first !== likely) {
      // It is another string that is added.
      store<u16>(CHILD + ((<usize>pending) << 1), load<u16>(SIBLING + ((<usize>fresh) << 1)))
      next--
    }
    if (known && !(fresh && first === likely)) grow(first)
    if (next === 1 << codeBits && codeBits < 12) codeBits++
    pending = node
    pendingReal = true
    i = j
    codes++
    if (next >= MOST_CODES && codes >= 512) {
      let rate = <f32>(i - from) / <f32>codes
      if (rate < best * <f32>0.9) {
        restart()
        best = 0
      } else if (rate > best) best = rate
      codes = 0
      from = i
    } else if (next < MOST_CODES) {
      codes = 0
      from = i
    }
  }
  put(clearCode + 1)
  return endSink()
}
