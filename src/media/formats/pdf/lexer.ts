import { latin1 } from '../../bytes.ts'
import type { PdfValue } from './value.ts'

/** Arrays and dictionaries within each other, at most: real files have less than ten. */
const DEEPEST = 64

const SPACE = new Set([0, 9, 10, 12, 13, 32])
const DELIMITERS = new Set(Array.from('()<>[]{}/%', (letter) => letter.charCodeAt(0)))

/**
 * Thrown at bytes that are no value; caught where an object begins, so that one broken object does not end the file.
 * Not an Error, since to write down the stack takes longer than all the reading in a file made of broken objects.
 */
export class PdfSyntaxError {
  readonly detail: string

  constructor(detail: string) {
    this.detail = detail
  }
}

/** Reads values from the bytes of a PDF file, or of an unpacked object stream. */
export class PdfLexer {
  at: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes
    this.at = at
  }

  /** The next value; references are told from numbers by what follows. */
  value(depth = 0): PdfValue {
    if (depth > DEEPEST) throw new PdfSyntaxError('too deep')
    this.skipSpace()
    const byte = this.#bytes[this.at]
    if (byte === undefined) throw new PdfSyntaxError('the end')
    if (byte === 0x2f) return { kind: 'name', name: this.#name() }
    if (byte === 0x28) return { kind: 'text', raw: this.#string() }
    if (byte === 0x5b) return this.#array(depth)
    if (byte === 0x3c)
      return this.#bytes[this.at + 1] === 0x3c ? this.#dict(depth) : { kind: 'text', raw: this.#hex() }
    const word = this.word()
    if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(word)) return this.#number(word)
    if (word === 'true' || word === 'false') return word === 'true'
    if (word === 'null') return null
    throw new PdfSyntaxError(`the word ${word.slice(0, 20)}`)
  }

  /** Whether these letters follow, behind white space; if so they are stepped over. */
  takes(word: string): boolean {
    const start = this.at
    if (this.word() === word) return true
    this.at = start
    return false
  }

  /** Letters up to white space or a delimiter, '' when there are none. */
  word(): string {
    this.skipSpace()
    const start = this.at
    while (
      this.at < this.#bytes.length &&
      !SPACE.has(this.#bytes[this.at]!) &&
      !DELIMITERS.has(this.#bytes[this.at]!)
    )
      this.at++
    return latin1(this.#bytes, start, Math.min(this.at - start, 64))
  }

  /** Steps over white space and comments. */
  skipSpace(): void {
    for (; this.at < this.#bytes.length; this.at++) {
      const byte = this.#bytes[this.at]!
      if (byte === 0x25) {
        while (this.at < this.#bytes.length && this.#bytes[this.at] !== 10 && this.#bytes[this.at] !== 13)
          this.at++
      } else if (!SPACE.has(byte)) return
    }
  }

  #number(raw: string): PdfValue {
    const start = this.at
    if (/^\d{1,10}$/.test(raw)) {
      const generation = this.word()
      if (/^\d{1,5}$/.test(generation) && this.word() === 'R') return { kind: 'ref', number: Number(raw) }
    }
    this.at = start
    return { kind: 'number', raw }
  }

  #name(): string {
    this.at++
    const start = this.at
    while (
      this.at < this.#bytes.length &&
      !SPACE.has(this.#bytes[this.at]!) &&
      !DELIMITERS.has(this.#bytes[this.at]!)
    )
      this.at++
    const written = latin1(this.#bytes, start, Math.min(this.at - start, 512))
    return written.replace(/#([0-9a-f]{2})/gi, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    )
  }

  #string(): Uint8Array {
    const start = this.at
    let open = 0
    for (; this.at < this.#bytes.length; this.at++) {
      const byte = this.#bytes[this.at]
      if (byte === 0x5c) this.at++
      else if (byte === 0x28) open++
      else if (byte === 0x29 && --open === 0) return this.#bytes.subarray(start, ++this.at)
    }
    throw new PdfSyntaxError('a string without its end')
  }

  #hex(): Uint8Array {
    const start = this.at
    const end = this.#bytes.indexOf(0x3e, start)
    // Also where it fails, so that the effort is counted.
    this.at = end < 0 ? this.#bytes.length : end
    if (end < 0 || /[^<>\s0-9a-f]/i.test(latin1(this.#bytes, start, Math.min(end - start, 4096))))
      throw new PdfSyntaxError('a string that is no hexadecimal')
    this.at = end + 1
    return this.#bytes.subarray(start, this.at)
  }

  #array(depth: number): PdfValue {
    this.at++
    const items: PdfValue[] = []
    while (!this.#ends(0x5d)) items.push(this.value(depth + 1))
    return { kind: 'array', items }
  }

  #dict(depth: number): PdfValue {
    this.at += 2
    const entries = new Map<string, PdfValue>()
    while (!this.#ends(0x3e)) {
      if (this.#bytes[this.at] !== 0x2f) throw new PdfSyntaxError('a key that is no name')
      const key = this.#name()
      entries.set(key, this.value(depth + 1))
    }
    if (this.#bytes[this.at++] !== 0x3e) throw new PdfSyntaxError('a dictionary without its end')
    return { kind: 'dict', entries }
  }

  /** Whether this byte follows, behind white space; if so it is stepped over. */
  #ends(byte: number): boolean {
    this.skipSpace()
    if (this.at >= this.#bytes.length) throw new PdfSyntaxError('the end')
    if (this.#bytes[this.at] !== byte) return false
    this.at++
    return true
  }
}
