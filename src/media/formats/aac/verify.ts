import { adtsFrameLength } from './frame.ts'

/** What in an AAC file must not leave: anything but ADTS frames from the first byte to the last. */
export function verifyAac(bytes: Uint8Array): string | undefined {
  let at = 0
  while (at < bytes.length) {
    const length = adtsFrameLength(bytes, at)
    if (length === 0 || at + length > bytes.length) return `no whole frame at ${at}`
    at += length
  }
  return undefined
}
