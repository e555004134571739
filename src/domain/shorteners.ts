/**
 * Public URL shorteners: anybody's links under one name, which operators filter. Companies' own short names for their own
 * pages are not among them.
 */
export const SHORTENERS: ReadonlySet<string> = new Set(
  (
    '1url.com 2no.co adf.ly ay.gy b.link bc.vc bit.do bit.ly bitly.com bitly.ws bl.ink buff.ly chilp.it clck.ru clicky.me cli.re ' +
    'cutt.ly cutt.us dlvr.it dub.sh firsturl.de gg.gg goo.gl goo.su hyperurl.co is.gd j.mp ln.run lnk.to lnnk.in ' +
    'mcaf.ee n9.cl ouo.io ow.ly p.pw pxlme.me qps.ru qr.ae qr.net rb.gy rebrand.ly reurl.cc s.id scrnch.me short.gy short.io ' +
    'shorte.st shorturl.at shrtco.de shrturi.com sh.st smarturl.it snip.ly snipr.com snipurl.com soo.gd srnk.us su.pr t.co t.ly ' +
    't2m.io tiny.cc tiny.one tiny.pl tinyurl.com tl.gd tr.im tr.ly trib.al u.to urlz.fr v.gd vzturl.com x.co x.gd y2u.be ' +
    'yourls.org zpr.io zws.im'
  ).split(' '),
)

/** The first public shortener that a text links to, in lower case; null without one. Takes time linear in the text. */
export function shortenerIn(text: string): string | null {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/https?:\/\//g, ' ')
    .split(/[^a-z0-9./-]+/)
  for (const word of words) {
    const slash = word.indexOf('/')
    if (slash < 1) continue
    const host = word
      .slice(0, slash)
      .replace(/^\.+/, '')
      .replace(/^www\./, '')
    if (SHORTENERS.has(host)) return host
  }
  return null
}
