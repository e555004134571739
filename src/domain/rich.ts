import { type Offer, refuseTitle } from './choice.ts'
import type { MediaReference } from './media-reference.ts'
import { type ContactInfo, contactText, vcardOf } from './rich-contact.ts'

/** An answer that is offered, or a way to go on: a link, a number to call. */
export type Choice =
  | { readonly type: 'reply'; readonly title: string; readonly postback?: string | undefined }
  | { readonly type: 'url'; readonly title: string; readonly url: string }
  | { readonly type: 'call'; readonly title: string; readonly number: string }

/** A card: a title, and what belongs to it. */
export type Card = {
  readonly title: string
  readonly description?: string | undefined
  readonly media?: MediaReference | undefined
  readonly choices?: readonly Choice[] | undefined
}

/** A row of a list. */
export type ListItem = {
  readonly title: string
  readonly description?: string | undefined
  readonly postback?: string | undefined
  readonly media?: MediaReference | undefined
}

/** What a message can be beside text and files. */
export type RichContent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'media'; readonly media: MediaReference; readonly text?: string | undefined }
  | ({ readonly type: 'card' } & Card)
  | { readonly type: 'choice'; readonly text: string; readonly choices: readonly Choice[] }
  | {
      readonly type: 'carousel'
      readonly cards: readonly Card[]
      readonly choices?: readonly Choice[] | undefined
    }
  | {
      readonly type: 'location'
      readonly title: string
      readonly label?: string | undefined
      /** Degrees. */
      readonly latitude: number
      readonly longitude: number
    }
  | {
      readonly type: 'list'
      readonly title: string
      readonly description?: string | undefined
      readonly sections: readonly {
        readonly title?: string | undefined
        readonly items: readonly ListItem[]
      }[]
    }
  | ({ readonly type: 'contact' } & ContactInfo)

/** The same as a message that any phone shows. */
export type Rendered = {
  readonly subject: string | null
  readonly text: string | null
  readonly media: readonly MediaReference[]
  /** A vCard to be attached after the media. */
  readonly vcard: string | null
  readonly offers: readonly Offer[]
}

/** Text in the making: blocks apart by an empty line, and answers numbered through. */
class Page {
  readonly #blocks: string[] = []
  readonly #offers: Offer[] = []

  block(...lines: (string | null | undefined)[]): void {
    const kept = lines.filter((line) => line != null && line.trim() !== '')
    if (kept.length > 0) this.#blocks.push(kept.join('\n'))
  }

  offer(title: string, postback: string | undefined): string {
    const number = this.#offers.length + 1
    this.#offers.push({ number, title, postback: postback ?? null })
    return `${number}. ${title}`
  }

  choices(choices: readonly Choice[] | undefined): void {
    this.block(
      ...(choices ?? []).map((choice) => {
        if (choice.type === 'reply') return this.offer(choice.title, choice.postback)
        return `${choice.title}: ${choice.type === 'url' ? choice.url : choice.number}`
      }),
    )
  }

  done(subject: string | null, media: readonly (MediaReference | undefined)[], vcard: string | null = null) {
    return {
      subject,
      text: this.#blocks.length === 0 ? null : this.#blocks.join('\n\n'),
      media: media.filter((one) => one !== undefined),
      vcard,
      offers: this.#offers,
    }
  }
}

/** A place on a map that every phone opens, with nothing in it but the place. */
const mapLink = (latitude: number, longitude: number): string =>
  `https://maps.google.com/?q=${Number(latitude.toFixed(6))},${Number(longitude.toFixed(6))}`

/**
 * Writes a rich message as what MMS carries (a card's title as its subject, a contact as a vCard, pictures in their order),
 * and the rest as the text that a person would want to read.
 *
 * @param plain for SMS: nothing may need a subject or an attachment of its own
 */
export function renderRich(content: RichContent, plain: boolean): Rendered {
  const page = new Page()
  switch (content.type) {
    case 'text':
      page.block(content.text)
      return page.done(null, [])
    case 'media':
      page.block(content.text)
      return page.done(null, [content.media])
    case 'card':
      page.block(plain ? content.title : null, content.description)
      page.choices(content.choices)
      return page.done(plain ? null : content.title, [content.media])
    case 'choice':
      page.block(content.text)
      page.choices(content.choices)
      return page.done(null, [])
    case 'carousel':
      for (const card of content.cards) {
        page.block(card.title, card.description)
        page.choices(card.choices)
      }
      page.choices(content.choices)
      return page.done(
        null,
        content.cards.map((card) => card.media),
      )
    case 'location':
      page.block(content.title, content.label, mapLink(content.latitude, content.longitude))
      return page.done(null, [])
    case 'list': {
      page.block(content.title, content.description)
      for (const { title, items } of content.sections)
        page.block(
          title,
          ...items.flatMap((item) => [page.offer(item.title, item.postback), item.description]),
        )
      return page.done(
        null,
        content.sections.flatMap((section) => section.items.map((item) => item.media)),
      )
    }
    case 'contact':
      if (plain) page.block(...contactText(content))
      return page.done(null, [], plain ? null : vcardOf(content))
  }
}

/** Why answers cannot be offered, in words; null when they can. */
export function refuseOffers(offers: readonly Offer[]): string | null {
  for (const [index, { title }] of offers.entries()) {
    const before = offers.slice(0, index).map((offer) => offer.title)
    const problem = refuseTitle(title, before)
    if (problem !== null) return problem
  }
  return null
}
