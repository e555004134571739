import { hasAt } from '../../bytes.ts'

/** What in a GIF must not leave; `undefined` when nothing is found. */
export function verifyGif(bytes: Uint8Array): string | undefined {
  let at = 13 + colors(bytes[10]!)
  let pictures = 0
  while (at < bytes.length) {
    const kind = bytes[at]!
    if (kind === 0x3b) {
      if (pictures === 0) return 'no picture'
      return at + 1 === bytes.length ? undefined : `${bytes.length - at - 1} bytes behind the end`
    }
    if (kind === 0x2c) {
      pictures++
      at = afterChain(bytes, at + 11 + colors(bytes[at + 9] ?? 0))
      continue
    }
    if (kind !== 0x21) return `block ${kind} at ${at}`
    const complaint = bytes[at + 1] === 0xf9 ? badControl(bytes, at) : badLoop(bytes, at)
    if (complaint !== undefined) return complaint
    at = afterChain(bytes, at + 2)
  }
  return 'no end'
}

function badControl(bytes: Uint8Array, at: number): string | undefined {
  if (bytes[at + 2] !== 4 || bytes[at + 7] !== 0) return 'a control block of another length'
  return (bytes[at + 3]! & 0xe2) === 0 ? undefined : 'flags without meaning'
}

/** Of the blocks of programs only the one that says how often it runs. */
function badLoop(bytes: Uint8Array, at: number): string | undefined {
  const loop = bytes[at + 1] === 0xff && hasAt(bytes, at + 3, 'NETSCAPE2.0') && bytes[at + 14] === 3
  return loop && bytes[at + 18] === 0 ? undefined : `extension ${bytes[at + 1]} at ${at}`
}

function colors(packed: number): number {
  return packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0
}

function afterChain(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!
  return at + 1
}
