/**
 * Readers that know their end: past it they give -1 (numbers) or stop short (text), so that a parser checks a value
 * once instead of an offset and a value.
 */

/** Unsigned 16 bits, most significant byte first; -1 past the end. */
export function u16be(bytes: Uint8Array, at: number): number {
  return at >= 0 && at + 2 <= bytes.length ? (bytes[at]! << 8) | bytes[at + 1]! : -1
}

/** Unsigned 16 bits, least significant byte first; -1 past the end. */
export function u16le(bytes: Uint8Array, at: number): number {
  return at >= 0 && at + 2 <= bytes.length ? bytes[at]! | (bytes[at + 1]! << 8) : -1
}

/** Unsigned 32 bits, most significant byte first; -1 past the end. */
export function u32be(bytes: Uint8Array, at: number): number {
  if (at < 0 || at + 4 > bytes.length) return -1
  return bytes[at]! * 0x1000000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!)
}

/** Unsigned 32 bits, least significant byte first; -1 past the end. */
export function u32le(bytes: Uint8Array, at: number): number {
  if (at < 0 || at + 4 > bytes.length) return -1
  return bytes[at + 3]! * 0x1000000 + ((bytes[at + 2]! << 16) | (bytes[at + 1]! << 8) | bytes[at]!)
}

/** The bytes from `at` as Latin-1 text, shorter than `length` at the end of the file. */
export function latin1(bytes: Uint8Array, at: number, length: number): string {
  let text = ''
  for (const byte of bytes.subarray(at, at + length)) text += String.fromCharCode(byte)
  return text
}

/** Whether the Latin-1 text `pattern` stands at `at`. */
export function hasAt(bytes: Uint8Array, at: number, pattern: string): boolean {
  if (at < 0 || at + pattern.length > bytes.length) return false
  for (let i = 0; i < pattern.length; i++) if (bytes[at + i] !== pattern.charCodeAt(i)) return false
  return true
}

/** The bytes of a Latin-1 string; characters past U+00FF are a bug of the caller. */
export function fromLatin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** One array of all the pieces, in order. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
