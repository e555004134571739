import type { MediaFailure } from '../../failure.ts'
import type { Cleaned } from '../../pass-through.ts'
import { fail, ok, type Result } from '../../result.ts'
import { readPdf } from './file.ts'
import { writePdf } from './write.ts'

/** The pages of a PDF without who made it, when and with what, without files, programs and actions within it. */
export async function cleanPdf(source: Uint8Array): Promise<Result<Cleaned, MediaFailure>> {
  const type = 'application/pdf'
  const file = readPdf(source)
  if (file === undefined) return fail({ code: 'malformed_media', type, detail: 'no catalog' })
  if (file.encrypted) return fail({ code: 'unsupported_feature', type, feature: 'encryption' })
  return ok({ bytes: await writePdf(file), warnings: [] })
}
