import type { MimeTree } from './mime-tree.ts'

/** How a phone lays a picture message out: the SMIL that came, resolved against the parts that came. */

/** Presentations past this are not read; real ones take a kilobyte or two. */
const MOST_SMIL = 65_536

/** The slides as indices of parts, and the parts that no slide names, which phones lose. */
export type Presentation = {
  readonly smil: string
  readonly slides: readonly (readonly number[])[]
  readonly unreferenced: readonly number[]
}

const unescapeXml = (text: string): string =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&')

/** The `src` of each element of a slide, in order. */
const sourcesOf = (slide: string): string[] =>
  [...slide.matchAll(/<(?:img|text|audio|video|ref)\s[^<>]*?\bsrc\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')/gi)].map(
    (match) => unescapeXml(match[1] ?? match[2] ?? ''),
  )

function resolve(tree: MimeTree, source: string): number {
  const id = /^cid:(.*)$/i.exec(source)?.[1]
  return tree.parts.findIndex((part, index) => {
    if (index === tree.start) return false
    if (id !== undefined) return part.contentId === id
    return part.location === source || part.name === source || part.contentId === source
  })
}

/** Reads the presentation of a message. A slide without anything that exists is left out, as phones do. */
export function presentationOf(tree: MimeTree): Presentation {
  const body = tree.parts[tree.start]!.body
  const smil = new TextDecoder().decode(body.subarray(0, MOST_SMIL))
  const slides: number[][] = []
  // One pass from tag to tag: a pattern over a whole slide would be quadratic in hostile input.
  for (const slide of smil.split(/<par\b/i).slice(1)) {
    const parts = sourcesOf(slide.split(/<\/par\s*>/i, 1)[0]!)
      .map((source) => resolve(tree, source))
      .filter((index) => index !== -1)
    if (parts.length > 0) slides.push(parts)
  }
  const named = new Set(slides.flat())
  const unreferenced = tree.parts.flatMap((_, index) =>
    index === tree.start || named.has(index) ? [] : [index],
  )
  return { smil, slides, unreferenced }
}
