/** A name such as /Type, without the slash and with its #xx resolved. */
export type PdfName = { readonly kind: 'name'; readonly name: string }
/** A string as written, brackets included: nothing here looks into one. */
export type PdfText = { readonly kind: 'text'; readonly raw: Uint8Array }
/** A reference to a numbered object. */
export type PdfRef = { readonly kind: 'ref'; readonly number: number }
export type PdfDict = { readonly kind: 'dict'; readonly entries: ReadonlyMap<string, PdfValue> }
export type PdfArray = { readonly kind: 'array'; readonly items: readonly PdfValue[] }
/** A dictionary with bytes, which are as they are in the file: packed. */
export type PdfStream = { readonly kind: 'stream'; readonly dict: PdfDict; readonly data: Uint8Array }
/** A value of a PDF file (ISO 32000-1, 7.3); numbers keep the way they are written. */
export type PdfValue =
  | null
  | boolean
  | { readonly kind: 'number'; readonly raw: string }
  | PdfName
  | PdfText
  | PdfRef
  | PdfDict
  | PdfArray
  | PdfStream

/** The value as one of a kind, or nothing. */
export function asKind<K extends 'name' | 'text' | 'ref' | 'dict' | 'array' | 'stream' | 'number'>(
  value: PdfValue | undefined,
  kind: K,
): Extract<PdfValue, { kind: K }> | undefined {
  return value !== null && typeof value === 'object' && value.kind === kind
    ? (value as Extract<PdfValue, { kind: K }>)
    : undefined
}

/** The name that an entry holds. */
export function nameIn(dict: PdfDict, key: string): string | undefined {
  return asKind(dict.entries.get(key), 'name')?.name
}

/** The number that an entry holds. */
export function numberIn(dict: PdfDict, key: string): number | undefined {
  const found = asKind(dict.entries.get(key), 'number')
  return found === undefined ? undefined : Number(found.raw)
}
