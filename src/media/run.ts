import type { Facts } from './facts.ts'
import type { MediaFailure } from './failure.ts'
import { cleanAac } from './formats/aac/clean.ts'
import { cleanAmr } from './formats/amr/clean.ts'
import { renderApng } from './formats/apng/render.ts'
import { renderBmp } from './formats/bmp/render.ts'
import { cleanCalendar } from './formats/calendar/clean.ts'
import { renderGif } from './formats/gif/render.ts'
import { renderHeif } from './formats/heif/render.ts'
import { renderJpeg } from './formats/jpeg/render.ts'
import { cleanMidi } from './formats/midi/clean.ts'
import { cleanMp3 } from './formats/mp3/clean.ts'
import { renderMovie } from './formats/mp4/render.ts'
import { cleanOgg } from './formats/ogg/clean.ts'
import { cleanPdf } from './formats/pdf/clean.ts'
import { renderPng } from './formats/png/render.ts'
import { renderText } from './formats/text/render.ts'
import { renderTiff } from './formats/tiff/render.ts'
import { renderVcard } from './formats/vcard/render.ts'
import { cleanWav } from './formats/wav/clean.ts'
import { renderWbmp } from './formats/wbmp/render.ts'
import { renderWebp } from './formats/webp/render.ts'
import { goodEnough } from './good-enough.ts'
import { inspect } from './inspect.ts'
import { passThrough } from './pass-through.ts'
import { Queue } from './queue.ts'
import type { Renderer } from './renderer.ts'
import type { Draft, Rendition } from './rendition.ts'
import { fail, ok, type Result } from './result.ts'
import type { Target } from './target.ts'
import { extensionOf, type MediaType } from './types.ts'
import { verify } from './verify.ts'

const RENDERERS: Partial<Record<MediaType, Renderer>> = {
  'image/jpeg': renderJpeg,
  'image/png': renderPng,
  'image/apng': renderApng,
  'image/gif': renderGif,
  'image/heic': renderHeif,
  'image/heif': renderHeif,
  'image/avif': renderHeif,
  'image/webp': renderWebp,
  'image/bmp': renderBmp,
  'image/vnd.wap.wbmp': renderWbmp,
  'image/tiff': renderTiff,
  'video/mp4': renderMovie,
  'video/quicktime': renderMovie,
  'video/3gpp': renderMovie,
  'video/3gpp2': renderMovie,
  'audio/mp4': renderMovie,
  'audio/mpeg': passThrough(cleanMp3, 'an MP3'),
  'audio/aac': passThrough(cleanAac, 'an AAC file'),
  'audio/amr': passThrough(cleanAmr, 'an AMR recording'),
  'audio/amr-wb': passThrough(cleanAmr, 'an AMR recording'),
  'audio/wav': passThrough(cleanWav, 'a WAV file'),
  'audio/midi': passThrough(cleanMidi, 'a MIDI file'),
  'audio/ogg': passThrough(cleanOgg, 'an Ogg file'),
  'application/pdf': passThrough(cleanPdf, 'a PDF'),
  'text/calendar': passThrough(cleanCalendar, 'a calendar'),
  'text/plain': renderText,
  'text/x-vCard': (source, _facts, target) => renderVcard(source, target, render),
}

const queue = new Queue()

/**
 * Turns a file into the best-looking file of an accepted type within the target's bytes, with nothing of its
 * metadata. Jobs run one at a time in each isolate; `media_busy` says that too many bytes wait already.
 *
 * @example
 * const fitted = await fit(photo, { budget: 300_000 })
 * if (fitted.ok) await send(fitted.value.bytes, fitted.value.type)
 */
export async function fit(source: Uint8Array, target: Target): Promise<Result<Rendition, MediaFailure>> {
  const facts = inspect(source)
  if (!facts.ok) return facts
  return queue.run(source.length, async () => {
    const made = await render(source, facts.value, target)
    const draft = made.ok ? goodEnough(made.value, target) : made
    if (!draft.ok) return draft
    const extension = extensionOf(draft.value.type)
    const changed = !sameBytes(source, draft.value.bytes)
    return ok({ ...draft.value, extension, source: facts.value, changed })
  })
}

/** One file through its renderer and the check of what came out. */
async function render(
  source: Uint8Array,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const renderer = RENDERERS[facts.type]
  if (renderer === undefined) return fail({ code: 'not_yet_supported', type: facts.type })
  const draft = await renderer(source, facts, target)
  return draft.ok ? verify(draft.value, target) : draft
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false
  return true
}
