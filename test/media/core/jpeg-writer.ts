/**
 * Writes JPEG files of kinds that encoders on npm do not write: any sampling factors, restart markers, separate scans,
 * progressive scripts, odd Huffman tables. The picture is given as quantised coefficients, so nothing is lost here.
 */

export interface WrittenComponent {
  readonly id: number
  readonly h: number
  readonly v: number
}

/** One scan: which components, which coefficients, which bits. */
export interface WrittenScan {
  readonly components: readonly number[]
  readonly first?: number
  readonly last?: number
  readonly high?: number
  readonly low?: number
}

export interface WrittenJpeg {
  readonly width: number
  readonly height: number
  readonly components: readonly WrittenComponent[]
  /** 64 coefficients, in zigzag order, of block (x, y) of a component; also asked for blocks that only fill MCUs. */
  readonly coefficients: (component: number, x: number, y: number) => Int16Array
  /** 64 steps in zigzag order. */
  readonly quantization: ArrayLike<number>
  readonly wideQuantization?: boolean
  readonly progressive?: boolean
  readonly scans: readonly WrittenScan[]
  readonly restart?: number
  /** Marker segments that come first, whole. */
  readonly head?: Uint8Array
  /** Bytes before every marker but SOI. */
  readonly junk?: Uint8Array
  /** Leaves the height to a DNL segment. */
  readonly heightLater?: boolean
  readonly withoutEnd?: boolean
  /** Gives the code lengths a new order. */
  readonly random?: () => number
}

/** A generator of numbers from 0 to 1 that gives the same ones each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

type Code = { readonly bits: number; readonly length: number }

/** A Huffman table of these symbols: few short codes, many long ones up to 16 bits. */
class Table {
  readonly definition: readonly number[]
  readonly codes = new Map<number, Code>()

  constructor(symbols: readonly number[], random: (() => number) | undefined) {
    const order = [...symbols]
    if (random)
      for (let i = order.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1))
        ;[order[i], order[j]] = [order[j]!, order[i]!]
      }
    const counts = new Array<number>(16).fill(0)
    let code = 0
    let placed = 0
    for (let length = 1; length <= 16 && placed < order.length; length++) {
      code <<= 1
      // Takes a third of what is free, so that room remains; the code of all ones stays unused.
      const free = (1 << length) - code
      const wanted = length === 16 ? order.length - placed : Math.floor(free / 3)
      const count = Math.min(wanted, order.length - placed)
      for (let i = 0; i < count; i++) this.codes.set(order[placed++]!, { bits: code++, length })
      counts[length - 1] = count
    }
    this.definition = [...counts, ...order]
  }
}

class Bits {
  readonly bytes: number[] = []
  #word = 0
  #count = 0

