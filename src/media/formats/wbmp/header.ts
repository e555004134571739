/** A wireless bitmap: type 0, black and white, eight pixels a byte. */
export type WbmpHeader = { readonly width: number; readonly height: number; readonly pixels: number }

/** Reads two zero bytes and two numbers of seven bits a byte (WAP-237, 6); `undefined` when they are none. */
export function readWbmpHeader(bytes: Uint8Array): WbmpHeader | undefined {
  if (bytes[0] !== 0 || bytes[1] !== 0) return undefined
  let at = 2
  const next = () => {
    let value = 0
    for (let count = 0; count < 3; count++) {
      const byte = bytes[at++] ?? 0
      value = (value << 7) | (byte & 0x7f)
      if (byte < 0x80) return value
    }
    return 0
  }
  const width = next()
  const height = next()
  return width > 0 && height > 0 ? { width, height, pixels: at } : undefined
}
