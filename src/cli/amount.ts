import type { MediaType } from '../media/index.ts'
import { extensionOf, findType, MEDIA_TYPES } from '../media/index.ts'

/** Budgets by name; decimal, so that a kilobyte of either reading fits. */
const NAMED: Readonly<Record<string, number>> = {
  safe: 300_000,
  'everywhere-us': 600_000,
  recommended: 1_000_000,
  hard: 4_999_999,
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1000,
  kb: 1000,
  kib: 1024,
  m: 1e6,
  mb: 1e6,
  mib: 1024 ** 2,
}

/** Reads a number of bytes as people type it: `300k`, `1.5MB`, `512KiB`, `safe`; undefined when it is none from 1 kB to 100 MB. */
export function readBytes(text: string): number | undefined {
  const typed = text.trim().toLowerCase()
  if (Object.hasOwn(NAMED, typed)) return NAMED[typed]
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(typed) ?? []
  const bytes = Math.floor(Number(digits) * (UNITS[unit] ?? Number.NaN))
  return bytes >= 1000 && bytes <= 100_000_000 ? bytes : undefined
}

/** Reads types by extension or in full, with commas between them; undefined when one of them is none. */
export function readTypes(text: string): MediaType[] | undefined {
  const types = text.split(',').map((name) => {
    const wanted = name.trim().toLowerCase()
    if (wanted === 'jpeg') return 'image/jpeg'
    return MEDIA_TYPES.find((type) => extensionOf(type) === wanted) ?? findType(wanted)
  })
  return types.every((type) => type !== undefined) ? types : undefined
}

/** A number of bytes as people read it, in decimal units. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 999_950 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(2)} MB`
}
