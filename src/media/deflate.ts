/** Packs bytes as zlib data (RFC 1950), by the platform's own code. */
export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packer = new CompressionStream('deflate')
  const writer = packer.writable.getWriter()
  // Not awaited one by one: the writes end only when the other side is read.
  const written = Promise.all([writer.write(bytes), writer.close()])
  const packed = new Uint8Array(await new Response(packer.readable).arrayBuffer())
  await written
  return packed
}
