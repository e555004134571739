import * as v from 'valibot'

/** What a message of the Conversation API can be, both ways (@sinch/conversation 1.4, models/v1). */

const text = v.string()
const optional = v.optional(v.nullable(text))

/** A file that lies at a URL. */
const Media = v.object({ url: text, thumbnail_url: optional, filename_override: optional })
const Text = v.object({ text })
const Location = v.object({
  title: text,
  label: optional,
  coordinates: v.object({ latitude: v.number(), longitude: v.number() }),
})

/** An answer that is offered, or a way to go on. */
const Choice = v.object({
  text_message: v.optional(Text),
  url_message: v.optional(v.object({ title: text, url: text })),
  call_message: v.optional(v.object({ title: text, phone_number: text })),
  location_message: v.optional(Location),
  calendar_message: v.optional(
    v.object({
      title: text,
      event_start: text,
      event_end: text,
      event_title: text,
      event_description: optional,
      fallback_url: text,
    }),
  ),
  share_location_message: v.optional(v.object({ title: text, fallback_url: text })),
  postback_data: optional,
})
/** An answer that is offered, or a way to go on. */
export type SinchChoice = v.InferOutput<typeof Choice>

const choices = v.pipe(v.array(Choice), v.maxLength(10))

const Card = v.object({
  title: optional,
  description: optional,
  media_message: v.optional(v.nullable(Media)),
  choices: v.optional(choices),
  height: optional,
})
/** A card, alone or in a carousel. */
export type SinchCard = v.InferOutput<typeof Card>

const List = v.object({
  title: text,
  description: optional,
  media: v.optional(v.nullable(Media)),
  sections: v.array(
    v.object({
      title: optional,
      items: v.array(
        v.object({
          choice: v.optional(
            v.object({
              title: text,
              description: optional,
              media: v.optional(v.nullable(Media)),
              postback_data: optional,
            }),
          ),
          product: v.optional(v.looseObject({ id: text })),
        }),
      ),
    }),
  ),
})

const parameters = v.optional(v.record(v.string(), v.string()))
const TemplateReference = v.object({
  template_id: text,
  version: optional,
  language_code: optional,
  parameters,
})
/** A stored message to be filled in. */
export type SinchTemplateReference = v.InferOutput<typeof TemplateReference>

const typed = { type: optional }
const ContactInfo = v.object({
  name: v.object({
    full_name: optional,
    first_name: optional,
    last_name: optional,
    middle_name: optional,
    prefix: optional,
    suffix: optional,
  }),
  phone_numbers: v.optional(v.array(v.object({ phone_number: text, ...typed }))),
  addresses: v.optional(
    v.array(
      v.object({
        city: optional,
        country: optional,
        state: optional,
        zip: optional,
        country_code: optional,
        ...typed,
      }),
    ),
  ),
  email_addresses: v.optional(v.array(v.object({ email_address: text, ...typed }))),
  organization: v.optional(
    v.nullable(v.object({ company: optional, department: optional, title: optional })),
  ),
  urls: v.optional(v.array(v.object({ url: text, ...typed }))),
  birthday: optional,
})

/** One member of these is set; `explicit_channel_message` may say what a channel gets instead. */
export const AppMessage = v.object({
  text_message: v.optional(Text),
  media_message: v.optional(Media),
  card_message: v.optional(Card),
  carousel_message: v.optional(
    v.object({
      cards: v.pipe(v.array(Card), v.minLength(1), v.maxLength(10)),
      choices: v.optional(v.pipe(v.array(Choice), v.maxLength(3))),
    }),
  ),
  choice_message: v.optional(v.object({ text_message: v.optional(v.nullable(Text)), choices })),
  location_message: v.optional(Location),
  list_message: v.optional(List),
  template_message: v.optional(
    v.object({
      omni_template: v.optional(v.nullable(TemplateReference)),
      channel_template: v.optional(v.nullable(v.record(v.string(), TemplateReference))),
    }),
  ),
  contact_info_message: v.optional(ContactInfo),
  explicit_channel_message: v.optional(v.nullable(v.record(v.string(), v.string()))),
})
/** What an app sends. */
export type AppMessage = v.InferOutput<typeof AppMessage>

/** The members of an app message, of which it has one. */
export const APP_MESSAGE_KINDS = [
  'text_message',
  'media_message',
  'card_message',
  'carousel_message',
  'choice_message',
  'location_message',
  'list_message',
  'template_message',
  'contact_info_message',
] as const

/** What a phone sends. One member is set, beside what it answers. */
export const ContactMessage = v.object({
  text_message: v.optional(Text),
  media_message: v.optional(Media),
  media_card_message: v.optional(v.object({ url: text, caption: optional })),
  location_message: v.optional(Location),
  choice_response_message: v.optional(v.object({ message_id: text, postback_data: optional })),
  fallback_message: v.optional(
    v.object({ raw_message: optional, reason: v.optional(v.nullable(v.looseObject({}))) }),
  ),
  product_response_message: v.optional(v.looseObject({ text: optional })),
  channel_specific_message: v.optional(v.looseObject({})),
  reply_to: v.optional(v.nullable(v.object({ message_id: text }))),
})
/** What a phone sends. */
export type ContactMessage = v.InferOutput<typeof ContactMessage>
