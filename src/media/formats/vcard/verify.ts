import { fromBase64 } from '../../base64.ts'
import { readProperties } from '../../properties.ts'
import { verifyJpeg } from '../jpeg/verify.ts'
import { isPicture, isWord } from './names.ts'

/** What in a contact must not leave: properties that are neither words nor clean pictures. */
export function verifyVcard(bytes: Uint8Array): string | undefined {
  for (const { name, value } of readProperties(new TextDecoder().decode(bytes))) {
    if (isWord(name)) continue
    if (!isPicture(name)) return `the property ${name}`
    const picture = fromBase64(value.replace(/^data:image\/jpeg;base64,/, ''))
    const complaint = picture === undefined ? 'it is no base64' : verifyJpeg(picture)
    if (complaint !== undefined) return `${name}: ${complaint}`
  }
  return undefined
}
