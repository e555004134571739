import type { Offer } from '../domain/choice.ts'
import type { Failure } from '../domain/failure.ts'
import type { MediaReference } from '../domain/media-reference.ts'
import type { Caller, SendRequest } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { type RichContent, refuseOffers, renderRich } from '../domain/rich.ts'
import { readSlides } from '../domain/slides.ts'
import { fillTemplate } from '../domain/template.ts'
import type { MessagingPorts } from './ports.ts'
import { upload } from './upload.ts'

/** A request without rich content: what a phone shows of it, and the answers that it offers. */
export type Plain = { readonly request: SendRequest; readonly offers: readonly Offer[] }

/** A file that would be stored by a send; a check counts it and fetches nothing. */
const TO_COME: MediaReference = { url: 'https://contact.invalid/contact.vcf' }

const bad = (field: string, problem: string): Result<never, Failure> =>
  fail({ code: 'invalid_field', field, problem })

/**
 * Writes a rich message or a template as subject, text and media. Other requests stay as they are.
 *
 * @param store keeps the vCard of a contact, which a check does not
 */
export async function plainRequest(
  ports: MessagingPorts,
  caller: Caller,
  request: SendRequest,
  store: boolean,
): Promise<Result<Plain, Failure>> {
  const { content: given, template, ...rest } = request
  if (given === undefined && template === undefined) return arranged(request)
  if (given !== undefined && template !== undefined)
    return bad('template', 'Send content or a template, one of the two.')
  const field = given === undefined ? 'template' : 'content'
  if (request.subject !== undefined || request.text !== undefined || request.media.length > 0)
    return bad(field, 'It brings its own subject, text and media. Leave yours out.')
  if (request.smil !== undefined) return bad('smil', 'It orders the files of `media`. Leave it out.')
  const content = given === undefined ? await filled(ports, caller, template) : ok(given)
  if (!content.ok) return content
  const rendered = renderRich(content.value, request.channel === 'sms')
  const refusal = refuseOffers(rendered.offers)
  if (refusal !== null) return bad(field, refusal)
  const media = [...rendered.media]
  if (rendered.vcard !== null) {
    const card = store
      ? await upload(ports, caller, [new TextEncoder().encode(rendered.vcard)], null)
      : ok(TO_COME)
    if (!card.ok) return card
    media.push('id' in card.value ? { id: card.value.id } : card.value)
  }
  return ok({
    request: {
      ...rest,
      subject: rendered.subject ?? undefined,
      text: rendered.text ?? undefined,
      media,
      isTitled: rendered.subject !== null,
    },
    offers: rendered.offers,
  })
}

/** The files in the order of the sender's own presentation, where there is one. */
function arranged({ smil, ...request }: SendRequest): Result<Plain, Failure> {
  if (smil === undefined) return ok({ request, offers: [] })
  const names = request.media.map((one, index) => [
    String(index + 1),
    ...('id' in one ? [one.id] : []),
    ...(one.name === undefined ? [] : [one.name]),
  ])
  const read = readSlides(smil, names)
  if (!read.ok) return bad('smil', read.problem)
  const media = read.order.flatMap(({ index, slide }) => {
    const one = request.media[index]
    return one === undefined ? [] : [{ ...one, slide }]
  })
  return ok({ request: { ...request, media }, offers: [] })
}

async function filled(
  ports: MessagingPorts,
  caller: Caller,
  asked: SendRequest['template'],
): Promise<Result<RichContent, Failure>> {
  const template = asked === undefined ? null : await ports.templates.find(caller.account, asked.id)
  if (asked === undefined || template === null) return fail({ code: 'not_found', what: 'template' })
  const result = fillTemplate(template, asked.variables)
  return result.ok
    ? ok(result.content)
    : bad('template.variables', `Give a value for ${result.missing.join(', ').slice(0, 200)}.`)
}
