/** The GSM 7-bit default alphabet (3GPP TS 23.038, clause 6.2.1), and what takes two of its places. */
const ALPHABET = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const ESCAPED = new Set('\f^{}\\[~]|€')

/** How a text travels as SMS. */
export type Segments = {
  readonly segments: number
  /** Places used and there in all. */
  readonly used: number
  readonly room: number
  /** Letters that make every letter take twice the room; null where there are none. */
  readonly costly: string | null
}

/** Counts the segments of a text: 160 or 153 letters each, or 70 and 67 once a letter is outside the alphabet. */
export function segmentsOf(text: string): Segments {
  let places = 0
  let costly: string | null = null
  for (const letter of text) {
    if (ALPHABET.has(letter)) places++
    else if (ESCAPED.has(letter)) places += 2
    else costly ??= letter
  }
  const used = costly === null ? places : text.length
  const [one, more] = costly === null ? [160, 153] : [70, 67]
  const segments = used <= one ? 1 : Math.ceil(used / more)
  return { segments, used, room: segments === 1 ? one : segments * more, costly }
}
