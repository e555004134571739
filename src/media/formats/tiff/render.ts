import { renderBitmap } from '../../bitmap.ts'
import type { Renderer } from '../../renderer.ts'
import { fail } from '../../result.ts'
import { readIcc } from '../jpeg/icc.ts'
import { readTiffHeader } from './header.ts'
import { openTiff } from './open.ts'

/** A JPEG from the first picture of a TIFF file. */
export const renderTiff: Renderer = async (source, facts, target) => {
  const header = readTiffHeader(source)
  if (header === undefined || typeof header === 'string')
    return fail({ code: 'malformed_media', type: facts.type, detail: 'directory' })
  const colour = header.profile === undefined ? ({ kind: 'srgb' } as const) : readIcc(header.profile)
  return renderBitmap(() => openTiff(source, header), { rows: header.height, colour }, facts, target)
}
