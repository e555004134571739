/**
 * Identifiers. Every id is a prefix, an underscore and at least 22 base-62 characters (about 131 bits), so that it can be
 * neither guessed nor mistaken for one of another kind, and is safe in a URL, a file name and a header.
 */

/** What an id can name, by its prefix. */
export type IdPrefix =
  | 'acc'
  | 'key'
  | 'cnv'
  | 'msg'
  | 'med'
  | 'evt'
  | 'req'
  | 'whk'
  | 'led'
  | 'ven'
  | 'tpl'
  | 'bat'
  | 'dia'
  | 'fit'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const CONVERSATION_LENGTH = 22
const TIME_LENGTH = 8
const RANDOM_LENGTH = 14

/** The form of every id. */
export const ID_PATTERN = /^[a-z]+_[0-9A-Za-z]{22,64}$/

/** The lowest `length` base-62 digits of a number. Bytes with 32 bits more than the text make the digits even to 2^-32. */
function base62(bytes: Uint8Array, length: number): string {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  let text = ''
  for (let i = 0; i < length; i++) {
    text = ALPHABET[Number(value % 62n)] + text
    value /= 62n
  }
  return text
}

/** Random base-62 text of `length` characters (5.95 bits each). */
export function randomText(length: number): string {
  return base62(crypto.getRandomValues(new Uint8Array(Math.ceil(length * 0.75) + 4)), length)
}

/** Milliseconds since 1970 as 8 characters that sort by time until the year 8888. */
function timeText(at: number): string {
  let value = Math.max(0, Math.floor(at))
  let text = ''
  for (let i = 0; i < TIME_LENGTH; i++) {
    text = ALPHABET[value % 62] + text
    value = Math.floor(value / 62)
  }
  return text
}

/** A new id that sorts by time within its kind. */
export function mintId(prefix: Exclude<IdPrefix, 'msg' | 'cnv'>, now: number): string {
  return `${prefix}_${timeText(now)}${randomText(RANDOM_LENGTH)}`
}

/** A new message id. It carries its conversation, so that a message is found without an index. */
export function mintMessageId(conversation: string, now: number): string {
  return `msg_${conversation.slice(4)}${timeText(now)}${randomText(RANDOM_LENGTH)}`
}

/** The conversation that a message id names, or null when the text is no message id. */
export function conversationOfMessage(id: string): string | null {
  if (!/^msg_[0-9A-Za-z]{44}$/.test(id)) return null
  return `cnv_${id.slice(4, 4 + CONVERSATION_LENGTH)}`
}

/** Whether the text is a conversation id. */
export const isConversationId = (id: string): boolean => /^cnv_[0-9A-Za-z]{22}$/.test(id)

/**
 * The id of a conversation: HMAC-SHA-256 over account and conversation key, so that the same thread has the same id for
 * ever, and nobody without the secret can compute one.
 */
export async function conversationId(secret: CryptoKey, account: string, key: string): Promise<string> {
  const mac = await crypto.subtle.sign(
    'HMAC',
    secret,
    new TextEncoder().encode(`conversation\0${account}\0${key}`),
  )
  return `cnv_${base62(new Uint8Array(mac), CONVERSATION_LENGTH)}`
}
