// The colors of a picture, each with the weight of its pixels. When there are more than the table holds, their lowest
// bits are dropped until there are not.

import { alloc } from '../memory.ts'

const SLOT_BITS: u32 = 16
const SLOTS: u32 = 1 << SLOT_BITS
const TABLE_BYTES: usize = (<usize>SLOTS) << 3
/** Colors that may lie in the table before it is made coarser. */
const MOST: u32 = (SLOTS * 5) / 8

/** A slot: u32 color, u32 weight; free when the weight is 0. Behind the table lies as much room to copy it to. */
let slots: usize = 0
/** Bits that were dropped from each color. */
let dropped: u32 = 0
/** Distinct colors. */
export let colorCount: u32 = 0

/** Empties the table; its memory is the caller's to release. */
export function beginHistogram(): void {
  slots = alloc(TABLE_BYTES * 2)
  memory.fill(slots, 0, TABLE_BYTES)
  dropped = 0
  colorCount = 0
}

/** Counts pixels of one color (red in the lowest byte); the weight is at least 1. */
export function countColor(rgba: u32, weight: u32): void {
  insert(coarse(rgba), weight)
  while (colorCount > MOST) coarsen()
}

/** Whether every color is counted as it is. */
export function exactColors(): bool {
  return dropped === 0
}

/** Opaque stays opaque. */
function coarse(rgba: u32): u32 {
  if (!dropped) return rgba
  let mask: u32 = ((0xff << dropped) & 0xff) * 0x010101
  return rgba & (mask | 0xff000000) & (rgba >> 24 === 255 ? 0xffffffff : (mask << 8) | 0xffffff)
}

function insert(color: u32, weight: u32): void {
  let slot = (color * 0x9e3779b1) >> (32 - SLOT_BITS)
  for (;;) {
    let at = slots + ((<usize>slot) << 3)
    let held = load<u32>(at, 4)
    if (!held || load<u32>(at) === color) {
      store<u32>(at, color)
      store<u32>(at, held + weight, 4)
      if (!held) colorCount++
      return
    }
    slot = (slot + 1) & (SLOTS - 1)
  }
}

/** Drops one more bit. */
function coarsen(): void {
  dropped++
  let list = slots + TABLE_BYTES
  let end = list
  for (let at = slots; at < slots + TABLE_BYTES; at += 8) {
    if (!load<u32>(at, 4)) continue
    store<u64>(end, load<u64>(at))
    end += 8
  }
  memory.fill(slots, 0, TABLE_BYTES)
  colorCount = 0
  for (; list < end; list += 8) insert(coarse(load<u32>(list)), load<u32>(list, 4))
}

/**
 * Writes each color, as the middle of those that it stands for, and its weight: less than its pixels' where they are many,
 * so that a small patch of a color of its own is not lost.
 */
export function listColors(colors: usize, weights: usize): void {
  let middle: u32 = dropped ? ((<u32>0x010101) << dropped) >> 1 : 0
  for (let at = slots; at < slots + TABLE_BYTES; at += 8) {
    let weight = load<u32>(at, 4)
    if (!weight) continue
    let color = load<u32>(at)
    store<u32>(colors, color ? color + middle : 0)
    let root = sqrt<f32>(<f32>weight)
    store<f32>(weights, root * sqrt<f32>(root))
    colors += 4
    weights += 4
  }
}
