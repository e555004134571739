/** What the far side says of a file: claims for the log, never believed. Cleaned so that they are safe to write down. */

/** Characters of a name that are kept. */
const LONGEST_NAME = 80

/** Controls, line separators, and the marks that turn the direction of text around (`gnp.exe` shown as `exe.png`). */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu

/** The type of a Content-Type header (RFC 9110, clause 8.3) in lower case without parameters, or null. */
export function typeHint(header: string | null): string | null {
  const type = header?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return /^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}$/.test(type) ? type : null
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The last step of a path in either slash, without what is unsafe; null when nothing is left. */
function plainName(text: string): string | null {
  const last = decoded(text).slice(-1024).replace(UNSAFE, '').split(/[/\\]/).at(-1)?.trim() ?? ''
  const name = [...last].slice(-LONGEST_NAME).join('').replace(/^\.+/, '')
  return name === '' ? null : name
}

/** The name in a Content-Disposition header (RFC 6266), else the last segment of the URL's path, or null. */
export function nameHint(disposition: string | null, url: URL): string | null {
  const header = (disposition ?? '').slice(0, 1024)
  const extended = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(header)?.[1]
  const quoted = /;\s*filename\s*=\s*"([^"]*)"/i.exec(header)?.[1]
  const plain = /;\s*filename\s*=\s*([^";\s]+)/i.exec(header)?.[1]
  return plainName(extended ?? quoted ?? plain ?? '') ?? plainName(url.pathname)
}
