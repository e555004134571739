/** Why compressed data could not be read on. */
export type InflateState = 'open' | 'done' | 'malformed' | 'cut'

const HISTORY = 32768
const ROOM = 65536
const LONGEST_MATCH = 258

// RFC 1951, 3.2.5: for each code its base in the upper bits, its extra bits in the lower four.
const LENGTHS = codes(3, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5])
const DISTANCES = codes(1, [0, 0, 0, 0, ...Array.from({ length: 26 }, (_, at) => 1 + (at >> 1))])
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

function codes(first: number, extra: readonly number[]): readonly { base: number; extra: number }[] {
  let base = first
  return extra.map((bits) => {
    const code = { base, extra: bits }
    base += 1 << bits
    return code
  })
}

// An entry of a decoding table: code length in bits 0 to 3, extra bits in 4 to 7, base or literal in 8 to 23, and one
// flag. Zero is no code.
const LITERAL = 1 << 24
const END = 1 << 25

const literalEntry = (symbol: number): number => {
  if (symbol < 256) return LITERAL | (symbol << 8)
  if (symbol === 256) return END
  // The last code stands for 258 alone, by exception.
  if (symbol === 285) return 258 << 8
  const code = LENGTHS[symbol - 257]
  return code === undefined ? 0 : (code.base << 8) | (code.extra << 4)
}
const distanceEntry = (symbol: number): number => {
  const code = DISTANCES[symbol]
  return code === undefined ? 0 : (code.base << 8) | (code.extra << 4)
}

type Table = { readonly bits: number; readonly entries: Uint32Array }

/**
 * Decompresses zlib data (RFC 1950) on demand, never further than it is asked to: a bomb costs no more than the
 * bytes that are wanted of it. The checksum at the end is not compared, since the caller may stop before it.
 */
export class Inflater {
  state: InflateState = 'open'
  readonly #next: () => Uint8Array | undefined
  #piece: Uint8Array = new Uint8Array()
  #at = 0
  #hold = 0
  #held = 0
  readonly #out = new Uint8Array(HISTORY + ROOM + LONGEST_MATCH)
  /** Where the next byte is written, and where the next one is given from. */
  #write = 0
  #given = 0
  #started = false
  #final = false
  /** Bytes left of a stored block; -1 within a coded one, -2 between blocks. */
  #stored = -2
  #literals: Table = { bits: 0, entries: new Uint32Array(1) }
  #distances: Table = this.#literals

  /** `next` gives the compressed data piece by piece, then `undefined`. */
  constructor(next: () => Uint8Array | undefined) {
    this.#next = next
  }

