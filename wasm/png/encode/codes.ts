// Huffman codes of at most `limit` bits from counts, and their bits as deflate sends them: lowest first, so reversed.

/** Symbols that occur, as u32 count << 9 | symbol, in order; and the tree over them. */
const SORTED: usize = memory.data(288 * 4, 16)
const NODES: usize = memory.data(576 * 4, 16)
const PARENTS: usize = memory.data(576 * 2, 16)
const DEPTHS: usize = memory.data(576, 16)
const LENGTH_COUNTS: usize = memory.data(16 * 4, 16)
const NEXT_CODES: usize = memory.data(16 * 4, 16)

/**
 * Chooses the lengths.
 *
 * @param counts u32 a symbol, below 2^22
 * @param lengths a byte a symbol, written; 0 for symbols that do not occur
 * @param limit bits of the longest code
 */
export function chooseLengths(counts: usize, symbols: i32, lengths: usize, limit: i32): void {
  memory.fill(lengths, 0, symbols)
  let used = 0
  for (let s = 0; s < symbols; s++) {
    let count = load<u32>(counts + ((<usize>s) << 2))
    if (count) insertSorted(used++, (count << 9) | s)
  }
  if (used === 0) return
  if (used === 1) {
    store<u8>(lengths + <usize>(load<u32>(SORTED) & 511), 1)
    return
  }
  buildTree(used)
  limitLengths(used, limit)
  // The rarest symbols take the longest codes.
  let at = SORTED
  for (let length = limit; length > 0; length--) {
    for (let n = load<u32>(LENGTH_COUNTS + ((<usize>length) << 2)); n > 0; n--) {
      store<u8>(lengths + <usize>(load<u32>(at) & 511), length)
      at += 4
    }
  }
}

function insertSorted(used: i32, value: u32): void {
  // A heap would be quicker for many symbols; there are 286 at most, and this is done a few dozen times a picture.
  let low = 0
  let high = used
  while (low < high) {
    let middle = (low + high) >> 1
    if (load<u32>(SORTED + ((<usize>middle) << 2)) < value) low = middle + 1
    else high = middle
  }
  let at = SORTED + ((<usize>low) << 2)
  memory.copy(at + 4, at, (<usize>(used - low)) << 2)
  store<u32>(at, value)
}

/** Joins the two lightest nodes until one is left: leaves and inner nodes both come in order of their weight. */
function buildTree(used: i32): void {
  for (let i = 0; i < used; i++)
    store<u32>(NODES + ((<usize>i) << 2), load<u32>(SORTED + ((<usize>i) << 2)) >> 9)
  let leaf = 0
  let inner = used
  let end = used
  while (end < 2 * used - 1) {
    let weight: u32 = 0
    for (let side = 0; side < 2; side++) {
      let takeLeaf =
        leaf < used &&
        (inner >= end || load<u32>(NODES + ((<usize>leaf) << 2)) <= load<u32>(NODES + ((<usize>inner) << 2)))
      let node = takeLeaf ? leaf++ : inner++
      weight += load<u32>(NODES + ((<usize>node) << 2))
      store<u16>(PARENTS + ((<usize>node) << 1), end)
    }
    store<u32>(NODES + ((<usize>end) << 2), weight)
    end++
  }
  store<u8>(DEPTHS + <usize>(end - 1), 0)
  for (let node = end - 2; node >= 0; node--) {
    let parent = <usize>load<u16>(PARENTS + ((<usize>node) << 1))
    store<u8>(DEPTHS + <usize>node, min<u32>(<u32>load<u8>(DEPTHS + parent) + 1, 255))
  }
}

/** Counts codes of each length, and makes them a prefix code within the limit. */
function limitLengths(used: i32, limit: i32): void {
  memory.fill(LENGTH_COUNTS, 0, 64)
  for (let i = 0; i < used; i++) {
    let at = LENGTH_COUNTS + ((<usize>min<i32>(load<u8>(DEPTHS + <usize>i), limit)) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  let sum: u32 = 0
  for (let l = 1; l <= limit; l++) sum += load<u32>(LENGTH_COUNTS + ((<usize>l) << 2)) << (limit - l)
  while (sum > (<u32>1) << limit) {
    // One of the longest codes goes beside a shorter one, which gets a bit longer.
    let l = limit - 1
    while (!load<u32>(LENGTH_COUNTS + ((<usize>l) << 2))) l--
    let shorter = LENGTH_COUNTS + ((<usize>l) << 2)
    store<u32>(shorter, load<u32>(shorter) - 1)
    store<u32>(shorter, load<u32>(shorter, 4) + 2, 4)
    let longest = LENGTH_COUNTS + ((<usize>limit) << 2)
    store<u32>(longest, load<u32>(longest) - 1)
    sum--
  }
}

/** Writes the code of each symbol, u16, its bits reversed (RFC 1951, 3.2.2). */
export function assignCodes(lengths: usize, symbols: i32, codes: usize): void {
  memory.fill(LENGTH_COUNTS, 0, 64)
  for (let s = 0; s < symbols; s++) {
    let at = LENGTH_COUNTS + ((<usize>load<u8>(lengths + <usize>s)) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  let code: u32 = 0
  store<u32>(LENGTH_COUNTS, 0)
  for (let l: usize = 1; l < 16; l++) {
    code = (code + load<u32>(LENGTH_COUNTS + ((l - 1) << 2))) << 1
    store<u32>(NEXT_CODES + (l << 2), code)
  }
  for (let s = 0; s < symbols; s++) {
    let length = <usize>load<u8>(lengths + <usize>s)
    if (!length) continue
    let value = load<u32>(NEXT_CODES + (length << 2))
    store<u32>(NEXT_CODES + (length << 2), value + 1)
    let turned: u32 = 0
    for (let i: usize = 0; i < length; i++) {
      turned = (turned << 1) | (value & 1)
      value >>= 1
    }
    store<u16>(codes + ((<usize>s) << 1), turned)
  }
}
