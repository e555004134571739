import { hasAt, latin1 } from '../../bytes.ts'
import { readPdf } from './file.ts'
import { UNWANTED } from './policy.ts'
import type { PdfValue } from './value.ts'

/** What in a PDF must not leave; `undefined` when nothing is found. */
export function verifyPdf(bytes: Uint8Array): string | undefined {
  if (!hasAt(bytes, 0, '%PDF-1.7\n')) return 'something before the header'
  if (!/startxref\n\d+\n%%EOF\n$/.test(latin1(bytes, bytes.length - 40, 40)))
    return 'something behind the end'
  const file = readPdf(bytes)
  if (file === undefined || file.encrypted) return 'no catalog'
  for (const value of file.objects.values()) {
    const key = unwantedIn(value)
    if (key !== undefined) return `an entry ${key}`
  }
  return undefined
}

function unwantedIn(value: PdfValue): string | undefined {
  if (value === null || typeof value !== 'object') return undefined
  if (value.kind === 'array') return firstFound(value.items)
  if (value.kind === 'stream') return unwantedIn(value.dict)
  if (value.kind !== 'dict') return undefined
  for (const key of value.entries.keys()) if (UNWANTED.has(key)) return key
  return firstFound([...value.entries.values()])
}

function firstFound(values: readonly PdfValue[]): string | undefined {
  for (const value of values) {
    const key = unwantedIn(value)
    if (key !== undefined) return key
  }
  return undefined
}
