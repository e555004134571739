/** An e-mail that Belino writes: what came in, on its way to somebody's mailbox. */
export type Mail = {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly files: readonly { readonly name: string; readonly type: string; readonly bytes: Uint8Array }[]
}

/** Whoever takes e-mail; throws when it did not take it. */
export interface Mailer {
  send(mail: Mail): Promise<void>
}

/** Bytes of attachments that one e-mail takes: mailboxes take about 20 MB, and base64 makes four bytes of three. */
export const MAIL_FILES = 14_000_000

/** An address as people have them: one at sign, a domain with a dot, nothing that could end a header. 254 characters (RFC 5321). */
export const isMailAddress = (text: string): boolean =>
  text.length <= 254 &&
  /^[^\s@<>",;:\\()[\]\p{Cc}]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+$/u.test(text)
