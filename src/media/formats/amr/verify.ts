import { amrFrames } from './clean.ts'

/** What in an AMR file must not leave: anything behind its frames. */
export function verifyAmr(bytes: Uint8Array): string | undefined {
  return amrFrames(bytes)?.whole === true ? undefined : 'bytes that are no frame'
}
