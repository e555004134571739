import { SegmentedMessage } from 'sms-segments-calculator'

/** How a text travels as SMS. */
export type Segments = {
  /** Messages that the text is cut into on its way, from 1. */
  readonly count: number
  /** `gsm-7` has 160 letters in one segment and 153 in each of several, `ucs-2` 70 and 67 (3GPP TS 23.038, TS 23.040). */
  readonly alphabet: 'gsm-7' | 'ucs-2'
}

/** Past this nobody counts: the text is far longer than any vendor takes, and counting looks at each letter. */
const COUNTED = 5_000

/** Counts the segments of a text. An empty text takes one. */
export function segmentsOf(text: string): Segments {
  const counted = new SegmentedMessage(text.slice(0, COUNTED))
  return {
    count: Math.max(1, counted.segmentsCount),
    alphabet: counted.getEncodingName() === 'GSM-7' ? 'gsm-7' : 'ucs-2',
  }
}
