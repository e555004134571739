/** C0 but tab, line feed and carriage return; DEL, C1 and byte order marks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: -- they are what is looked for
const UNWANTED = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe]/g

/** The characters of a text file; `repaired` when its coding had to be guessed or something left out. */
export function readText(bytes: Uint8Array): { readonly text: string; readonly repaired: boolean } {
  const { text, guessed } = decodeText(bytes)
  const clean = text.replace(UNWANTED, '')
  return { text: clean, repaired: guessed || clean !== text }
}

/** By the byte order mark, which the decoder takes off; else UTF-8; else what old phones and desktops write. */
function decodeText(bytes: Uint8Array): { readonly text: string; readonly guessed: boolean } {
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  const label = wide ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8'
  try {
    return { text: new TextDecoder(label, { fatal: true, ignoreBOM: false }).decode(bytes), guessed: false }
  } catch {
    return { text: new TextDecoder(wide ? label : 'windows-1252').decode(bytes), guessed: true }
  }
}
