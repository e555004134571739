import { PIXEL_LIMITS } from '../../limits.ts'
import type { Renderer } from '../../renderer.ts'
import { accepts } from '../../target.ts'
import { renderAnimation } from '../gif/render-animation.ts'
import { readPngHeader } from '../png/header.ts'
import { renderPng } from '../png/render.ts'
import { readApng } from './frames.ts'
import { playApng } from './play.ts'

/**
 * An animated GIF of an animated PNG; the picture that it has for readers without animations where there is only one, where
 * no GIF may leave, or where the canvas is too large to be held.
 */
export const renderApng: Renderer = async (source, facts, target) => {
  const header = readPngHeader(source)
  if (header === undefined || !header.sound || header.width * header.height > PIXEL_LIMITS.screen)
    return renderPng(source, facts, target)
  const apng = readApng(source, header.width, header.height)
  const still = apng.frames.length < 2 || (!accepts(target, 'image/gif') && target.keepAnimation !== true)
  return still ? renderPng(source, facts, target) : renderAnimation(playApng(apng, header), facts, target)
}
