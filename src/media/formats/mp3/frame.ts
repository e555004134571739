/** One frame of MPEG audio, as its four header bytes describe it. */
export type Mp3Header = {
  /** MPEG version: 1, 2 or 2.5. */
  readonly version: 1 | 2 | 2.5
  readonly layer: 1 | 2 | 3
  /** Bytes of the whole frame, header included. */
  readonly length: number
  readonly sampleRate: number
  /** Samples per channel that the frame decodes to. */
  readonly samples: number
  readonly channels: 1 | 2
}

// ISO/IEC 11172-3, 2.4.2.3 and 13818-3, 2.4.2.3, in kbit/s; index 0 is "free" and not taken.
const RATES_1: Readonly<Record<1 | 2 | 3, readonly number[]>> = {
  1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
}
const RATES_2: Readonly<Record<1 | 2 | 3, readonly number[]>> = {
  1: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  3: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
const SAMPLE_RATES = [44100, 48000, 32000]

/** The frame header at `at`; `undefined` when there is none, or one of free bit rate. */
export function readMp3Header(bytes: Uint8Array, at: number): Mp3Header | undefined {
  const [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
  if (a !== 0xff || b === undefined || c === undefined || d === undefined || b < 0xe0) return undefined
  const version = ([2.5, undefined, 2, 1] as const)[(b >> 3) & 3]
  const layer = ([undefined, 3, 2, 1] as const)[(b >> 1) & 3]
  const base = SAMPLE_RATES[(c >> 2) & 3]
  if (version === undefined || layer === undefined || base === undefined || (d & 3) === 2) return undefined
  const rate = (version === 1 ? RATES_1 : RATES_2)[layer][c >> 4]
  if (rate === undefined || rate === 0) return undefined
  const sampleRate = version === 1 ? base : version === 2 ? base / 2 : base / 4
  const padding = (c >> 1) & 1
  const samples = layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1152
  const length =
    layer === 1
      ? 4 * (Math.floor((12000 * rate) / sampleRate) + padding)
      : Math.floor(((samples / 8) * rate * 1000) / sampleRate) + padding
  return { version, layer, length, sampleRate, samples, channels: d >> 6 === 3 ? 1 : 2 }
}
