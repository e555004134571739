import { renderBitmap } from '../../bitmap.ts'
import type { Renderer } from '../../renderer.ts'
import { fail } from '../../result.ts'
import { readBmpHeader } from './header.ts'
import { openBmp } from './open.ts'

/** A JPEG from a BMP. */
export const renderBmp: Renderer = async (source, facts, target) => {
  const header = readBmpHeader(source)
  if (header === undefined || typeof header === 'string')
    return fail({ code: 'malformed_media', type: facts.type, detail: 'headers' })
  return renderBitmap(
    () => openBmp(source, header),
    { rows: header.height, colour: { kind: 'srgb' } },
    facts,
    target,
  )
}
