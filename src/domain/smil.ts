/**
 * The presentation of a picture message: SMIL 2.0 as the MMS conformance document restricts it (OMA-TS-MMS-CONF-V1_3,
 * clause 7: one `par` a slide, two regions named Image and Text, at most one picture or video, one sound and one text each).
 */

/** What the presentation needs to know of a part. */
export type SlidePart = { readonly name: string; readonly type: string }

/** A slide lasts this long where nothing in it has a length of its own. */
const SLIDE_MS = 5000

const escapeXml = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

function element(part: SlidePart): string {
  const src = escapeXml(part.name)
  if (part.type.startsWith('image/')) return `<img src="${src}" region="Image"/>`
  if (part.type.startsWith('video/')) return `<video src="${src}" region="Image"/>`
  if (part.type.startsWith('audio/')) return `<audio src="${src}"/>`
  if (part.type === 'text/plain') return `<text src="${src}" region="Text"/>`
  return `<ref src="${src}"/>`
}

/**
 * One slide a part, in the given order, and the text on the first slide. Every part is referenced: phones lose what the
 * presentation leaves out. Image on top, text below, as phones honour it.
 */
export function buildSmil(parts: readonly SlidePart[], textName: string | null): string {
  const slides = parts.length === 0 ? [[] as SlidePart[]] : parts.map((part) => [part])
  if (textName !== null) {
    // A slide holds one text: before an attachment that is one itself, ours gets a slide of its own.
    if (slides[0]?.some((part) => part.type === 'text/plain')) slides.unshift([])
    slides[0]?.push({ name: textName, type: 'text/plain' })
  }
  const body = slides.map((slide) => `<par dur="${SLIDE_MS}ms">${slide.map(element).join('')}</par>`).join('')
  return (
    '<smil><head><layout><root-layout width="100%" height="100%"/>' +
    '<region id="Image" left="0" top="0" width="100%" height="70%" fit="meet"/>' +
    '<region id="Text" left="0" top="70%" width="100%" height="30%" fit="scroll"/>' +
    `</layout></head><body>${body}</body></smil>`
  )
}
