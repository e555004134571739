import { type Bitmap, renderBitmap } from '../../bitmap.ts'
import { lendCore } from '../../codec.ts'
import type { CoreFailure } from '../../core/core-failure.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { fromCore } from '../../from-core.ts'
import type { Draft } from '../../rendition.ts'
import { fail, ok, type Result } from '../../result.ts'
import { accepts, boundedSize, type Target } from '../../target.ts'
import type { MediaWarning } from '../../warning.ts'
import type { AnimationSource, FittedAnimation } from './animation.ts'
import type { GifExports } from './core.ts'
import { type Film, PixelFilm } from './film.ts'
import { fitFilm } from './fit.ts'

/**
 * An animated GIF of any animation; its first frame as JPEG where not even 12 frames of 160 pixels fit, or where GIF may
 * not leave, unless the target keeps animations.
 */
export function renderAnimation(
  source: AnimationSource,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  return renderFilm(new PixelFilm(source), facts, target)
}

/** As {@link renderAnimation}, of a film. `bytes` are those of the GIF that it comes from, if it does. */
export async function renderFilm(
  film: Film,
  facts: Facts,
  target: Target,
  bytes?: number,
): Promise<Result<Draft, MediaFailure>> {
  const { type } = facts
  const still = target.keepAnimation !== true && accepts(target, 'image/jpeg')
  if (!accepts(target, 'image/gif')) {
    if (still) return renderFirst(film, facts, target)
    return fail({ code: 'type_not_accepted', type, accepted: target.types ?? [] })
  }
  const bound = boundedSize(film.width, film.height, target)
  const fitted = await fitFilm(film, { budget: target.budget, bound }, bytes)
  if (fitted.ok) return ok(draftOf(fitted.value, facts))
  const { failure } = fitted
  if (failure.code !== 'cannot_fit') return fail(fromCore(failure, facts, target))
  if (still) return renderFirst(film, facts, target)
  const reason = 'its fewest frames at the smallest size take more'
  return fail({ code: 'cannot_fit', type, reason, budget: target.budget })
}

function draftOf(fitted: FittedAnimation, facts: Facts): Draft {
  const { bytes, width, height, frames, framesBefore } = fitted
  const warnings: MediaWarning[] = fitted.shortened ? [{ code: 'animation_shortened' }] : []
  const scaled = width !== facts.width || height !== facts.height
  const size = scaled
    ? `Scaled from ${facts.width} x ${facts.height} to ${width} x ${height}`
    : 'Written anew at its own size'
  const kept =
    frames < framesBefore ? `with ${frames} of ${framesBefore} frames` : `with all ${frames} frames`
  const reason = `${size} as animated GIF ${framesBefore > 1 ? `${kept} ` : ''}to fit.`
  return { bytes, type: 'image/gif', width, height, reason, warnings }
}

/** The first frame as JPEG. */
export async function renderFirst(
  film: Film,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const first = await firstFrame(film)
  if (!first.ok) return fail(fromCore(first.failure, facts, target))
  const { width, height } = film
  const pixels = first.value
  if (pixels === undefined)
    return fail({ code: 'malformed_media', type: facts.type, detail: 'no frame that can be read' })
  const open = (): Bitmap => {
    let at = 0
    return {
      rows: {
        width,
        height,
        channels: 3,
        read(into, rows) {
          into.set(pixels.subarray(at, at + rows * width * 3))
          at += rows * width * 3
        },
      },
      state: () => ({ rowsRead: height, damaged: false }),
    }
  }
  return renderBitmap(open, { rows: height, colour: { kind: 'srgb' } }, facts, target)
}

/** RGB of the first frame on a white page; `undefined` when there is none. */
function firstFrame(film: Film): Promise<Result<Uint8Array | undefined, CoreFailure>> {
  return lendCore<GifExports, Uint8Array | undefined>(async (core) => {
    film.begin(core)
    film.rewind()
    if ((await film.next(core)) === undefined) return undefined
    film.rewind()
    const count = film.width * film.height
    const screen = new Uint8Array(core.memory.buffer, core.anim_screen(), count * 4)
    const pixels = new Uint8Array(count * 3)
    for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
      const page = 255 - screen[from + 3]!
      pixels[to] = screen[from]! + page
      pixels[to + 1] = screen[from + 1]! + page
      pixels[to + 2] = screen[from + 2]! + page
    }
    return pixels
  })
}
