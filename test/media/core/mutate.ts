/** Bytes that mean something in a JPEG file, and so do more harm than others. */
const DICTIONARY: readonly (readonly number[])[] = [
  [0xff, 0xd8],
  [0xff, 0xd9],
  [0xff, 0xda],
  [0xff, 0xc4],
  [0xff, 0xdb],
  [0xff, 0xdd, 0, 4, 0, 1],
  [0xff, 0xdc, 0, 4, 0, 9],
  [0xff, 0xc0],
  [0xff, 0xc2],
  [0xff, 0xd0],
  [0xff, 0xd3],
  [0xff, 0xd7],
  [0xff, 0xff],
  [0xff, 0x00],
  [0xff],
  [0x00, 0x00],
  [0x7f, 0xff],
]

/**
 * A broken copy of a file: one to four of the usual accidents. `random` gives numbers from 0 to 1; `other` is a file
 * to take pieces of.
 */
export function mutate(bytes: Uint8Array, random: () => number, other: Uint8Array): Uint8Array {
  let out = bytes
  for (let left = 1 + Math.floor(random() * 4); left > 0; left--) out = accident(out, random, other)
  return out
}

function accident(bytes: Uint8Array, random: () => number, other: Uint8Array): Uint8Array {
  const below = (limit: number) => Math.floor(random() * limit)
  // Headers are short and matter most: half of the accidents happen there.
  const at = random() < 0.5 ? below(Math.min(bytes.length, 700)) : below(bytes.length)
  const word = DICTIONARY[below(DICTIONARY.length)]!
  const copy = bytes.slice()
  switch (below(8)) {
    case 0:
      copy[at] = copy[at]! ^ (1 << below(8))
      return copy
    case 1:
      copy[at] = below(256)
      return copy
    case 2:
      copy.set(word.slice(0, Math.max(0, copy.length - at)), at)
      return copy
    case 3:
      return splice(bytes, at, 0, Uint8Array.from(word))
    case 4:
      return splice(bytes, at, 1 + below(40), new Uint8Array(0))
    case 5:
      return splice(bytes, at, 0, bytes.subarray(at, at + below(200)))
    case 6: {
      const from = below(other.length)
      return splice(bytes, at, below(100), other.subarray(from, from + below(200)))
    }
    default:
      return bytes.slice(0, Math.max(2, at))
  }
}

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  const rest = bytes.subarray(Math.min(bytes.length, at + remove))
  const out = new Uint8Array(at + insert.length + rest.length)
  out.set(bytes.subarray(0, at))
  out.set(insert, at)
  out.set(rest, at + insert.length)
  return out
}
