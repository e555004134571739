import type { MediaFailure } from './failure.ts'
import type { Renderer } from './renderer.ts'
import { fail, ok, type Result } from './result.ts'
import { accepts } from './target.ts'
import type { MediaWarning } from './warning.ts'

/** A file with nothing left in it but what is heard, seen or read. */
export type Cleaned = { readonly bytes: Uint8Array; readonly warnings: readonly MediaWarning[] }

/** Writes a file anew from its known parts; what it does not know is left behind. */
export type Cleaner = (
  source: Uint8Array,
) => Result<Cleaned, MediaFailure> | Promise<Result<Cleaned, MediaFailure>>

/**
 * The renderer of a type whose files are cleaned but not encoded anew: they fit or they do not. `what` is how the
 * sentence for the sender names such a file.
 */
export function passThrough(clean: Cleaner, what: string): Renderer {
  return async (source, facts, target) => {
    const { type } = facts
    if (!accepts(target, type)) return fail({ code: 'type_not_accepted', type, accepted: target.types ?? [] })
    const cleaned = await clean(source)
    if (!cleaned.ok) return cleaned
    const { bytes, warnings } = cleaned.value
    const { budget } = target
    if (bytes.length > budget)
      return fail({
        code: 'cannot_fit',
        type,
        reason: `${what} is not made smaller`,
        budget,
        smallest: bytes.length,
      })
    return ok({ bytes, type, warnings, reason: `It fits; ${what} passes without its metadata.` })
  }
}
