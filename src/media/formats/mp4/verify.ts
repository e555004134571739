import { u32be } from '../../bytes.ts'
import { boxes } from './boxes.ts'

/** Boxes of boxes, and what each may hold. Whatever is not named here must not leave. */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  moov: ['mvhd', 'trak'],
  trak: ['tkhd', 'edts', 'mdia'],
  edts: ['elst'],
  mdia: ['mdhd', 'hdlr', 'minf'],
  minf: ['vmhd', 'smhd', 'dinf', 'stbl'],
  dinf: ['dref'],
  stbl: ['stsd', 'stts', 'ctts', 'stss', 'stsc', 'stsz', 'stz2', 'stco'],
}

/** What in a movie must not leave; `undefined` when nothing is found. */
export function verifyMovie(bytes: Uint8Array): string | undefined {
  const top = [...boxes(bytes)]
  const order = top.map(({ type }) => type).join(' ')
  if (order !== 'ftyp moov mdat') return `boxes ${order}`
  if (top.at(-1)!.end !== bytes.length) return 'bytes behind the last box'
  const [, moov, mdat] = top
  const complaint = verifyBox('moov', moov!.data)
  if (complaint !== undefined) return complaint
  // Every byte of the data has to be some sample's: the tables count as many as there are.
  const counted = sampleBytes(moov!.data)
  return counted === mdat!.data.length
    ? undefined
    : `${mdat!.data.length} bytes of data, ${counted} of samples`
}

function verifyBox(type: string, data: Uint8Array): string | undefined {
  let end = 0
  for (const box of boxes(data)) {
    if (!INSIDE[type]!.includes(box.type)) return `${box.type} in ${type}`
    if (['mvhd', 'tkhd', 'mdhd'].includes(box.type) && box.data.subarray(4, 12).some((byte) => byte !== 0))
      return `a date in ${box.type}`
    if (box.type === 'hdlr' && box.data.subarray(12).some((byte) => byte !== 0)) return 'a name in hdlr'
    const complaint = INSIDE[box.type] === undefined ? undefined : verifyBox(box.type, box.data)
    if (complaint !== undefined) return complaint
    end = box.end
  }
  return end === data.length ? undefined : `bytes between the boxes of ${type}`
}

function sampleBytes(data: Uint8Array): number {
  let sum = 0
  for (const box of boxes(data)) {
    if (['trak', 'mdia', 'minf', 'stbl'].includes(box.type)) sum += sampleBytes(box.data)
    else if (box.type === 'stsz') sum += stszBytes(box.data)
    else if (box.type === 'stz2') sum += stz2Bytes(box.data)
  }
  return sum
}

function stszBytes(data: Uint8Array): number {
  const [constant, count] = [u32be(data, 4), u32be(data, 8)]
  if (constant > 0) return constant * count
  let sum = 0
  for (let at = 12; at + 4 <= data.length; at += 4) sum += u32be(data, at)
  return sum
}

function stz2Bytes(data: Uint8Array): number {
  let sum = 0
  for (let at = 12; at < data.length; at++)
    sum +=
      data[7] === 16
        ? data[at]! << (at & 1 ? 0 : 8)
        : data[7] === 8
          ? data[at]!
          : (data[at]! >> 4) + (data[at]! & 15)
  return sum
}
