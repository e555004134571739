/** Presentations past this are not read, in UTF-16 units; real ones take a kilobyte or two. */
export const MOST_SMIL = 65_536

/** The five entities that XML has without a declaration. Others are not resolved: a declaration is how readers are attacked. */
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

/** Text of an attribute as it was meant. */
export const unescapeXml = (text: string): string =>
  text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? '')

/**
 * The media that a presentation shows, in its order, each once: names as they are referred to, without `cid:`. Lenient, as
 * phones and gateways write all kinds of almost-XML; nothing in it is followed.
 */
export function shownNames(smil: string): string[] {
  const names = new Set<string>()
  // One tag at a time, so that no input makes the pattern go back far.
  for (const tag of smil.slice(0, MOST_SMIL).split('<').slice(1)) {
    if (!/^(?:\w{1,20}:)?(?:img|text|audio|video|ref|animation)\s/i.test(tag)) continue
    const source = /\ssrc\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(tag.slice(0, 2000))
    if (source === null) continue
    const name = unescapeXml(source[1] ?? source[2] ?? '')
    names.add(name.replace(/^cid:/i, '').replace(/^<|>$/g, ''))
  }
  return [...names]
}

/**
 * Puts parts in the order in which a presentation shows them. What it leaves out keeps its own order after them: it was sent,
 * so it is shown.
 */
export function inShownOrder<P>(parts: readonly P[], smil: string, nameOf: (part: P) => string | null): P[] {
  const names = shownNames(smil)
  const place = (part: P): number => {
    const name = nameOf(part)
    const at = name === null ? -1 : names.indexOf(name)
    return at === -1 ? names.length : at
  }
  // The sort is stable.
  return [...parts].sort((a, b) => place(a) - place(b))
}