  put(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit--) {
      this.#word = (this.#word << 1) | ((value >> bit) & 1)
      if (++this.#count < 8) continue
      this.bytes.push(this.#word)
      if (this.#word === 0xff) this.bytes.push(0)
      this.#word = 0
      this.#count = 0
    }
  }

  flush(): void {
    while (this.#count > 0) this.put(1, 1)
  }
}

const size = (value: number) => 32 - Math.clz32(Math.abs(value))
const shifted = (value: number, low: number) => (value < 0 ? -(-value >> low) : value >> low)

/** The file's bytes. */
export function writeJpeg(picture: WrittenJpeg): Uint8Array {
  const { width, height, components, progressive = false, restart = 0, random } = picture
  const hMax = Math.max(...components.map(({ h }) => h))
  const vMax = Math.max(...components.map(({ v }) => v))
  const mcusX = Math.ceil(width / (8 * hMax))
  const mcusY = Math.ceil(height / (8 * vMax))
  const dc = new Table(
    Array.from({ length: 12 }, (_, i) => i),
    random,
  )
  const acSymbols: number[] = []
  for (let run = 0; run < 16; run++) {
    for (let s = 1; s <= 10; s++) acSymbols.push(run * 16 + s)
    if (run === 0 || run === 15 || progressive) acSymbols.push(run * 16)
  }
  const ac = new Table(acSymbols, random)

  const out: number[] = [0xff, 0xd8]
  const segment = (marker: number, body: readonly number[]) => {
    out.push(...(picture.junk ?? []), 0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body)
  }
  for (const byte of picture.head ?? []) out.push(byte)
  const steps = Array.from({ length: 64 }, (_, k) => picture.quantization[k]!)
  segment(0xdb, picture.wideQuantization ? [0x10, ...steps.flatMap((q) => [q >> 8, q & 255])] : [0, ...steps])
  const shownHeight = picture.heightLater ? 0 : height
  segment(progressive ? 0xc2 : 0xc1, [
    8,
    shownHeight >> 8,
    shownHeight & 255,
    width >> 8,
    width & 255,
    components.length,
    ...components.flatMap(({ id, h, v }) => [id, h * 16 + v, 0]),
  ])
  segment(0xc4, [0x00, ...dc.definition])
  segment(0xc4, [0x10, ...ac.definition])
  if (restart) segment(0xdd, [restart >> 8, restart & 255])

  for (const [number, scan] of picture.scans.entries()) {
    const { first = 0, last = 63, high = 0, low = 0 } = scan
    segment(0xda, [
      scan.components.length,
      ...scan.components.flatMap((c) => [components[c]!.id, 0x00]),
      first,
      last,
      high * 16 + low,
    ])
    const coder = new Coder(dc, ac, { first, last, high, low, progressive })
    let count = 0
    let marker = 0
    const mcu = (blocks: readonly (readonly [number, number, number])[]) => {
      if (restart && count === restart) {
        coder.finish()
        coder.bits.bytes.push(0xff, 0xd0 + marker)
        marker = (marker + 1) & 7
        count = 0
      }
      count++
      for (const [c, x, y] of blocks) coder.block(c, picture.coefficients(c, x, y))
    }
    const alone = scan.components.length === 1 ? scan.components[0]! : -1
    if (alone >= 0) {
      const { h, v } = components[alone]!
      const across = Math.ceil(Math.ceil((width * h) / hMax) / 8)
      const down = Math.ceil(Math.ceil((height * v) / vMax) / 8)
      for (let y = 0; y < down; y++) for (let x = 0; x < across; x++) mcu([[alone, x, y]])
    } else {
      for (let my = 0; my < mcusY; my++)
        for (let mx = 0; mx < mcusX; mx++) {
          const blocks: [number, number, number][] = []
          for (const c of scan.components) {
            const { h, v } = components[c]!
            for (let y = 0; y < v; y++) for (let x = 0; x < h; x++) blocks.push([c, mx * h + x, my * v + y])
          }
          mcu(blocks)
        }
    }
    coder.finish()
    // One push per byte: a scan can be longer than a call may have arguments.
    for (const byte of coder.bits.bytes) out.push(byte)
    if (number === 0 && picture.heightLater) segment(0xdc, [height >> 8, height & 255])
  }
  if (!picture.withoutEnd) out.push(...(picture.junk ?? []), 0xff, 0xd9)
  return Uint8Array.from(out)
}

interface CoderScan {
  readonly first: number
  readonly last: number
  readonly high: number
  readonly low: number
  readonly progressive: boolean
}

/** The entropy coder of T.81 F and G, one block at a time. */
class Coder {
  readonly bits = new Bits()
  readonly #dc: Table
  readonly #ac: Table
  readonly #scan: CoderScan
  readonly #predictions = new Map<number, number>()
  #run = 0
  /** Refinement bits that follow the run of ended bands. */
  #held: number[] = []

  constructor(dc: Table, ac: Table, scan: CoderScan) {
    this.#dc = dc
    this.#ac = ac
    this.#scan = scan
  }

  finish(): void {
    this.#endRun()
    this.bits.flush()
    this.#predictions.clear()
  }

  block(component: number, zigzag: Int16Array): void {
    const { first, last, high, low, progressive } = this.#scan
    if (first === 0) {
      if (high) this.bits.put((zigzag[0]! >> low) & 1, 1)
      else {
        const value = zigzag[0]! >> low
        const difference = value - (this.#predictions.get(component) ?? 0)
        this.#predictions.set(component, value)
        this.#symbol(this.#dc, size(difference))
        this.#value(difference)
      }
    }
    if (last === 0) return
    const from = Math.max(1, first)
    if (high) this.#refine(zigzag, from)
    else this.#first(zigzag, from, progressive)
  }

  #first(zigzag: Int16Array, from: number, runs: boolean): void {
    const { last, low } = this.#scan
    let zeros = 0
    for (let k = from; k <= last; k++) {
      const value = shifted(zigzag[k]!, low)
      if (value === 0) {
        zeros++
        continue
      }
      this.#endRun()
      for (; zeros > 15; zeros -= 16) this.#symbol(this.#ac, 0xf0)
      this.#symbol(this.#ac, zeros * 16 + size(value))
      this.#value(value)
      zeros = 0
    }
    if (zeros === 0) return
    if (!runs) this.#symbol(this.#ac, 0)
    else if (++this.#run === 0x7fff) this.#endRun()
  }

  #refine(zigzag: Int16Array, from: number): void {
    const { last, low } = this.#scan
    let end = 0
    for (let k = from; k <= last; k++) if (Math.abs(zigzag[k]!) >> low === 1) end = k
    let zeros = 0
    let corrections: number[] = []
    for (let k = from; k <= last; k++) {
      const magnitude = Math.abs(zigzag[k]!) >> low
      if (magnitude === 0) {
        zeros++
        continue
      }
      while (zeros > 15 && k <= end) {
        this.#endRun()
        this.#symbol(this.#ac, 0xf0)
        zeros -= 16
        this.#raw(corrections)
        corrections = []
      }
      if (magnitude > 1) {
        corrections.push(magnitude & 1)
        continue
      }
      this.#endRun()
      this.#symbol(this.#ac, zeros * 16 + 1)
      this.bits.put(zigzag[k]! < 0 ? 0 : 1, 1)
      this.#raw(corrections)
      corrections = []
      zeros = 0
    }
    if (zeros === 0 && corrections.length === 0) return
    this.#run++
    this.#held.push(...corrections)
    if (this.#run === 0x7fff) this.#endRun()
  }

  #endRun(): void {
    if (this.#run > 0) {
      const length = size(this.#run) - 1
      this.#symbol(this.#ac, length * 16)
      this.bits.put(this.#run - (1 << length), length)
      this.#run = 0
    }
    this.#raw(this.#held)
    this.#held = []
  }

  #raw(corrections: readonly number[]): void {
    for (const bit of corrections) this.bits.put(bit, 1)
  }

  #symbol(table: Table, symbol: number): void {
    const { bits, length } = table.codes.get(symbol)!
    this.bits.put(bits, length)
  }

  #value(value: number): void {
    const length = size(value)
    this.bits.put(value < 0 ? value + (1 << length) - 1 : value, length)
  }
}
