import { type Address, parseAddress } from '../domain/address.ts'
import type { Failure } from '../domain/failure.ts'
import { randomText } from '../domain/ids.ts'
import { PAGE_ID } from '../domain/link-page.ts'
import type { Caller, SendRequest } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { findType, kindOf } from '../media/index.ts'
import type { MessagingPorts } from './ports.ts'
import { showMedia } from './show-media.ts'
import { upload } from './upload.ts'

/** One file of a page, with a URL that is as good as the page. */
export type PageFile = {
  readonly kind: 'image' | 'video' | 'audio' | 'file'
  readonly url: string
}

/** Opens a page by its id; gone pages and ones that never were look alike. */
export type OpenLinkPage = (id: string) => Promise<Result<readonly PageFile[], Failure>>

/** Whether a refusal means that no MMS can go, so that a link may. */
export const onlyLinkGoes = (failure: Failure): boolean =>
  failure.code === 'recipient_without_mms' || failure.code === 'sender_without_mms'

/** Whether a request lets another way be taken where no MMS can go. */
export const mayGoOtherwise = ({ fallback, channelFallback, media }: SendRequest): boolean =>
  channelFallback === true || (fallback === 'link' && media.length > 0)

/** Keeps a page of files for as long as public URLs live, for those who get its address. */
export async function pageOf(
  ports: MessagingPorts,
  page: { account: string; media: readonly string[]; recipients: readonly Address[] },
): Promise<string> {
  const now = ports.clock.now()
  const id = randomText(22)
  const expiresAt = now + ports.settings.publicUrlLifetime
  await ports.media.keep(page.account, page.media, expiresAt)
  await ports.linkPages.put({ id, ...page, expiresAt }, now)
  return ports.links.page(id)
}

/** The request as a text with a link to a page of ours, which shows its media in full quality, cleaned. */
export async function linkedRequest(
  ports: MessagingPorts,
  caller: Caller,
  request: SendRequest,
): Promise<Result<SendRequest, Failure>> {
  const media: string[] = []
  for (const reference of request.media) {
    let id = 'id' in reference ? reference.id : null
    if ('url' in reference) {
      const limit = ports.settings.fileLimit
      const fetched = await ports.fetcher.fetchMedia(reference.url, { account: caller.account, limit })
      if (!fetched.ok) return fetched
      const stored = await upload(ports, caller, fetched.value.chunks, null)
      if (!stored.ok) return stored
      id = stored.value.id
    }
    const shown = await showMedia(ports, caller, id ?? '', false)
    if (!shown.ok) return shown
    media.push(id ?? '')
  }
  const plain = { ...request, subject: undefined, media: [], channel: 'sms', isTitled: undefined } as const
  const words = [request.subject, request.text].filter(Boolean).join('\n')
  if (media.length === 0) return ok({ ...plain, text: words })
  const recipients = request.to.map(parseAddress).flatMap((one) => (one.ok ? [one.value] : []))
  const page = await pageOf(ports, { account: caller.account, media, recipients })
  return ok({ ...plain, text: [words, page].filter(Boolean).join('\n') })
}

/** Makes the use case of looking at a page. Its files are the cleaned ones, made again where they have gone. */
export const createOpenLinkPage =
  (ports: MessagingPorts): OpenLinkPage =>
  async (id) => {
    const unknown = fail({ code: 'not_found', what: 'page' } as const)
    const page = PAGE_ID.test(id) ? await ports.linkPages.find(id) : null
    if (page === null) return unknown
    if (page.expiresAt <= ports.clock.now()) return fail({ code: 'media_expired' })
    const reader: Caller = { account: page.account, key: 'link-page', scopes: ['read'], test: false }
    const files: PageFile[] = []
    for (const media of page.media) {
      const shown = await showMedia(ports, reader, media, false)
      if (!shown.ok) return shown
      // A cleaned file is of the kind that its original was.
      const type = findType(shown.value.media.type)
      const kind = type === undefined ? 'file' : kindOf(type)
      files.push({
        kind: kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'file',
        url: shown.value.url,
      })
    }
    return ok(files)
  }