  /** Fills `into` as far as the data goes, and says how far that was. */
  read(into: Uint8Array): number {
    let done = 0
    while (done < into.length) {
      if (this.#given === this.#write) {
        if (this.state === 'open') this.#produce()
        if (this.#given === this.#write) break
      }
      const count = Math.min(into.length - done, this.#write - this.#given)
      into.set(this.#out.subarray(this.#given, this.#given + count), done)
      this.#given += count
      done += count
    }
    return done
  }

  /** Takes all compressed bytes that were not decoded, and counts them. The checksum of zlib data is four of them. */
  rest(): number {
    let count = (this.#held >> 3) + this.#piece.length - this.#at
    for (let piece = this.#next(); piece !== undefined; piece = this.#next()) count += piece.length
    return count
  }

  /** Decodes until the buffer is full or the data ends; everything written before has been given. */
  #produce(): void {
    if (this.#write > HISTORY) {
      this.#out.copyWithin(0, this.#write - HISTORY, this.#write)
      this.#write = HISTORY
    }
    this.#given = this.#write
    const full = this.#write + ROOM
    if (!this.#started) this.#header()
    while (this.state === 'open' && this.#write < full) {
      if (this.#stored === -2) this.#block()
      else if (this.#stored === -1) this.#coded(full)
      else this.#copy(full)
    }
  }

  #header(): void {
    this.#started = true
    const head = this.#take(16)
    // Method 8, a dictionary that nobody gave, and a check that makes it a multiple of 31.
    const wrong = (head & 15) !== 8 || (head & 0x2000) !== 0 || ((head & 255) * 256 + (head >> 8)) % 31 !== 0
    if (this.state === 'open' && wrong) this.state = 'malformed'
  }

  #block(): void {
    if (this.#final) {
      this.state = 'done'
      return
    }
    this.#final = this.#take(1) === 1
    const kind = this.#take(2)
    if (this.state !== 'open') return
    if (kind === 0) {
      this.#hold >>>= this.#held & 7
      this.#held -= this.#held & 7
      const length = this.#take(16)
      if ((length ^ this.#take(16)) !== 0xffff && this.state === 'open') this.state = 'malformed'
      this.#stored = length
    } else if (kind === 1) {
      this.#literals = FIXED_LITERALS
      this.#distances = FIXED_DISTANCES
      this.#stored = -1
    } else if (kind === 2) this.#tables()
    else this.state = 'malformed'
  }

  #tables(): void {
    const literals = this.#take(5) + 257
    const distances = this.#take(5) + 1
    const count = this.#take(4) + 4
    const small = new Uint8Array(19)
    for (let at = 0; at < count; at++) small[ORDER[at]!] = this.#take(3)
    const code = table(small, (symbol) => (symbol << 8) | LITERAL)
    const lengths = new Uint8Array(literals + distances)
    for (let at = 0; at < lengths.length && code !== undefined && this.state === 'open'; ) {
      const entry = this.#symbol(code)
      if (entry === 0) break
      const symbol = (entry >> 8) & 0xffff
      if (symbol < 16) {
        lengths[at++] = symbol
        continue
      }
      const repeat =
        symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7)
      if (at + repeat > lengths.length || (symbol === 16 && at === 0)) this.state = 'malformed'
      else lengths.fill(symbol === 16 ? lengths[at - 1]! : 0, at, at + repeat)
      at += repeat
    }
    const first = table(lengths.subarray(0, literals), literalEntry)
    const second = table(lengths.subarray(literals), distanceEntry)
    if (this.state !== 'open') return
    // Without a code for the end, the block could never be left.
    if (code === undefined || first === undefined || second === undefined || lengths[256] === 0) {
      this.state = 'malformed'
      return
    }
    this.#literals = first
    this.#distances = second
    this.#stored = -1
  }

  #copy(full: number): void {
    const count = Math.min(this.#stored, full - this.#write)
    for (let left = count; left > 0; ) {
      // What is held in bits goes first; behind it whole pieces.
      if (this.#held > 0) {
        this.#out[this.#write++] = this.#take(8)
        left--
        continue
      }
      if (this.#at === this.#piece.length && !this.#advance()) {
        this.state = 'cut'
        return
      }
      const run = Math.min(left, this.#piece.length - this.#at)
      this.#out.set(this.#piece.subarray(this.#at, this.#at + run), this.#write)
      this.#at += run
      this.#write += run
      left -= run
    }
    this.#stored -= count
    if (this.#stored === 0) this.#stored = -2
  }

  #coded(full: number): void {
    while (this.state === 'open' && this.#stored === -1 && this.#write < full) {
      this.#fast(full)
      if (this.#stored === -1 && this.#write < full) this.#one()
    }
  }

  /**
   * The hot loop, for as long as the piece has all the bytes that a symbol may take: whatever it touches is a local
   * variable that no closure holds. It stops before what it cannot decode, so that `#one` says what is wrong.
   */
  #fast(full: number): void {
    const out = this.#out
    const piece = this.#piece
    const { bits: literalBits, entries: literals } = this.#literals
    const { bits: distanceBits, entries: distances } = this.#distances
    const literalMask = (1 << literalBits) - 1
    const distanceMask = (1 << distanceBits) - 1
    const last = piece.length - 8
    let write = this.#write
    let at = this.#at
    let hold = this.#hold
    let held = this.#held
    // What is held beyond 15 bits would not leave room for two bytes more.
    while (write < full && at <= last) {
      if (held < 16) {
        hold |= (piece[at]! | (piece[at + 1]! << 8)) << held
        at += 2
        held += 16
      }
      const entry = literals[hold & literalMask]!
      if ((entry & LITERAL) !== 0) {
        hold >>>= entry & 15
        held -= entry & 15
        out[write++] = entry >> 8
        continue
      }
      if (entry === 0) break
      hold >>>= entry & 15
      held -= entry & 15
      if ((entry & END) !== 0) {
        this.#stored = -2
        break
      }
      if (held < 16) {
        hold |= (piece[at]! | (piece[at + 1]! << 8)) << held
        at += 2
        held += 16
      }
      let used = (entry >> 4) & 15
      const length = ((entry >> 8) & 0xffff) + (hold & ((1 << used) - 1))
      hold >>>= used
      held -= used
      if (held < 16) {
        hold |= (piece[at]! | (piece[at + 1]! << 8)) << held
        at += 2
        held += 16
      }
      const far = distances[hold & distanceMask]!
      hold >>>= far & 15
      held -= far & 15
      if (held < 16) {
        hold |= (piece[at]! | (piece[at + 1]! << 8)) << held
        at += 2
        held += 16
      }
      used = (far >> 4) & 15
      const distance = ((far >> 8) & 0xffff) + (hold & ((1 << used) - 1))
      hold >>>= used
      held -= used
      // No code for a distance gives 0 here.
      if (distance === 0 || distance > write) {
        this.state = 'malformed'
        break
      }
      let from = write - distance
      for (const end = write + length; write < end; ) out[write++] = out[from++]!
    }
    this.#write = write
    this.#at = at
    this.#hold = hold
    this.#held = held
  }

  /** One symbol, wherever its bytes are. */
  #one(): void {
    if (this.state !== 'open') return
    const entry = this.#symbol(this.#literals)
    if (this.state !== 'open') return
    if ((entry & LITERAL) !== 0) this.#out[this.#write++] = entry >> 8
    else if ((entry & END) !== 0) this.#stored = -2
    else {
      const length = ((entry >> 8) & 0xffff) + this.#take((entry >> 4) & 15)
      const far = this.#symbol(this.#distances)
      const distance = ((far >> 8) & 0xffff) + this.#take((far >> 4) & 15)
      if (this.state !== 'open') return
      if (distance > this.#write) {
        this.state = 'malformed'
        return
      }
      for (let left = length, from = this.#write - distance; left > 0; left--)
        this.#out[this.#write++] = this.#out[from++]!
    }
  }

  #advance(): boolean {
    while (this.#at === this.#piece.length) {
      const next = this.#next()
      if (next === undefined) return false
      this.#piece = next
      this.#at = 0
    }
    return true
  }

  /** So many bits, at most 16; zero behind the end. */
  #take(count: number): number {
    while (this.#held < count) {
      if (this.#at === this.#piece.length && !this.#advance()) {
        if (this.state === 'open') this.state = 'cut'
        return 0
      }
      this.#hold |= this.#piece[this.#at++]! << this.#held
      this.#held += 8
    }
    const value = this.#hold & ((1 << count) - 1)
    this.#hold >>>= count
    this.#held -= count
    return value
  }

  /** One symbol of a small table. */
  #symbol({ bits, entries }: Table): number {
    // Behind the end stand zeros, and the count of what is held tells them from data.
    while (this.#held < bits && (this.#at < this.#piece.length || this.#advance())) {
      this.#hold |= this.#piece[this.#at++]! << this.#held
      this.#held += 8
    }
    const entry = entries[this.#hold & ((1 << bits) - 1)]!
    if (entry === 0 || (entry & 15) > this.#held) {
      this.state = entry === 0 && this.#held >= bits ? 'malformed' : 'cut'
      return 0
    }
    this.#hold >>>= entry & 15
    this.#held -= entry & 15
    return entry
  }
}

/**
 * A decoding table from code lengths: indexed by as many bits as the longest code has, the first bit lowest. Codes
 * that are not used have no entry; lengths that promise more codes than there can be give no table.
 */
function table(lengths: Uint8Array, entry: (symbol: number) => number): Table | undefined {
  const counts = new Uint16Array(16)
  for (const length of lengths) counts[length]!++
  counts[0] = 0
  let bits = 15
  while (bits > 0 && counts[bits] === 0) bits--
  const starts = new Uint16Array(16)
  let code = 0
  for (let length = 1; length <= bits; length++) {
    code = (code + counts[length - 1]!) << 1
    starts[length] = code
    if (code + counts[length]! > 1 << length) return undefined
  }
  const entries = new Uint32Array(1 << bits)
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!
    if (length === 0) continue
    let reversed = 0
    for (let from = starts[length]!++, left = length; left > 0; left--, from >>= 1)
      reversed = (reversed << 1) | (from & 1)
    const value = entry(symbol)
    // A symbol that stands for nothing keeps its zero, so that meeting it is an error.
    if (value !== 0)
      for (let at = reversed; at < entries.length; at += 1 << length) entries[at] = value | length
  }
  return { bits, entries }
}

const FIXED_LITERALS = table(
  Uint8Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8)),
  literalEntry,
)!
const FIXED_DISTANCES = table(new Uint8Array(30).fill(5), distanceEntry)!
