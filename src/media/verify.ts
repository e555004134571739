import type { MediaFailure } from './failure.ts'
import { verifyAac } from './formats/aac/verify.ts'
import { verifyAmr } from './formats/amr/verify.ts'
import { verifyGif } from './formats/gif/verify.ts'
import { verifyJpeg } from './formats/jpeg/verify.ts'
import { verifyMidi } from './formats/midi/verify.ts'
import { verifyMp3 } from './formats/mp3/verify.ts'
import { verifyMovie } from './formats/mp4/verify.ts'
import { verifyOgg } from './formats/ogg/verify.ts'
import { verifyPdf } from './formats/pdf/verify.ts'
import { verifyPng } from './formats/png/verify.ts'
import { verifyVcard } from './formats/vcard/verify.ts'
import { verifyWav } from './formats/wav/verify.ts'
import { inspect } from './inspect.ts'
import type { Draft } from './rendition.ts'
import { fail, ok, type Result } from './result.ts'
import { accepts, type Target } from './target.ts'
import type { MediaType } from './types.ts'

/** Says what is wrong with a file that is about to leave; `undefined` when nothing is. */
export type Verifier = (bytes: Uint8Array) => string | undefined

const VERIFIERS: Partial<Record<MediaType, Verifier>> = {
  'image/jpeg': verifyJpeg,
  'image/png': verifyPng,
  'image/gif': verifyGif,
  'video/mp4': verifyMovie,
  'video/quicktime': verifyMovie,
  'video/3gpp': verifyMovie,
  'video/3gpp2': verifyMovie,
  'audio/mp4': verifyMovie,
  'audio/mpeg': verifyMp3,
  'audio/aac': verifyAac,
  'audio/amr': verifyAmr,
  'audio/amr-wb': verifyAmr,
  'application/pdf': verifyPdf,
  'audio/wav': verifyWav,
  'text/x-vCard': verifyVcard,
  'audio/midi': verifyMidi,
  'audio/ogg': verifyOgg,
}

/**
 * The last look at every file that leaves, made by other code than that which wrote it: of the type it says, within
 * the budget and the types of the target, and with nothing in it that is not picture, sound or text.
 */
export function verify(draft: Draft, target: Target): Result<Draft, MediaFailure> {
  const wrong = (detail: string) => fail({ code: 'verification_failed', type: draft.type, detail } as const)
  if (draft.bytes.length > target.budget) return wrong(`${draft.bytes.length} bytes, budget ${target.budget}`)
  if (!accepts(target, draft.type)) return wrong('the type is not among the accepted')
  const facts = inspect(draft.bytes)
  if (!facts.ok) return wrong(`read back as ${facts.failure.code}`)
  if (facts.value.type !== draft.type) return wrong(`read back as ${facts.value.type}`)
  if (draft.width !== undefined && (facts.value.width !== draft.width || facts.value.height !== draft.height))
    return wrong(`read back as ${facts.value.width} x ${facts.value.height}`)
  const complaint = VERIFIERS[draft.type]?.(draft.bytes)
  return complaint === undefined ? ok(draft) : wrong(complaint)
}
