import { concat, fromLatin1 } from '../../bytes.ts'
import { deflate } from '../../deflate.ts'
import type { PdfFile } from './file.ts'
import { cleanInnerJpeg } from './inner-jpeg.ts'
import { keepsEntry, mayStay } from './policy.ts'
import { asKind, nameIn, type PdfDict, type PdfStream, type PdfValue } from './value.ts'

/** Objects that are packed together: readers unpack all of them for one. */
const PACKED_TOGETHER = 200

/**
 * A new PDF of what is reached from the catalog and may stay, numbered anew: what nothing leads to, such as older
 * versions of a page, is not in it. Objects without data of their own are packed together (ISO 32000-1, 7.5.7).
 */
export async function writePdf(file: PdfFile): Promise<Uint8Array<ArrayBuffer>> {
  return new Writer(file).write()
}

/** Where an object is: at an offset, or the so-manieth of a packed group. */
type Place = { readonly offset: number } | { readonly group: number; readonly index: number }

class Writer {
  readonly #file: PdfFile
  /** New numbers by old, in the order in which they were met. */
  readonly #numbers = new Map<number, number>()
  readonly #places: Place[] = []
  #pieces: Uint8Array[] = []
  #length = 0

  constructor(file: PdfFile) {
    this.#file = file
  }

  async write(): Promise<Uint8Array<ArrayBuffer>> {
    // The four bytes above 127 tell old transports that the file is binary.
    this.#put('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n')
    this.#reference(this.#file.root)
    const plain: { readonly number: number; readonly bytes: Uint8Array }[] = []
    // Writing an object meets others, so the map grows while it is walked.
    for (const [old, number] of this.#numbers) {
      const value = this.#file.objects.get(old) ?? null
      const stream = asKind(value, 'stream')
      if (stream !== undefined) this.#numbered(number, () => this.#stream(stream))
      else plain.push({ number, bytes: this.#apart(() => this.#value(value)) })
    }
    let last = this.#numbers.size
    for (let at = 0; at < plain.length; at += PACKED_TOGETHER)
      await this.#pack(++last, plain.slice(at, at + PACKED_TOGETHER))
    await this.#index(last + 1)
    return concat(this.#pieces)
  }

  #put(piece: string | Uint8Array): void {
    const bytes = typeof piece === 'string' ? fromLatin1(piece) : piece
    this.#pieces.push(bytes)
    this.#length += bytes.length
  }

  /** What `write` puts, not into the file but by itself. */
  #apart(write: () => void): Uint8Array<ArrayBuffer> {
    const [pieces, length] = [this.#pieces, this.#length]
    this.#pieces = []
    write()
    const bytes = concat(this.#pieces)
    this.#pieces = pieces
    this.#length = length
    return bytes
  }

  #numbered(number: number, write: () => void): void {
    this.#places[number - 1] = { offset: this.#length }
    this.#put(`${number} 0 obj\n`)
    write()
    this.#put('\nendobj\n')
  }

  async #pack(number: number, group: readonly { number: number; bytes: Uint8Array }[]): Promise<void> {
    let offset = 0
    const heads = group.map(({ number: of, bytes }, index) => {
      this.#places[of - 1] = { group: number, index }
      const head = `${of} ${offset} `
      offset += bytes.length + 1
      return head
    })
    const first = heads.join('').length
    const bodies = group.flatMap(({ bytes }) => [bytes, fromLatin1('\n')])
    const data = await deflate(concat([fromLatin1(heads.join('')), ...bodies]))
    const dict = `<< /Type /ObjStm /N ${group.length} /First ${first} /Filter /FlateDecode /Length ${data.length} >>`
    this.#numbered(number, () => this.#data(dict, data))
  }

  /** The table of places, itself a stream (7.5.8): a kind, four bytes of offset or group, two of index. */
  async #index(number: number): Promise<void> {
    const start = this.#length
    const rows = new DataView(new ArrayBuffer((number + 1) * 7))
    rows.setUint16(5, 0xffff)
    for (let of = 1; of <= number; of++) {
      const place = of === number ? { offset: start } : this.#places[of - 1]!
      rows.setUint8(of * 7, 'offset' in place ? 1 : 2)
      rows.setUint32(of * 7 + 1, 'offset' in place ? place.offset : place.group)
      rows.setUint16(of * 7 + 5, 'offset' in place ? 0 : place.index)
    }
    const data = await deflate(new Uint8Array(rows.buffer))
    const dict = `<< /Type /XRef /Size ${number + 1} /W [ 1 4 2 ] /Root 1 0 R /Filter /FlateDecode /Length ${data.length} >>`
    this.#numbered(number, () => this.#data(dict, data))
    this.#put(`startxref\n${start}\n%%EOF\n`)
  }

  #data(dict: string, data: Uint8Array): void {
    this.#put(`${dict}\nstream\n`)
    this.#put(data)
    this.#put('\nendstream')
  }

  #stream({ dict, data }: PdfStream): void {
    if (!mayStay(dict)) {
      this.#put('null')
      return
    }
    const bytes = nameIn(dict, 'Filter') === 'DCTDecode' ? cleanInnerJpeg(data) : data
    // A stream whose data lies in another file has it by F, beside its own length.
    const entries = new Map(
      [...dict.entries].filter(([key]) => !['F', 'FFilter', 'FDecodeParms'].includes(key)),
    )
    entries.set('Length', { kind: 'number', raw: String(bytes.length) })
    this.#dict({ kind: 'dict', entries })
    this.#put('\nstream\n')
    this.#put(bytes)
    this.#put('\nendstream')
  }

  #value(value: PdfValue): void {
    const dict = asKind(value, 'dict')
    const array = asKind(value, 'array')
    if (array !== undefined) {
      this.#put('[')
      for (const item of array.items) {
        this.#put(' ')
        this.#value(item)
      }
      this.#put(' ]')
    } else if (dict !== undefined && mayStay(dict)) this.#dict(dict)
    else this.#put(this.#simple(value))
  }

  /** A value that holds no others; what may not stay is null, and so is a stream, which is always an object of its own. */
  #simple(value: PdfValue): string | Uint8Array {
    if (typeof value === 'boolean') return String(value)
    if (value?.kind === 'number' || value?.kind === 'text') return value.raw
    if (value?.kind === 'name') return writtenName(value.name)
    return value?.kind === 'ref' ? this.#reference(value.number) : 'null'
  }

  #dict(dict: PdfDict): void {
    this.#put('<<')
    for (const [key, value] of dict.entries) {
      if (!keepsEntry(dict, key)) continue
      this.#put(` ${writtenName(key)} `)
      this.#value(value)
    }
    this.#put(' >>')
  }

  /** "12 0 R" with the new number; what is not in the file, or may not stay, is null. */
  #reference(old: number): string {
    const value = this.#file.objects.get(old)
    if (value === undefined) return 'null'
    const dict = asKind(value, 'dict') ?? asKind(value, 'stream')?.dict
    if (dict !== undefined && !mayStay(dict)) return 'null'
    let number = this.#numbers.get(old)
    if (number === undefined) {
      number = this.#numbers.size + 1
      this.#numbers.set(old, number)
    }
    return `${number} 0 R`
  }
}

/** A name with all but letters, digits and a few signs written as #xx. */
function writtenName(name: string): string {
  const escaped = (letter: string) => `#${letter.charCodeAt(0).toString(16).padStart(2, '0')}`
  return `/${name.replace(/[^\w.+*:;,'"!?@$&=~^|-]/g, escaped)}`
}
