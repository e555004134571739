import { latin1, u32be } from '../../bytes.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { fail, ok, type Result } from '../../result.ts'
import { sniff } from '../../sniff.ts'
import { kindOf, type MediaType } from '../../types.ts'
import { boxSize } from './boxes.ts'
import { type Movie, readMovie, type Track } from './movie.ts'

/** Bytes that lie elsewhere, such as in a store: read by ranges, never as a whole. */
export type ByteSource = {
  readonly size: number
  /** Exactly `length` bytes from `offset`, which lie within the size. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** A movie whose header was read. */
export type OpenMovie = { readonly movie: Movie; readonly facts: Facts }

/** A movie header of a film of hours is a few megabytes. */
const LARGEST_HEADER = 16 * 2 ** 20
/** Boxes at the top of the file that are stepped over on the way to the movie header. */
const MOST_STEPS = 64

/**
 * Steps from box to box until the movie header has been read. It is a generator of wants, so that a file in memory
 * and one in a store are read by the same code: it asks for a range and is given the bytes.
 */
export function* findMovie(
  size: number,
): Generator<{ offset: number; length: number }, Result<OpenMovie, MediaFailure>, Uint8Array> {
  const head = yield { offset: 0, length: Math.min(size, 4096) }
  const sniffed = sniff(head)
  const type: MediaType = sniffed.outcome === 'known' ? sniffed.type : 'video/mp4'
  const bad = (detail: string) => fail({ code: 'malformed_media', type, detail } as const)
  let at = 0
  for (let step = 0; step < MOST_STEPS && at + 8 <= size; step++) {
    const bytes = yield { offset: at, length: Math.min(16, size - at) }
    const { size: length, header } = boxSize(bytes, 0)
    const end = length === 0 ? size : at + length
    if ((length !== 0 && length < header) || end > size)
      return bad('a box that reaches past the end, before any moov')
    if (latin1(bytes, 4, 4) === 'moof')
      return fail({ code: 'unsupported_feature', type, feature: 'movie fragments' })
    if (latin1(bytes, 4, 4) === 'moov') {
      if (end - at > LARGEST_HEADER)
        return fail({ code: 'unsupported_feature', type, feature: 'a header of so many bytes' })
      const movie = readMovie(yield { offset: at + header, length: end - at - header })
      if ('malformed' in movie) return bad(movie.malformed)
      if ('unsupported' in movie)
        return fail({ code: 'unsupported_feature', type, feature: movie.unsupported })
      return ok({ movie, facts: factsOf(movie, type, size) })
    }
    at = end
  }
  return bad('no moov')
}

/** Reads the header of a movie that lies elsewhere. */
export async function openMovie(source: ByteSource): Promise<Result<OpenMovie, MediaFailure>> {
  const finder = findMovie(source.size)
  let step = finder.next()
  while (!step.done) step = finder.next(await source.read(step.value.offset, step.value.length))
  return step.value
}

/** Reads the header of a movie in memory. */
export function readMovieFile(bytes: Uint8Array): Result<OpenMovie, MediaFailure> {
  const finder = findMovie(bytes.length)
  let step = finder.next()
  while (!step.done)
    step = finder.next(bytes.subarray(step.value.offset, step.value.offset + step.value.length))
  return step.value
}

function factsOf(movie: Movie, type: MediaType, bytes: number): Facts {
  const video = movie.tracks.find(({ handler }) => handler === 'vide')
  const turned = video === undefined ? 0 : rotationOf(video)
  const across = video?.entry.width ?? 0
  const down = video?.entry.height ?? 0
  const size = turned % 180 === 0 ? { width: across, height: down } : { width: down, height: across }
  const actual = video === undefined && kindOf(type) === 'video' ? 'audio' : kindOf(type)
  return {
    type,
    kind: actual,
    bytes,
    ...(video === undefined ? {} : { ...size, rotation: turned }),
    durationMs: Math.round((movie.duration / movie.timescale) * 1000),
    codecs: movie.tracks.map(({ entry }) => entry.codec),
    hasMetadata: movie.hasMore,
  }
}

/** Clockwise degrees, of the four that a matrix turns by without shearing. */
function rotationOf({ matrix }: Track): number {
  const signed = (at: number) => u32be(matrix, at) | 0
  const [a, b] = [signed(0), signed(4)]
  if (a === 0) return b > 0 ? 90 : b < 0 ? 270 : 0
  return a < 0 && b === 0 ? 180 : 0
}
