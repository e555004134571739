import type { SlidePlace } from './smil.ts'
import { MOST_SMIL, unescapeXml } from './smil-reader.ts'

/** A presentation as a sender wrote it: which file stands where. */
export type Arranged = { readonly ok: true; readonly order: readonly { index: number; slide: SlidePlace }[] }
/** Why it cannot be followed, in words. */
export type Unclear = { readonly ok: false; readonly problem: string }

const SHORTEST = 100
const LONGEST = 600_000
const MEDIA = /^(?:\w{1,20}:)?(img|text|audio|video|ref|animation)[\s/>]/i

const attribute = (tag: string, name: string): string | null => {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(tag.slice(0, 2000))
  return found === null ? null : unescapeXml(found[1] ?? found[2] ?? '')
}

/** `5s`, `5000ms` or `5`, as milliseconds within what phones can do; null for anything else. */
function lengthOf(tag: string): number | null {
  const found = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s)?$/.exec((attribute(tag, 'dur') ?? '').trim())
  if (found === null) return null
  const ms = Math.round(Number(found[1]) * (found[2] === 'ms' ? 1 : 1000))
  return Math.min(LONGEST, Math.max(SHORTEST, ms))
}

/**
 * Reads a presentation (SMIL 2.0) that a sender brings for files of their own: the order of the files, which of them share a
 * slide, how long each slide lasts, and where the text stands. The layout is always ours, because phones honour no other. Files
 * that it leaves out get slides of their own after the others: phones lose what no slide shows.
 *
 * @param names what each file may be called, in the order in which they were given; the first name that fits wins
 */
export function readSlides(smil: string, names: readonly (readonly string[])[]): Arranged | Unclear {
  if (smil.length > MOST_SMIL) return { ok: false, problem: `Use at most ${MOST_SMIL} characters.` }
  if (!/<(?:\w{1,20}:)?smil[\s>]/i.test(smil))
    return { ok: false, problem: 'It is no SMIL: it has no <smil>.' }
  const order: { index: number; slide: SlidePlace }[] = []
  let at = -1
  let ms: number | null = null
  let inside = false
  let textAt: number | null = null
  for (const tag of smil.split('<').slice(1)) {
    if (/^(?:\w{1,20}:)?par[\s/>]/i.test(tag)) {
      at++
      inside = true
      ms = lengthOf(tag)
      continue
    }
    if (/^\/(?:\w{1,20}:)?par\s*>/i.test(tag)) {
      inside = false
      continue
    }
    const kind = MEDIA.exec(tag)?.[1]?.toLowerCase()
    if (kind === undefined) continue
    const source = (attribute(tag, 'src') ?? '').replace(/^cid:/i, '').replace(/^<|>$/g, '')
    const index = names.findIndex((own) => own.includes(source))
    if (!inside) {
      at++
      ms = lengthOf(tag)
    }
    // The message's own text has no file: any text that is none of them means it.
    if (index === -1 && kind === 'text') textAt ??= at
    else if (index === -1)
      return {
        ok: false,
        problem: `It shows ${JSON.stringify(source.slice(0, 60))}, which is none of the files. Call a file by its number from 1, its id or its name.`,
      }
    else if (!order.some((one) => one.index === index))
      order.push({ index, slide: { at, ...(ms === null ? {} : { ms }) } })
  }
  names.forEach((_, index) => {
    if (!order.some((one) => one.index === index)) order.push({ index, slide: { at: ++at } })
  })
  const text = textAt
  if (text === null) return { ok: true, order }
  // Text alone on a slide goes with the next one that has a file.
  const place = order.find((one) => one.slide.at >= text)?.slide.at
  return {
    ok: true,
    order: order.map((one) =>
      one.slide.at === place ? { ...one, slide: { ...one.slide, text: true as const } } : one,
    ),
  }
}
