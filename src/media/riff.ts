import { concat, fromLatin1, latin1, u32le } from './bytes.ts'

/** A chunk of a RIFF file: four letters and its data, which may be cut where the file ends. */
export type RiffChunk = { readonly name: string; readonly data: Uint8Array; readonly cut: boolean }

/** The chunks of a RIFF form, behind its twelve bytes of header. Chunks stand at even offsets. */
export function* riffChunks(bytes: Uint8Array): Generator<RiffChunk> {
  let at = 12
  while (at + 8 <= bytes.length) {
    const size = u32le(bytes, at + 4)
    const end = at + 8 + size
    yield { name: latin1(bytes, at, 4), data: bytes.subarray(at + 8, end), cut: end > bytes.length }
    at = end + (size & 1)
  }
}

/** A RIFF file of one form from its chunks, sizes counted anew. */
export function writeRiff(
  form: string,
  chunks: readonly { name: string; data: Uint8Array }[],
): Uint8Array<ArrayBuffer> {
  const body = chunks.flatMap(({ name, data }) => [
    fromLatin1(name),
    size(data.length),
    data,
    new Uint8Array(data.length & 1),
  ])
  const whole = concat([fromLatin1('RIFF'), size(0), fromLatin1(form), ...body])
  whole.set(size(whole.length - 8), 4)
  return whole
}

function size(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24)
}
