import type { Failure } from '../../domain/failure.ts'
import type { SendRequest } from '../../domain/ports.ts'
import { fail, ok, type Result } from '../../domain/result.ts'
import { type Card, type Choice, type RichContent, renderRich } from '../../domain/rich.ts'
import { invalid } from './rpc.ts'
import { APP_MESSAGE_KINDS, type AppMessage, type SinchCard, type SinchChoice } from './wire-message.ts'

/** What an app message is here. Template messages are filled in before. */

/** Characters of a card's title, which becomes the subject (the vendor's MMS page). */
const TITLE = 80

const or = <T>(value: T | null | undefined): T | undefined => value ?? undefined
const words = (...parts: (string | null | undefined)[]): string =>
  parts.filter((part) => part != null && part.trim() !== '').join(' ')

/** An answer that is offered. What only an app could do with it becomes the link that it falls back to. */
function choiceOf(choice: SinchChoice): Choice | null {
  const { text_message, url_message, call_message, location_message } = choice
  if (text_message !== undefined)
    return { type: 'reply', title: text_message.text, postback: or(choice.postback_data) }
  if (url_message !== undefined) return { type: 'url', title: url_message.title, url: url_message.url }
  if (call_message !== undefined)
    return { type: 'call', title: call_message.title, number: call_message.phone_number }
  if (location_message !== undefined) {
    const { latitude, longitude } = location_message.coordinates
    return {
      type: 'url',
      title: location_message.title,
      url: `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}`,
    }
  }
  const linked = choice.calendar_message ?? choice.share_location_message
  return linked === undefined ? null : { type: 'url', title: linked.title, url: linked.fallback_url }
}

const choicesOf = (choices: readonly SinchChoice[] | null | undefined): Choice[] =>
  (choices ?? []).map(choiceOf).filter((one) => one !== null)

const cardOf = (card: SinchCard): Card => ({
  title: card.title ?? '',
  description: or(card.description),
  media: card.media_message == null ? undefined : { url: card.media_message.url },
  choices: choicesOf(card.choices),
})

type List = NonNullable<AppMessage['list_message']>

/** A list; its own picture goes with its first row that has none. */
function listOf(list: List): RichContent {
  let waiting = list.media?.url
  return {
    type: 'list',
    title: list.title,
    description: or(list.description),
    sections: list.sections.map((section) => ({
      title: or(section.title),
      items: section.items.flatMap(({ choice, product }) => {
        if (choice === undefined) return product === undefined ? [] : [{ title: product.id }]
        const url = choice.media?.url ?? waiting
        if (choice.media == null) waiting = undefined
        return [
          {
            title: choice.title,
            description: or(choice.description),
            postback: or(choice.postback_data),
            media: url === undefined ? undefined : { url },
          },
        ]
      }),
    })),
  }
}

type Contact = NonNullable<AppMessage['contact_info_message']>

function contactOf(contact: Contact): RichContent {
  const { name, organization, addresses } = contact
  const [place] = addresses ?? []
  const last = words(name.last_name, name.suffix)
  const first = words(name.prefix, name.first_name, name.middle_name)
  return {
    type: 'contact',
    name: {
      first: first === '' && last === '' ? (or(name.full_name) ?? '') : first,
      last: or(last),
    },
    phones: contact.phone_numbers?.map((one) => ({ number: one.phone_number, type: or(one.type) })),
    emails: contact.email_addresses?.map((one) => one.email_address),
    organization: or(organization?.company),
    title: or(organization?.title),
    url: contact.urls?.[0]?.url,
    address:
      place === undefined
        ? undefined
        : or(words(place.city, place.state, place.zip, place.country ?? place.country_code)),
  }
}

/** The content of an app message. */
export function contentOf(message: AppMessage): Result<RichContent, Failure> {
  const kinds = APP_MESSAGE_KINDS.filter((kind) => message[kind] !== undefined)
  if (kinds.length !== 1) return invalid('message', 'Give one message of one kind.')
  const { text_message, media_message, card_message, carousel_message, choice_message } = message
  if (text_message !== undefined) return ok({ type: 'text', text: text_message.text })
  if (media_message !== undefined) return ok({ type: 'media', media: { url: media_message.url } })
  if (card_message !== undefined) {
    const card = cardOf(card_message)
    return card.title.length > TITLE
      ? invalid('message.card_message.title', `Use at most ${TITLE} characters, best 40.`)
      : ok({ type: 'card', ...card })
  }
  if (carousel_message !== undefined)
    return ok({
      type: 'carousel',
      cards: carousel_message.cards.map(cardOf),
      choices: choicesOf(carousel_message.choices),
    })
  if (choice_message !== undefined)
    return ok({
      type: 'choice',
      text: choice_message.text_message?.text ?? '',
      choices: choicesOf(choice_message.choices),
    })
  if (message.location_message !== undefined) {
    const { title, label, coordinates } = message.location_message
    return ok({ type: 'location', title, label: or(label), ...coordinates })
  }
  if (message.list_message !== undefined) return ok(listOf(message.list_message))
  if (message.contact_info_message !== undefined) return ok(contactOf(message.contact_info_message))
  return fail({ code: 'invalid_field', field: 'message', problem: 'A template is filled in before.' })
}

/** How a message travels: the channel to try first, and whether SMS may follow it. */
export type Way = { readonly channel: 'auto' | 'mms' | 'sms'; readonly channelFallback: boolean }

/** The way that an order of channels means; null when neither of ours is in it. */
export function wayOf(order: readonly string[]): Way | null {
  const ours = order.filter((one) => one === 'MMS' || one === 'SMS')
  if (order.length > 0 && ours.length === 0) return null
  if (ours.length === 0) return { channel: 'auto', channelFallback: true }
  if (ours[0] === 'MMS') return { channel: 'mms', channelFallback: ours.includes('SMS') }
  return { channel: 'sms', channelFallback: false }
}

/** A request's words and files: rich on MMS; on SMS, which carries none, a file is the link to it. */
export function wordsOf(
  content: RichContent,
  channel: Way['channel'],
  explicit: string | undefined,
): Pick<SendRequest, 'content' | 'text' | 'media'> {
  if (explicit !== undefined) return { text: explicit, media: [] }
  if (channel !== 'sms') return { content, media: [] }
  const { text, media } = renderRich(content, true)
  const links = media.flatMap((one) => ('url' in one ? [one.url] : []))
  return links.length === 0
    ? { content, media: [] }
    : { text: [text, ...links].filter(Boolean).join('\n'), media: [] }
}
