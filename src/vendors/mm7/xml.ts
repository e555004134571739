import { SaxesParser } from 'saxes'
import { fail, ok, type Result } from '../../domain/result.ts'

/**
 * XML as SOAP uses it, read into a small tree. Document type declarations are refused (SOAP 1.1, clause 3), and with them every
 * entity but the five of XML; prefixes are cut off, since real senders write wrong ones.
 */

/** An element by its local name. */
export type XmlElement = {
  /** Without prefix, as it was written. */
  readonly name: string
  /** Names without prefix, but for declarations of namespaces. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Its own character data, trimmed. */
  readonly text: string
}

/** Why a document is not read, in a clause. */
export type XmlProblem = { readonly detail: string }

const MOST_CHARACTERS = 1_048_576
const DEEPEST = 64
const MOST_ELEMENTS = 5_000

type Open = { name: string; attributes: Map<string, string>; children: XmlElement[]; text: string }

class Refused extends Error {}

const local = (name: string): string => name.slice(name.lastIndexOf(':') + 1)

/** Reads a document. */
export function parseXml(text: string): Result<XmlElement, XmlProblem> {
  if (text.length > MOST_CHARACTERS)
    return fail({ detail: `it is longer than ${MOST_CHARACTERS} characters` })
  const parser = new SaxesParser({ position: false })
  const stack: Open[] = []
  let root: XmlElement | null = null
  let count = 0
  parser.on('error', (error) => {
    throw new Refused(error.message)
  })
  parser.on('doctype', () => {
    throw new Refused('a document type declaration is refused')
  })
  parser.on('opentag', (tag) => {
    if (stack.length >= DEEPEST) throw new Refused(`elements are nested deeper than ${DEEPEST}`)
    if (++count > MOST_ELEMENTS) throw new Refused(`there are more than ${MOST_ELEMENTS} elements`)
    const attributes = new Map<string, string>()
    for (const [name, value] of Object.entries(tag.attributes))
      attributes.set(name.startsWith('xmlns') ? name : local(name), value)
    stack.push({ name: local(tag.name), attributes, children: [], text: '' })
  })
  const characters = (more: string): void => {
    const open = stack.at(-1)
    if (open !== undefined) open.text += more
  }
  parser.on('text', characters)
  parser.on('cdata', characters)
  parser.on('closetag', () => {
    const done = stack.pop()
    if (done === undefined) return
    const element = { ...done, text: done.text.trim() }
    const parent = stack.at(-1)
    if (parent === undefined) root = element
    else parent.children.push(element)
  })
  try {
    // A declaration after a line break is wrong and common.
    parser.write(text.replace(/^\ufeff?\s+/, '').replace(/^\ufeff/, '')).close()
  } catch (error) {
    if (error instanceof Refused) return fail({ detail: error.message.slice(0, 200) })
    throw error
  }
  return root === null ? fail({ detail: 'it has no element' }) : ok(root)
}

/** The first child of a local name, in any letters; null where there is none. */
export function childOf(element: XmlElement | null, name: string): XmlElement | null {
  const wanted = name.toLowerCase()
  return element?.children.find((one) => one.name.toLowerCase() === wanted) ?? null
}

/** The text of a child; null where there is none or it is empty. */
export const textOf = (element: XmlElement | null, name: string): string | null =>
  childOf(element, name)?.text || null

/** The first element of a local name anywhere below, the element itself included. */
export function findElement(element: XmlElement, test: (one: XmlElement) => boolean): XmlElement | null {
  if (test(element)) return element
  for (const child of element.children) {
    const found = findElement(child, test)
    if (found !== null) return found
  }
  return null
}

/** Text as XML has it; characters that XML 1.0 (clause 2.2) has no place for are left out. */
export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones being left out
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')

/** An element of text; nothing for null. Attributes are written in the order given. */
export function element(
  name: string,
  content: string | null,
  attributes: Readonly<Record<string, string>> = {},
): string {
  if (content === null) return ''
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
    .join('')
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`
}
