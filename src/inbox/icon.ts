/** The mark: a picture as the Bélinographe sent it, line by line; the last line is still on its way. */
const lines = [
  [15, 20, 24],
  [23, 14, 36],
  [31, 12, 40],
  [39, 14, 36],
  [47, 20, 13],
] as const

const bars = (colour: string): string =>
  lines
    .map(
      ([y, x, width]) => `<rect x="${x}" y="${y}" width="${width}" height="4.6" rx="2.3" fill="${colour}"/>`,
    )
    .join('')

/** The icon of the page and of the installed app, as SVG. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img"><title>Belino</title><defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="#0e7c74"/><stop offset="1" stop-color="#124a63"/></linearGradient></defs><rect width="64" height="64" rx="15" fill="url(#g)"/>${bars('#fff')}<circle cx="41" cy="49.3" r="3.6" fill="#ffb454"/></svg>`
