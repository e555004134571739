/** Bytes from Latin-1 texts, numbers and byte lists, one behind the other. */
export function bytesOf(...pieces: (string | number | Iterable<number>)[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    pieces.flatMap((piece) => {
      if (typeof piece === 'number') return [piece]
      if (typeof piece === 'string') return Array.from(piece, (character) => character.charCodeAt(0))
      return [...piece]
    }),
  )
}

/** A number in so many bytes, the most significant first. */
export function be(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, at) => Math.floor(value / 256 ** (size - 1 - at)) & 255)
}

/** A number in so many bytes, the least significant first. */
export function le(value: number, size: number): number[] {
  return be(value, size).reverse()
}

/** So many zero bytes. */
export function zeros(count: number): number[] {
  return new Array<number>(count).fill(0)
}
