import { concat } from '../../bytes.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import type { Draft } from '../../rendition.ts'
import { fail, ok, type Result } from '../../result.ts'
import { accepts, type Target } from '../../target.ts'
import type { MediaType } from '../../types.ts'
import type { Movie } from './movie.ts'
import { type OpenMovie, readMovieFile } from './open.ts'
import { type Remux, remux } from './remux.ts'

/** A movie that fits, as the same samples in a file with nothing else in it: MOV becomes MP4, 3GP stays 3GP. */
export async function renderMovie(
  source: Uint8Array,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const opened = readMovieFile(source)
  if (!opened.ok) return opened
  const planned = planMovie(opened.value, target)
  if (!planned.ok) return planned
  const { head, ranges, type } = planned.value
  const bytes = concat([
    head,
    ...ranges.map(({ offset, length }) => source.subarray(offset, offset + length)),
  ])
  const { width, height } = facts
  const size = width === undefined || height === undefined ? {} : { width, height }
  const reason = `It fits; the ${facts.kind} passes without its metadata${type === facts.type ? '' : `, as ${type}`}.`
  return ok({ bytes, type, ...size, reason, warnings: [] })
}

/** What is to be written for a movie that lies in a store: a head, then ranges of the source. */
export function planMovie(
  { movie, facts }: OpenMovie,
  target: Target,
): Result<Remux & { readonly type: MediaType }, MediaFailure> {
  const { type: came } = facts
  const { type, brands } = outputOf(movie, came)
  if (!accepts(target, type)) return fail({ code: 'type_not_accepted', type, accepted: target.types ?? [] })
  const written = remux(movie, brands, facts.bytes)
  if (written === undefined)
    return fail({ code: 'malformed_media', type: came, detail: 'samples outside the file, or used twice' })
  const { budget } = target
  if (written.bytes > budget)
    return fail({
      code: 'cannot_fit',
      type: came,
      reason: 'it is not made smaller here',
      budget,
      smallest: written.bytes,
    })
  return ok({ ...written, type })
}

/** Codecs that a 3GP file may have; with others it is called MP4. */
const MOBILE = new Set(['h263', 'mpeg4', 'h264', 'aac', 'amr-nb', 'amr-wb', 'qcelp', 'evrc'])

function outputOf(movie: Movie, came: MediaType): { type: MediaType; brands: readonly string[] } {
  const codecs = movie.tracks.map(({ entry }) => entry.codec)
  const mobile = codecs.every((codec) => MOBILE.has(codec))
  if (came === 'video/3gpp2' && mobile) return { type: came, brands: ['3g2a', '3gp5', 'isom'] }
  // H.264 came to 3GP with release 6; what is older is for older phones.
  if (came === 'video/3gpp' && mobile)
    return {
      type: came,
      brands: codecs.includes('h264') ? ['3gp6', 'isom', 'avc1'] : ['3gp5', '3gp4', 'isom'],
    }
  if (movie.tracks.every(({ handler }) => handler === 'soun'))
    return { type: 'audio/mp4', brands: ['M4A ', 'mp42', 'isom'] }
  return { type: 'video/mp4', brands: ['mp42', 'isom', ...(codecs.includes('h264') ? ['avc1'] : [])] }
}
