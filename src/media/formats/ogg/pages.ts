import { hasAt, u32le } from '../../bytes.ts'

/** One page of an Ogg stream, RFC 3533, section 6. */
export type OggPage = {
  /** 1 continues a packet, 2 begins the stream, 4 ends it. */
  readonly flags: number
  /** The eight bytes of the granule position. */
  readonly granule: Uint8Array
  readonly serial: number
  /** Lengths of its segments; one under 255 ends a packet. */
  readonly lacing: Uint8Array
  readonly data: Uint8Array
}

/** The pages from the start of the file, up to the first byte that is none; that place is the return value. */
export function* oggPages(bytes: Uint8Array): Generator<OggPage, number> {
  let at = 0
  while (hasAt(bytes, at, 'OggS\0') && at + 27 <= bytes.length) {
    const count = bytes[at + 26]!
    const lacing = bytes.subarray(at + 27, at + 27 + count)
    const start = at + 27 + count
    const end = start + lacing.reduce((sum, length) => sum + length, 0)
    if (lacing.length < count || end > bytes.length) return at
    yield {
      flags: bytes[at + 5]!,
      granule: bytes.subarray(at + 6, at + 14),
      serial: u32le(bytes, at + 14),
      lacing,
      data: bytes.subarray(start, end),
    }
    at = end
  }
  return at
}

/** A page in bytes, its checksum counted. */
export function writeOggPage(page: OggPage, serial: number, sequence: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(27 + page.lacing.length + page.data.length)
  const view = new DataView(bytes.buffer)
  bytes.set([0x4f, 0x67, 0x67, 0x53, 0, page.flags])
  bytes.set(page.granule, 6)
  view.setUint32(14, serial, true)
  view.setUint32(18, sequence, true)
  bytes[26] = page.lacing.length
  bytes.set(page.lacing, 27)
  bytes.set(page.data, 27 + page.lacing.length)
  view.setUint32(22, checksum(bytes), true)
  return bytes
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1
  return value >>> 0
})

/** CRC-32 with the usual polynomial but neither reflected nor inverted; counted with its own field at zero. */
function checksum(bytes: Uint8Array): number {
  let value = 0
  for (const byte of bytes) value = ((value << 8) ^ TABLE[((value >>> 24) ^ byte) & 255]!) >>> 0
  return value
}
