import { u32le } from '../../bytes.ts'
import { riffChunks } from '../../riff.ts'

/** What in a WAV file must not leave: any chunk but format, fact and samples, or a byte behind them. */
export function verifyWav(bytes: Uint8Array): string | undefined {
  let end = 12
  for (const { name, data, cut } of riffChunks(bytes)) {
    if (!['fmt ', 'fact', 'data'].includes(name) || cut) return `chunk ${name}`
    end += 8 + data.length + (data.length & 1)
  }
  return end === bytes.length && u32le(bytes, 4) === bytes.length - 8 ? undefined : 'sizes that do not agree'
}
