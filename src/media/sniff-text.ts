import { latin1 } from './bytes.ts'
import type { ForbiddenKind } from './failure.ts'
import type { MediaType } from './types.ts'

/** Texts, by what they begin with. `length` is that of the whole file. */
export function sniffText(head: Uint8Array, length: number): MediaType | ForbiddenKind | undefined {
  const text = decodeHead(head, length)
  if (text === undefined) return sniffPage(latin1(head, 0, head.length))
  const start = text.trimStart()
  if (start === '') return 'text/plain'
  if (/^BEGIN:VCARD\b/i.test(start)) return 'text/x-vCard'
  if (/^BEGIN:VCALENDAR\b/i.test(start)) return 'text/calendar'
  if (/^\{\\rt/.test(start)) return 'office'
  if (/^!<arch>/.test(start)) return 'archive'
  return sniffMarkup(start) ?? (SCRIPTS.some((pattern) => pattern.test(start)) ? 'script' : 'text/plain')
}

/**
 * The head as text, or nothing when it holds what no text does: bytes that are neither UTF-8 nor marked as UTF-16,
 * or control characters. Latin-1 is not taken for text, since any bytes are Latin-1.
 */
function decodeHead(head: Uint8Array, length: number): string | undefined {
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  const label = wide ? (head[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8'
  try {
    // `stream` lets a character be cut where the head ends before the file does.
    const text = new TextDecoder(label, { fatal: true, ignoreBOM: false }).decode(head, {
      stream: head.length < length,
    })
    return hasControl(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** Control characters that no text file holds; tab, line ends, form feed and escape are met in real ones. */
function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 32 && code !== 9 && code !== 10 && code !== 12 && code !== 13 && code !== 27) return true
  }
  return false
}

/** A page with any bytes behind its first tag: what browsers take for one, whatever follows. */
function sniffPage(raw: string): ForbiddenKind | undefined {
  const found = sniffMarkup(raw.trimStart())
  return found === 'application/smil' ? 'xml' : (found as ForbiddenKind | undefined)
}

function sniffMarkup(start: string): MediaType | ForbiddenKind | undefined {
  if (/^<(\?php|\?=|%)/i.test(start)) return 'script'
  // "<3" and "< 10" are text; a name, "!", "?" or "/" after the bracket is markup.
  if (!/^<[a-z!?/]/i.test(start)) return undefined
  const root = rootElement(start)
  if (root === 'smil') return 'application/smil'
  if (root === 'svg') return 'svg'
  if (root === 'html' || !/^<\?xml/i.test(start)) return 'html'
  return 'xml'
}

/** The name of the first element, past declarations and comments; '' when none begins within the head. */
function rootElement(start: string): string {
  let at = 0
  // Each turn moves past one "<...>", and the head is short: no pattern here can run away.
  while (at >= 0 && at < start.length) {
    if (start.startsWith('<!--', at)) at = after(start, '-->', at + 4)
    else if (start.startsWith('<?', at)) at = after(start, '?>', at + 2)
    else if (/^<!doctype\s+(html|svg|smil)/i.test(start.slice(at, at + 40)))
      return start
        .slice(at + 9, at + 40)
        .trimStart()
        .match(/^[a-z]+/i)![0]
        .toLowerCase()
    else if (start.startsWith('<!', at)) at = after(start, '>', at + 2)
    else break
    while (at >= 0 && /\s/.test(start[at] ?? '')) at++
  }
  if (at < 0 || start[at] !== '<') return ''
  return (start.slice(at + 1, at + 64).match(/^(?:[\w.-]+:)?([\w.-]+)/)?.[1] ?? '').toLowerCase()
}

function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from)
  return found < 0 ? -1 : found + end.length
}

/** First lines of programs. A script that looks like prose passes as prose: text is never served as anything else. */
const SCRIPTS: readonly RegExp[] = [
  /^#!/,
  /^%!PS/,
  /^@echo\b/i,
  /^(['"])use strict\1/,
  /^(;|!|\()?\s*function\s*[\w$]*\s*\(/,
  /^\(\s*\(?[\w$,\s]{0,64}\)?\s*=>/,
  /^import\s+([\w$*{][^\n]{0,200}\bfrom\s+)?['"]/,
  /^(var|let|const)\s+[\w$]+\s*=/,
  /^(javascript|vbscript):/i,
  /^Set\s+\w+\s*=\s*(CreateObject|WScript)/i,
  /^(Dim|Option\s+Explicit|On\s+Error\s+Resume)\b[^\n]{0,80}(\r?\n|$)/i,
  /^(powershell|cmd(\.exe)?\s+\/c|wscript|cscript|mshta)\b/i,
  /^\$[\w:]+\s*=\s*(New-Object|\[|\(|Get-|Invoke-)/i,
  /^(Invoke-Expression|IEX|Start-Process)\b/i,
  /^Windows Registry Editor|^REGEDIT4/,
  /^\[(InternetShortcut|autorun|Desktop Entry)\]/i,
  /^(eval|document\.write|window\.location|alert)\s*[(=]/,
]
