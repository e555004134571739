// Optimal Huffman tables for a histogram: code lengths by Moffat and Katajainen's in-place method, cut to 16 bits as
// T.81 K.2 does, codes in canonical order.

import { counts, TABLES } from './histogram.ts'

/** Per table: 256 u32, code << 8 | length; length 0 for a symbol that does not occur. */
const CODES: usize = memory.data(4 * 256 * 4, 16)
/** Per table: symbols of each length, index 1..16. */
const LENGTH_COUNTS: usize = memory.data(4 * 32, 16)
/** Per table: symbols that occur, most frequent first, as DHT lists them. */
const ORDER: usize = memory.data(4 * 256, 16)
/** Symbols that occur, per table. */
const USED: usize = memory.data(4 * 4, 16)
/** Sorted (count << 8 | symbol) of the table being made, ascending, and the working array of the tree. */
const SORTED: usize = memory.data(257 * 8, 16)
const TREE: usize = memory.data(257 * 8, 16)
/** Symbols at each depth before the cut. */
const DEPTHS: usize = memory.data(260 * 4, 16)

/** Address of the 256 u32 `code << 8 | length` of one table. */
export function codes(table: i32): usize {
  return CODES + <usize>table * 1024
}

/** How many codes of one table have this length, 1..16. */
export function codesOfLength(table: i32, length: i32): i32 {
  return <i32>load<u8>(LENGTH_COUNTS + <usize>table * 32 + <usize>length)
}

/** Symbols of one table that have a code. */
export function usedSymbols(table: i32): i32 {
  return load<i32>(USED + <usize>table * 4)
}

/** Address of those symbols (u8), shortest code first. */
export function symbolOrder(table: i32): usize {
  return ORDER + <usize>table * 256
}

/**
 * Makes the code of one table from the histogram.
 *
 * @returns bits that the counted symbols take with it, codes and the value bits behind them
 */
export function buildCode(table: i32): u64 {
  let used = sortSymbols(table)
  store<i32>(USED + <usize>table * 4, used)
  memory.fill(codes(table), 0, 1024)
  memory.fill(LENGTH_COUNTS + <usize>table * 32, 0, 32)
  if (used === 0) return 0
  // The reserved symbol (the code of all ones must stay free) is the first of the sorted, with the smallest count.
  countDepths(used + 1)
  cutDepths()
  return assign(table, used)
}

/** As {@link buildCode} for all tables that the picture uses. */
export function buildCodes(components: i32): u64 {
  let bits: u64 = 0
  for (let t = 0; t < TABLES; t++) {
    if (components === 1 && (t & 1) !== 0) {
      store<i32>(USED + <usize>t * 4, 0)
      continue
    }
    bits += buildCode(t)
  }
  return bits
}

/** Fills SORTED with the reserved symbol and every symbol that occurs, by count; returns how many occur. */
function sortSymbols(table: i32): i32 {
  store<u64>(SORTED, 0)
  let used = 0
  for (let s = 0; s < 256; s++) {
    let count = <u64>load<u32>(counts(table) + <usize>s * 4)
    if (count === 0) continue
    let key = (count << 8) | <u64>s
    let i = used
    // Few symbols occur and most frequent ones have small values, so insertion is cheap here.
    while (i > 0 && load<u64>(SORTED + <usize>i * 8) > key) {
      store<u64>(SORTED + <usize>(i + 1) * 8, load<u64>(SORTED + <usize>i * 8))
      i--
    }
    store<u64>(SORTED + <usize>(i + 1) * 8, key)
    used++
  }
  return used
}

function tree(i: i32): i64 {
  return load<i64>(TREE + <usize>i * 8)
}

function setTree(i: i32, value: i64): void {
  store<i64>(TREE + <usize>i * 8, value)
}

/** Depths of n >= 2 leaves whose weights are the sorted counts; leaves of each depth go to DEPTHS. */
function countDepths(n: i32): void {
  for (let i = 0; i < n; i++) setTree(i, <i64>(load<u64>(SORTED + <usize>i * 8) >> 8))
  // The reserved symbol weighs as little as anything can.
  setTree(0, 1)
  let root = 0
  let leaf = 2
  setTree(0, tree(0) + tree(1))
  for (let next = 1; next < n - 1; next++) {
    if (leaf >= n || tree(root) < tree(leaf)) {
      setTree(next, tree(root))
      setTree(root++, next)
    } else setTree(next, tree(leaf++))
    if (leaf >= n || (root < next && tree(root) < tree(leaf))) {
      setTree(next, tree(next) + tree(root))
      setTree(root++, next)
    } else setTree(next, tree(next) + tree(leaf++))
  }
  setTree(n - 2, 0)
  for (let next = n - 3; next >= 0; next--) setTree(next, tree(<i32>tree(next)) + 1)
  memory.fill(DEPTHS, 0, 260 * 4)
  let available = 1
  let inner = 0
  let depth = 0
  root = n - 2
  while (available > 0) {
    while (root >= 0 && tree(root) === depth) {
      inner++
      root--
    }
    store<i32>(DEPTHS + <usize>depth * 4, available - inner)
    available = 2 * inner
    depth++
    inner = 0
  }
}

function depthCount(depth: i32): i32 {
  return load<i32>(DEPTHS + <usize>depth * 4)
}

function addDepth(depth: i32, change: i32): void {
  store<i32>(DEPTHS + <usize>depth * 4, depthCount(depth) + change)
}

/** Moves leaves deeper than 16 up, two at a time, and takes the reserved one out (T.81 figure K.3). */
function cutDepths(): void {
  for (let depth = 256; depth > 16; depth--) {
    while (depthCount(depth) > 0) {
      let j = depth - 2
      while (depthCount(j) === 0) j--
      addDepth(depth, -2)
      addDepth(depth - 1, 1)
      addDepth(j + 1, 2)
      addDepth(j, -1)
    }
  }
  let depth = 16
  while (depthCount(depth) === 0) depth--
  addDepth(depth, -1)
}

/** Gives out canonical codes, most frequent symbol first; returns the bits of everything counted. */
function assign(table: i32, used: i32): u64 {
  let bits: u64 = 0
  let code = 0
  let i = 0
  for (let length = 1; length <= 16; length++) {
    let n = depthCount(length)
    store<u8>(LENGTH_COUNTS + <usize>table * 32 + <usize>length, <u8>n)
    for (; n > 0; n--) {
      let key = load<u64>(SORTED + <usize>(used - i) * 8)
      let symbol = <i32>(key & 0xff)
      store<u8>(symbolOrder(table) + <usize>i, <u8>symbol)
      store<u32>(codes(table) + <usize>symbol * 4, ((<u32>code) << 8) | <u32>length)
      bits += (key >> 8) * <u64>(length + (symbol & 15))
      code++
      i++
    }
    code <<= 1
  }
  return bits
}
