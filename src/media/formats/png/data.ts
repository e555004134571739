import { hasAt, u32be } from '../../bytes.ts'
import { crc32 } from '../../crc32.ts'
import { PNG_SIGNATURE, pngChunks } from './chunks.ts'

/**
 * The compressed data, chunk by chunk, each compared with its checksum when it is wanted. Of a file that is cut the
 * last piece is what there is of it.
 */
export function* pngData(bytes: Uint8Array, damaged: () => void): Generator<Uint8Array, undefined> {
  let behind = PNG_SIGNATURE
  for (const { name, data, start, end } of pngChunks(bytes)) {
    behind = end
    if (name !== 'IDAT') continue
    if (crc32(bytes.subarray(start + 4, end - 4)) !== u32be(bytes, end - 4)) damaged()
    yield data
  }
  if (hasAt(bytes, behind + 4, 'IDAT')) yield bytes.subarray(behind + 8)
  return undefined
}
