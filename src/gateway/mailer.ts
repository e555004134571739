import type { Mailer } from '../domain/mail.ts'

/**
 * Sends e-mail by Cloudflare's Email Service. The sender's domain must be one of the service, and until the account may write to
 * everybody, each recipient must be a verified address of it; what it refuses, it refuses by throwing.
 *
 * @param from an address of that domain
 */
export const createMailer = (binding: SendEmail, from: string): Mailer => ({
  async send({ to, subject, text, files }) {
    await binding.send({
      from,
      to,
      subject,
      text,
      attachments: files.map(({ name, type, bytes }) => ({
        content: bytes,
        filename: name,
        type,
        disposition: 'attachment' as const,
      })),
    })
  },
})
