import { concat, fromLatin1, latin1, u32be } from '../../bytes.ts'

/** A box of an ISO media file (ISO/IEC 14496-12, 4.2), or an atom of a QuickTime one. */
export type Box = {
  readonly type: string
  /** Offset of its size field, in the array that it was read from. */
  readonly start: number
  /** Its content; shorter than it says where the array ends. */
  readonly data: Uint8Array
  readonly end: number
}

/** Boxes looked at in one container at most: real ones have a dozen, a movie of many tracks a hundred. */
const MOST_BOXES = 4096

/** The boxes one behind the other in `bytes`; ends at the first that is none or that goes past the end. */
export function* boxes(bytes: Uint8Array): Generator<Box> {
  let at = 0
  for (let count = 0; at + 8 <= bytes.length && count < MOST_BOXES; count++) {
    const { size, header } = boxSize(bytes, at)
    const end = size === 0 ? bytes.length : at + size
    if ((size !== 0 && size < header) || end > bytes.length) return
    yield { type: latin1(bytes, at + 4, 4), start: at, data: bytes.subarray(at + header, end), end }
    at = end
  }
}

/** Size and header size of the box at `at`: a size of 1 stands for one of 64 bits behind the type, 0 for "to the end". */
export function boxSize(bytes: Uint8Array, at: number): { readonly size: number; readonly header: number } {
  const size = u32be(bytes, at)
  if (size !== 1) return { size, header: 8 }
  const high = u32be(bytes, at + 8)
  const low = u32be(bytes, at + 12)
  return { size: high < 0 || low < 0 || high > 0xffff ? -1 : high * 2 ** 32 + low, header: 16 }
}

/** The content of the first box on a path of types. */
export function find(bytes: Uint8Array, ...path: readonly string[]): Uint8Array | undefined {
  let inside: Uint8Array | undefined = bytes
  for (const type of path) inside = inside && firstOf(inside, type)
  return inside
}

function firstOf(bytes: Uint8Array, type: string): Uint8Array | undefined {
  for (const box of boxes(bytes)) if (box.type === type) return box.data
  return undefined
}

/** A box in bytes. */
export function box(type: string, ...content: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = concat(content)
  return concat([u32(body.length + 8), fromLatin1(type), body])
}

/** A box that begins with version and flags. */
export function fullBox(
  type: string,
  version: number,
  flags: number,
  ...content: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  return box(type, u32(version * 2 ** 24 + flags), ...content)
}

/** Numbers of 32 bits, most significant byte first. */
export function u32(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  values.forEach((value, at) => {
    view.setUint32(at * 4, value)
  })
  return bytes
}

/** Numbers of 16 bits, most significant byte first. */
export function u16(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(values.flatMap((value) => [(value >> 8) & 255, value & 255]))
}
