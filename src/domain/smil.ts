/**
 * The presentation of a picture message: SMIL 2.0 as the MMS conformance document restricts it (OMA-TS-MMS-CONF-V1_3,
 * clause 7: one `par` a slide, two regions named Image and Text, at most one picture or video, one sound and one text each).
 */

/** Where a part stands in a presentation of the sender's own. */
export type SlidePlace = {
  /** Neighbours of the same number share a slide. */
  readonly at: number
  /** Milliseconds for which the slide is shown. */
  readonly ms?: number | undefined
  /** The message's text stands on this slide. */
  readonly text?: true | undefined
}

/** What the presentation needs to know of a part. */
export type SlidePart = {
  readonly name: string
  readonly type: string
  /** What somebody is told who cannot see or hear it. */
  readonly alt?: string | undefined
  readonly slide?: SlidePlace | undefined
}

/** A slide lasts this long where nothing in it has a length of its own. */
const SLIDE_MS = 5000

const escapeXml = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

function element(part: SlidePart): string {
  const src = `src="${escapeXml(part.name)}"${part.alt ? ` alt="${escapeXml(part.alt)}"` : ''}`
  if (part.type.startsWith('image/')) return `<img ${src} region="Image"/>`
  if (part.type.startsWith('video/')) return `<video ${src} region="Image"/>`
  if (part.type.startsWith('audio/')) return `<audio ${src}/>`
  if (part.type === 'text/plain') return `<text ${src} region="Text"/>`
  return `<ref ${src}/>`
}

type Slide = { readonly parts: SlidePart[]; readonly ms: number; readonly text: boolean }

/** A slide each, but for neighbours whose sender put them on one. */
function slidesOf(parts: readonly SlidePart[]): Slide[] {
  const slides: (Slide & { readonly at: number | null })[] = []
  for (const part of parts) {
    const last = slides.at(-1)
    const at = part.slide?.at ?? null
    if (last !== undefined && at !== null && last.at === at) last.parts.push(part)
    else slides.push({ at, parts: [part], ms: part.slide?.ms ?? SLIDE_MS, text: part.slide?.text === true })
  }
  return slides
}

/**
 * One slide a part, in the given order, and the text on the first slide, unless the sender arranged it otherwise. Every part is referenced: phones lose what the
 * presentation leaves out. Image on top, text below, as phones honour it.
 */
export function buildSmil(parts: readonly SlidePart[], textName: string | null): string {
  const empty: Slide = { parts: [], ms: SLIDE_MS, text: true }
  const slides = parts.length === 0 ? [empty] : slidesOf(parts)
  if (textName !== null) {
    let chosen = Math.max(
      0,
      slides.findIndex((slide) => slide.text),
    )
    // A slide holds one text: before an attachment that is one itself, ours gets a slide of its own.
    if (slides[chosen]?.parts.some((part) => part.type === 'text/plain')) {
      slides.unshift({ ...empty, parts: [] })
      chosen = 0
    }
    slides[chosen]?.parts.push({ name: textName, type: 'text/plain' })
  }
  const body = slides
    .map((slide) => `<par dur="${slide.ms}ms">${slide.parts.map(element).join('')}</par>`)
    .join('')
  return (
    '<smil><head><layout><root-layout width="100%" height="100%"/>' +
    '<region id="Image" left="0" top="0" width="100%" height="70%" fit="meet"/>' +
    '<region id="Text" left="0" top="70%" width="100%" height="30%" fit="scroll"/>' +
    `</layout></head><body>${body}</body></smil>`
  )
}
