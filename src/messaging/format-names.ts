import { extensionOf, findType, MEDIA_TYPES, type MediaType } from '../media/index.ts'

/** The type that people mean by an extension or a type's name; undefined for a word that is neither. */
export function readFormat(name: string): MediaType | undefined {
  const wanted = name.toLowerCase()
  if (wanted === 'jpeg') return 'image/jpeg'
  // The first type of an extension is the usual one: png is image/png, not image/apng.
  return MEDIA_TYPES.find((type) => extensionOf(type) === wanted) ?? findType(wanted)
}
