/** Bytes of the ADTS frame at `at`, header included (ISO/IEC 13818-7, 6.2); 0 when none stands there. */
export function adtsFrameLength(bytes: Uint8Array, at: number): number {
  if (at < 0 || at + 7 > bytes.length) return 0
  // Twelve set bits, then the layer, which is always 0 and tells it from MPEG audio.
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xf6) !== 0xf0) return 0
  if (((bytes[at + 2]! >> 2) & 15) > 12) return 0
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5)
  return length >= 7 ? length : 0
}
