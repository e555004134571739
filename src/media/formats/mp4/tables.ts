import { u32be } from '../../bytes.ts'

/** A run of bytes in the file that holds samples one behind the other. */
export type Chunk = { readonly offset: number; readonly length: number }

/** A table's bytes from its entry count on, cut to the entries; `undefined` when it is shorter than it says. */
export function tableOf(data: Uint8Array | undefined, entrySize: number, from = 4): Uint8Array | undefined {
  if (data === undefined) return undefined
  const count = u32be(data, from)
  const end = from + 4 + count * entrySize
  return count >= 0 && end <= data.length ? data.subarray(from, end) : undefined
}

/** Sizes of samples: one for all, or one each. */
type Sizes = { readonly count: number; readonly size: (sample: number) => number; readonly constant: number }

/** Reads `stsz` or `stz2`. */
export function sampleSizes(stsz: Uint8Array | undefined, stz2: Uint8Array | undefined): Sizes | undefined {
  if (stsz !== undefined) {
    const constant = u32be(stsz, 4)
    const count = u32be(stsz, 8)
    if (constant < 0 || count < 0 || (constant === 0 && 12 + count * 4 > stsz.length)) return undefined
    return { count, constant, size: (sample) => (constant > 0 ? constant : u32be(stsz, 12 + sample * 4)) }
  }
  if (stz2 === undefined) return undefined
  const bits = stz2[7] ?? 0
  const count = u32be(stz2, 8)
  if (![4, 8, 16].includes(bits) || count < 0 || 12 + Math.ceil((count * bits) / 8) > stz2.length)
    return undefined
  const size = (sample: number) => {
    const at = 12 + ((sample * bits) >> 3)
    if (bits === 16) return (stz2[at]! << 8) | stz2[at + 1]!
    return bits === 8 ? stz2[at]! : (stz2[at]! >> (sample & 1 ? 0 : 4)) & 15
  }
  return { count, constant: 0, size }
}

/**
 * Where the chunks of a track lie and how long each is, from the three tables that say it together. `undefined` when
 * they contradict each other. The work is bounded by the bytes of the tables.
 */
export function chunkLayout(
  offsets: { readonly table: Uint8Array; readonly wide: boolean },
  stsc: Uint8Array,
  sizes: Sizes,
): Chunk[] | undefined {
  const count = u32be(offsets.table, 0)
  const runs = u32be(stsc, 0)
  const chunks: Chunk[] = []
  let sample = 0
  for (let run = 0; run < runs; run++) {
    const first = u32be(stsc, 4 + run * 12)
    const perChunk = u32be(stsc, 8 + run * 12)
    const next = run + 1 < runs ? u32be(stsc, 16 + run * 12) : count + 1
    if (first !== chunks.length + 1 || next <= first || next > count + 1) return undefined
    for (let chunk = first; chunk < next; chunk++) {
      if (sample + perChunk > sizes.count) return undefined
      let length = 0
      if (sizes.constant > 0) length = perChunk * sizes.constant
      else for (let end = sample + perChunk, at = sample; at < end; at++) length += sizes.size(at)
      sample += perChunk
      const at = 4 + (chunk - 1) * (offsets.wide ? 8 : 4)
      const offset = offsets.wide
        ? u32be(offsets.table, at) * 2 ** 32 + u32be(offsets.table, at + 4)
        : u32be(offsets.table, at)
      chunks.push({ offset, length })
    }
  }
  return chunks.length === count && sample === sizes.count ? chunks : undefined
}
