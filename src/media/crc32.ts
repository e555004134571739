/** Eight tables, so that eight bytes are looked up at once ("slicing by eight"). */
const TABLES = tables()

function tables(): readonly Uint32Array[] {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
    return value
  })
  const all = [first]
  while (all.length < 8) all.push(all.at(-1)!.map((value) => (value >>> 8) ^ first[value & 255]!))
  return all
}

/** The CRC-32 of PNG and zip (ISO 3309), 0 to 2^32 - 1. */
export function crc32(bytes: Uint8Array): number {
  const [a, b, c, d, e, f, g, h] = TABLES as unknown as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ]
  const whole = bytes.length & ~7
  let value = -1
  let at = 0
  for (; at < whole; at += 8) {
    value ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    value =
      h[value & 255]! ^
      g[(value >>> 8) & 255]! ^
      f[(value >>> 16) & 255]! ^
      e[value >>> 24]! ^
      d[bytes[at + 4]!]! ^
      c[bytes[at + 5]!]! ^
      b[bytes[at + 6]!]! ^
      a[bytes[at + 7]!]!
  }
  for (; at < bytes.length; at++) value = (value >>> 8) ^ a[(value ^ bytes[at]!) & 255]!
  return ~value >>> 0
}
