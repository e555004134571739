import type { Deadline } from './deadline.ts'

/** Whatever pieces arrive are copied into blocks of this many bytes: a sender of single bytes would cost a buffer each. */
const BLOCK = 262_144

/** The bytes of a body, or `null` when it has more than the limit. */
export type BoundedBody = { readonly chunks: Uint8Array[]; readonly bytes: number }

/**
 * Reads a body to its end or to the first byte past `limit`, whichever comes first; the rest is never asked for. What is
 * counted is what arrives here, after any Content-Encoding was undone. Rejects when the stream breaks or the deadline passes.
 */
export async function readBounded(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  deadline: Deadline,
): Promise<BoundedBody | null> {
  if (body === null) return { chunks: [], bytes: 0 }
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let block = new Uint8Array(0)
  let filled = 0
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await deadline.race(reader.read())
      if (done) break
      bytes += value.byteLength
      if (bytes > limit) return null
      let rest = value
      while (rest.byteLength > 0) {
        if (filled === block.byteLength) {
          if (filled > 0) chunks.push(block)
          block = new Uint8Array(BLOCK)
          filled = 0
        }
        const piece = rest.subarray(0, block.byteLength - filled)
        block.set(piece, filled)
        filled += piece.byteLength
        rest = rest.subarray(piece.byteLength)
      }
    }
  } finally {
    // Not awaited: a stream that hangs in cancel must not hold the answer. After the end it does nothing.
    reader.cancel().catch(() => {})
  }
  if (filled > 0) chunks.push(block.slice(0, filled))
  return { chunks, bytes }
}
