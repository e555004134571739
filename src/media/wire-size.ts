/** How a part's bytes are written into the message. */
export type WireEncoding = 'binary' | 'base64'

/** Characters of a base64 line, by RFC 2045, section 6.8. */
const LINE = 76

/** Bytes that a file takes on the wire: base64 is 4 for every 3, and CRLF after each line of 76, the last included. */
export function wireSize(bytes: number, encoding: WireEncoding): number {
  if (encoding === 'binary') return bytes
  const characters = 4 * Math.ceil(bytes / 3)
  return characters + 2 * Math.ceil(characters / LINE)
}

/** The largest file whose {@link wireSize} is at most `wire`; 0 when none is. */
export function rawSize(wire: number, encoding: WireEncoding): number {
  if (wire <= 0) return 0
  if (encoding === 'binary') return Math.floor(wire)
  // A full line is 57 bytes of file in 78 of wire; the rest is a shorter line of whole groups of four.
  const lines = Math.floor(wire / (LINE + 2))
  const rest = wire - lines * (LINE + 2)
  const groups = Math.max(0, Math.floor((rest - 2) / 4))
  return lines * 57 + groups * 3
}
