import { renderBitmap } from '../../bitmap.ts'
import type { Facts } from '../../facts.ts'
import type { MediaFailure } from '../../failure.ts'
import { LeftOut } from '../../left-out.ts'
import { PIXEL_LIMITS } from '../../limits.ts'
import type { Renderer } from '../../renderer.ts'
import type { Draft } from '../../rendition.ts'
import { fail, type Result } from '../../result.ts'
import { accepts, type Target } from '../../target.ts'
import { openAvifTiles } from '../avif/decode.ts'
import { playAvif } from '../avif/play.ts'
import { type AvifSequence, readAvifSequence } from '../avif/sequence.ts'
import { renderAnimation } from '../gif/render-animation.ts'
import { openHeicTiles } from '../heic/decode.ts'
import { type IccConversion, readIcc } from '../jpeg/icc.ts'
import { conversionOf } from './cicp.ts'
import { readHeifItems } from './items.ts'
import { openHeif } from './open.ts'
import { type HeifPicture, readHeifPicture, type TileCoding } from './picture.ts'
import type { OpenTileDecoder } from './tile-decoder.ts'

const OPENERS: Readonly<Record<TileCoding, OpenTileDecoder>> = { hvc1: openHeicTiles, av01: openAvifTiles }

/** About how many times the bytes a JPEG takes that looks the same. */
const BYTES_AS_JPEG = 2.5

/** A JPEG from the primary picture of a HEIC, HEIF or AVIF file. */
export const renderHeif: Renderer = async (source, facts, target) => {
  const items = readHeifItems(source)
  if (items === undefined || typeof items === 'string') return malformed(facts, 'items')
  const picture = readHeifPicture(items)
  if (!('colour' in picture)) return malformed(facts, 'picture')
  const film = facts.animated && picture.colour.coding === 'av01' ? readAvifSequence(source) : undefined
  if (film !== undefined && film.samples.length > 1 && film.width * film.height <= PIXEL_LIMITS.screen) {
    if (accepts(target, 'image/gif') || target.keepAnimation === true) return renderFilm(film, facts, target)
  }
  const decoder = await OPENERS[picture.colour.coding](source, items).catch((reason: unknown) => {
    if (reason instanceof LeftOut) return undefined
    throw reason
  })
  if (decoder === undefined) return fail({ code: 'not_yet_supported', type: facts.type })
  try {
    const fitted = await renderBitmap(
      () => openHeif(picture, decoder),
      { rows: picture.crop.height, colour: conversionFor(picture) },
      { ...facts, orientation: picture.orientation, bytes: facts.bytes * BYTES_AS_JPEG },
      target,
    )
    return !fitted.ok && decoder.outOfMemory ? fail({ code: 'out_of_memory', type: facts.type }) : fitted
  } finally {
    decoder.close()
  }
}

async function renderFilm(
  film: AvifSequence,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const { animation, close } = await playAvif(film)
  try {
    return await renderAnimation(animation, facts, target)
  } finally {
    close()
  }
}

/** A profile says more than code points do. */
function conversionFor({ icc, cicp }: HeifPicture): IccConversion {
  if (icc !== undefined) return readIcc(icc)
  return cicp === undefined ? { kind: 'srgb' } : conversionOf(cicp.primaries, cicp.transfer)
}

function malformed({ type }: Facts, detail: string): Result<never, MediaFailure> {
  return fail({ code: 'malformed_media', type, detail })
}
