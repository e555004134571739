/** Reads a body of at most `limit` bytes; null when it has more. */
export async function readBounded(
  source: { readonly headers: Headers; readonly body: ReadableStream<Uint8Array> | null },
  limit: number,
): Promise<Uint8Array | null> {
  if (Number(source.headers.get('content-length') ?? 0) > limit) {
    await source.body?.cancel()
    return null
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of source.body ?? []) {
    size += chunk.length
    if (size > limit) return null
    chunks.push(chunk)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
