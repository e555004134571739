import * as v from 'valibot'
import { VARIABLE } from '../domain/template.ts'

/** The forms of rich messages on the wire. */

const text = (most: number) =>
  v.pipe(
    v.string('Give it as text.'),
    v.minLength(1, 'It is empty.'),
    v.maxLength(most, `Use at most ${most} characters.`),
    v.check(
      (value) => value.isWellFormed(),
      'It holds half a character (a lone surrogate). Send whole ones.',
    ),
  )

/** One line: a title, a name. */
const line = (most: number) =>
  v.pipe(
    text(most),
    v.check((value) => !/\p{Cc}/u.test(value), 'Write it in one line, without control characters.'),
  )

const described = { alt: v.optional(line(500)), name: v.optional(line(120)) }

/** A file of a message: stored or behind a URL, with words for those who cannot see it, and a name for `smil`. */
export const Media = v.union(
  [v.strictObject({ url: text(4096), ...described }), v.strictObject({ id: text(80), ...described })],
  'Give it as {"url": "https://..."} or {"id": "med_..."}, with an `alt` and a `name` if you like.',
)

/** A title of 80 characters is what phones show as a subject (S17). */
const title = line(80)
const description = v.optional(text(2000))
const postback = v.optional(text(500))

const choice = v.variant(
  'type',
  [
    v.strictObject({ type: v.literal('reply'), title, postback }),
    v.strictObject({
      type: v.literal('url'),
      title,
      url: v.pipe(line(2000), v.regex(/^(?:https?:\/\/|\{\{)/i, 'Begin it with https://.')),
    }),
    v.strictObject({ type: v.literal('call'), title, number: line(40) }),
  ],
  'Give each choice a type: reply, url or call.',
)

const some = <S extends v.GenericSchema>(one: S, most: number) =>
  v.pipe(v.array(one), v.minLength(1, 'Give at least one.'), v.maxLength(most, `Give at most ${most}.`))

const choices = v.optional(some(choice, 20))
const card = { title, description, media: v.optional(Media), choices }
const degrees = (most: number) =>
  v.pipe(
    v.number('Give degrees as a number.'),
    v.minValue(-most, `Give -${most} to ${most}.`),
    v.maxValue(most, `Give -${most} to ${most}.`),
  )

/** A rich message. */
export const Content = v.variant(
  'type',
  [
    v.strictObject({ type: v.literal('text'), text: text(20_000) }),
    v.strictObject({ type: v.literal('media'), media: Media, text: v.optional(text(20_000)) }),
    v.strictObject({ type: v.literal('card'), ...card }),
    v.strictObject({ type: v.literal('choice'), text: text(2000), choices: some(choice, 20) }),
    v.strictObject({ type: v.literal('carousel'), cards: some(v.strictObject(card), 10), choices }),
    v.strictObject({
      type: v.literal('location'),
      title: line(200),
      label: v.optional(line(200)),
      latitude: degrees(90),
      longitude: degrees(180),
    }),
    v.strictObject({
      type: v.literal('list'),
      title: line(200),
      description,
      sections: some(
        v.strictObject({
          title: v.optional(line(200)),
          items: some(v.strictObject({ title, description, postback, media: v.optional(Media) }), 20),
        }),
        10,
      ),
    }),
    v.strictObject({
      type: v.literal('contact'),
      name: v.strictObject({ first: v.optional(line(100)), last: v.optional(line(100)) }),
      phones: v.optional(
        some(
          v.strictObject({
            number: line(40),
            type: v.optional(v.picklist(['cell', 'home', 'work'], 'Choose cell, home or work.')),
          }),
          10,
        ),
      ),
      emails: v.optional(some(line(200), 10)),
      organization: v.optional(line(200)),
      title: v.optional(line(200)),
      url: v.optional(line(2000)),
      address: v.optional(text(500)),
    }),
  ],
  'Give it a type: text, media, card, choice, carousel, location, list or contact.',
)

/** Values of variables by their names. */
export const Variables = v.record(
  v.pipe(v.string(), v.regex(VARIABLE, 'A name has letters, digits and underscores.')),
  v.pipe(
    v.string('Give it as text.'),
    v.maxLength(2000, 'Use at most 2000 characters.'),
    v.check((value) => value.isWellFormed(), 'It holds half a character.'),
  ),
)

/** A template to be sent. */
export const TemplateUse = v.strictObject({ id: text(80), variables: v.optional(Variables, {}) })
