import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { ok, type Result } from '../../result.ts'
import { readMovieFile } from './open.ts'

/** Facts of an MP4, MOV, 3GP, 3G2 or M4A file from its movie header. */
export function inspectMovie(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const opened = readMovieFile(bytes)
  return opened.ok ? ok(opened.value.facts) : opened
}
