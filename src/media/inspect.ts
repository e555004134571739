import type { Facts } from './facts.ts'
import type { MediaFailure } from './failure.ts'
import { inspectAac } from './formats/aac/inspect.ts'
import { inspectAmr } from './formats/amr/inspect.ts'
import { inspectBmp } from './formats/bmp/inspect.ts'
import { inspectGif } from './formats/gif/inspect.ts'
import { inspectHeif } from './formats/heif/inspect.ts'
import { inspectJpeg } from './formats/jpeg/inspect.ts'
import { inspectMidi } from './formats/midi/inspect.ts'
import { inspectMp3 } from './formats/mp3/inspect.ts'
import { inspectMovie } from './formats/mp4/inspect.ts'
import { inspectOgg } from './formats/ogg/inspect.ts'
import { inspectPng } from './formats/png/inspect.ts'
import { inspectTiff } from './formats/tiff/inspect.ts'
import { inspectWav } from './formats/wav/inspect.ts'
import { inspectWbmp } from './formats/wbmp/inspect.ts'
import { inspectWebp } from './formats/webp/inspect.ts'
import { fail, ok, type Result } from './result.ts'
import { sniff } from './sniff.ts'
import type { MediaType } from './types.ts'

type Inspector = (bytes: Uint8Array) => Result<Facts, MediaFailure>

const INSPECTORS: Partial<Record<MediaType, Inspector>> = {
  'image/jpeg': inspectJpeg,
  'image/png': inspectPng,
  'image/apng': inspectPng,
  'image/gif': inspectGif,
  'image/webp': inspectWebp,
  'image/heic': (bytes) => inspectHeif(bytes, 'image/heic'),
  'image/heif': (bytes) => inspectHeif(bytes, 'image/heif'),
  'image/avif': (bytes) => inspectHeif(bytes, 'image/avif'),
  'image/bmp': inspectBmp,
  'image/vnd.wap.wbmp': inspectWbmp,
  'image/tiff': inspectTiff,
  'video/mp4': inspectMovie,
  'video/quicktime': inspectMovie,
  'video/3gpp': inspectMovie,
  'video/3gpp2': inspectMovie,
  'audio/mp4': inspectMovie,
  'audio/mpeg': inspectMp3,
  'audio/aac': inspectAac,
  'audio/amr': inspectAmr,
  'audio/amr-wb': inspectAmr,
  'audio/wav': inspectWav,
  'audio/midi': inspectMidi,
  'audio/ogg': inspectOgg,
}

/**
 * What a file is and holds, from its headers alone: cheap, and the place where a picture too large to be decoded is
 * refused. Types that nothing more is known about come back with their size only.
 *
 * @example const facts = inspect(bytes); if (facts.ok) console.log(facts.value.width)
 */
export function inspect(bytes: Uint8Array): Result<Facts, MediaFailure> {
  const sniffed = sniff(bytes)
  switch (sniffed.outcome) {
    case 'empty':
      return fail({ code: 'empty_media' })
    case 'unknown':
      return fail({ code: 'unknown_type' })
    case 'forbidden':
      return fail({ code: 'forbidden_type', kind: sniffed.kind })
    case 'known': {
      const inspector = INSPECTORS[sniffed.type]
      return inspector
        ? inspector(bytes)
        : ok({ type: sniffed.type, kind: sniffed.kind, bytes: bytes.length })
    }
  }
}
