import { readMp3Header } from './frame.ts'

/** What in an MP3 must not leave: anything but frames, one behind the other from the first byte to the last. */
export function verifyMp3(bytes: Uint8Array): string | undefined {
  let at = 0
  while (at < bytes.length) {
    const header = readMp3Header(bytes, at)
    if (header === undefined || at + header.length > bytes.length) return `no whole frame at ${at}`
    at += header.length
  }
  return undefined
}
