import { latin1, u32be } from '../../bytes.ts'
import { crc32 } from '../../crc32.ts'

/** One chunk of a PNG file. */
export type PngChunk = {
  /** Four letters, such as IDAT. */
  readonly name: string
  /** Offset of the chunk's length field. */
  readonly start: number
  /** Its data. */
  readonly data: Uint8Array
  /** Offset behind its CRC. */
  readonly end: number
}

/** The eight bytes before the first chunk. */
export const PNG_SIGNATURE = 8

/** Chunks in file order up to and with IEND; a chunk that the file cuts short is not given. */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk> {
  let at = PNG_SIGNATURE
  while (at + 12 <= bytes.length) {
    const length = u32be(bytes, at)
    const end = at + 12 + length
    if (length > 0x7fffffff || end > bytes.length) return
    const name = latin1(bytes, at + 4, 4)
    yield { name, start: at, data: bytes.subarray(at + 8, at + 8 + length), end }
    if (name === 'IEND') return
    at = end
  }
}

/** Whether a chunk's checksum is that of its name and data. */
export function isSound(bytes: Uint8Array, { start, end }: PngChunk): boolean {
  return crc32(bytes.subarray(start + 4, end - 4)) === u32be(bytes, end - 4)
}
