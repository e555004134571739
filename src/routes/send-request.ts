import type { Context } from 'hono'
import * as v from 'valibot'
import { CHANNEL_CHOICES } from '../domain/channel.ts'
import { PROGRAMME } from '../domain/consent.ts'
import type { Failure } from '../domain/failure.ts'
import type { MediaReference, SendRequest } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { METADATA } from '../domain/send-options.ts'
import { readJson, readMultipart } from './body.ts'
import type { ApiEnv } from './env.ts'
import { gated } from './gate.ts'
import { Content, Media, TemplateUse } from './rich-request.ts'

/** A request to send, and the hash of what makes it the same request as another. */
export type ReadSend = { readonly request: SendRequest; readonly bodyHash: string }

/** More recipients than any vendor's group; the rules say the exact limit. */
const RECIPIENTS_READ = 100
/** More attachments than any vendor carries; the rules say the exact limit. */
const MEDIA_READ = 50

const text = (most: number) =>
  v.pipe(
    v.string('Give it as text.'),
    v.maxLength(most, `Use at most ${most} characters.`),
    v.check(
      (value) => value.isWellFormed(),
      'It holds half a character (a lone surrogate). Send whole ones.',
    ),
  )

const SECONDS = 'Give 60 to 259200 seconds.'

/** Forms have no other way to say it than in letters. */
const truth = v.union(
  [
    v.boolean(),
    v.pipe(
      v.picklist(['true', 'false']),
      v.transform((said) => said === 'true'),
    ),
  ],
  'Give true or false.',
)

/** The JSON form of a request to send. */
export const SendBody = v.strictObject({
  from: v.optional(text(40)),
  to: v.union(
    [
      text(60),
      v.pipe(v.array(text(60)), v.maxLength(RECIPIENTS_READ, `Name at most ${RECIPIENTS_READ} recipients.`)),
    ],
    'Give one number, or an array of numbers.',
  ),
  subject: v.optional(
    v.pipe(
      text(500),
      v.check(
        (value) => !/\p{Cc}/u.test(value),
        'It holds a line break or a control character. Leave it out.',
      ),
    ),
  ),
  text: v.optional(text(20_000)),
  media: v.optional(
    v.pipe(
      v.array(Media, 'Give an array of {"url"} or {"id"}.'),
      v.maxLength(MEDIA_READ, `Attach at most ${MEDIA_READ} files.`),
    ),
  ),
  smil: v.optional(text(65_536)),
  content: v.optional(Content),
  template: v.optional(TemplateUse),
  group: v.optional(v.picklist(['thread', 'separate'], 'Choose thread or separate.')),
  fallback: v.optional(v.picklist(['link'], 'Choose link, or leave it out.')),
  channel: v.optional(v.picklist(CHANNEL_CHOICES, 'Choose auto, sms or mms.')),
  channel_fallback: v.optional(truth),
  metadata: v.optional(
    v.pipe(
      v.record(text(METADATA.name), text(METADATA.value)),
      v.check((pairs) => Object.keys(pairs).length <= METADATA.pairs, `Give at most ${METADATA.pairs}.`),
    ),
  ),
  purpose: v.optional(
    v.picklist(
      ['conversational', 'transactional', 'marketing'],
      'Choose conversational, transactional or marketing.',
    ),
  ),
  programme: v.optional(
    v.pipe(v.string(), v.regex(PROGRAMME, 'Name it by 1 to 40 lower-case letters, digits and underscores.')),
  ),
  send_at: v.optional(v.pipe(v.string(), v.isoTimestamp('Write the time as 2026-01-31T12:00:00Z.'))),
  validity: v.optional(
    v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.digits(), v.transform(Number))], SECONDS),
      v.integer(SECONDS),
      v.minValue(60, SECONDS),
      v.maxValue(259_200, SECONDS),
    ),
  ),
  strict: v.optional(truth),
  split: v.optional(truth),
  minimum_quality: v.optional(
    v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.digits(), v.transform(Number))], 'Give 0 to 100.'),
      v.minValue(0, 'Give 0 to 100.'),
      v.maxValue(100, 'Give 0 to 100.'),
    ),
  ),
  budget: v.optional(
    v.union([v.number(), text(20)], 'Give a number of bytes, or safe, everywhere-us, recommended, hard.'),
  ),
})

/** Reads a request to send in either of its two forms. Files of a multipart body are stored as they come. */
export async function readSend(c: Context<ApiEnv>): Promise<Result<ReadSend, Failure>> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'multipart/form-data') return await gated(c, () => readForm(c))
  if (type === 'application/json' || type === undefined || type === '' || type.endsWith('+json'))
    return await readBody(c)
  return fail({ code: 'unsupported_content_type', accepted: 'application/json or multipart/form-data' })
}

async function readBody(c: Context<ApiEnv>): Promise<Result<ReadSend, Failure>> {
  const json = await readJson(c.req.raw, c.get('limits').json)
  return json.ok ? await checked(json.value, new Map()) : json
}

async function readForm(c: Context<ApiEnv>): Promise<Result<ReadSend, Failure>> {
  const limits = c.get('limits')
  const fields: Record<string, string> = {}
  const to: string[] = []
  const media: MediaReference[] = []
  /** What was sent, in place of ids that differ from request to request. */
  const hashes = new Map<string, string>()
  const read = await readMultipart(
    c.req.raw,
    { file: limits.file, request: limits.request },
    async (part) => {
      const name = (part.name ?? '').replace(/\[\]$/, '')
      if (name === 'media' && (part.isFile || part.mediaType?.startsWith('image/') === true)) {
        const stored = await c
          .get('messaging')
          .upload(c.get('caller'), part.content, null, limits.attachedLifetime)
        if (!stored.ok) return stored
        media.push({ id: stored.value.id, ...nameOf(part.filename) })
        hashes.set(stored.value.id, stored.value.sha256)
        return ok(undefined)
      }
      if (part.isFile)
        return fail({
          code: 'invalid_field',
          field: name.slice(0, 40),
          problem: 'Files go into `media` fields.',
        })
      let value: string
      try {
        value = part.text
      } catch {
        return fail({
          code: 'invalid_field',
          field: name.slice(0, 40),
          problem: 'The value is no UTF-8 text.',
        })
      }
      if (name === 'to')
        to.push(
          ...value
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== ''),
        )
      else if (name === 'alt') {
        // It describes the file before it.
        const last = media.pop()
        if (last === undefined)
          return fail({
            code: 'invalid_field',
            field: 'alt',
            problem: 'Put it after the file that it describes.',
          })
        media.push({ ...last, alt: value })
      } else if (name === 'media') media.push(value.startsWith('med_') ? { id: value } : { url: value })
      else if (Object.hasOwn(fields, name))
        return fail({ code: 'invalid_field', field: name.slice(0, 40), problem: 'The field is there twice.' })
      else fields[name] = value
      return ok(undefined)
    },
  )
  return read.ok ? await checked({ ...fields, to, ...(media.length === 0 ? {} : { media }) }, hashes) : read
}

async function checked(
  body: unknown,
  hashes: ReadonlyMap<string, string>,
): Promise<Result<ReadSend, Failure>> {
  const parsed = v.safeParse(SendBody, body)
  if (!parsed.success) return fail(issueFailure(parsed.issues[0]))
  const { from, subject, text: words, budget, strict, purpose, programme, send_at, validity } = parsed.output
  const { channel, content, template, split, group, fallback, metadata, smil } = parsed.output
  const channelFallback = parsed.output.channel_fallback
  const minimumQuality = parsed.output.minimum_quality
  const to = typeof parsed.output.to === 'string' ? [parsed.output.to] : parsed.output.to
  const media = parsed.output.media ?? []
  const same = JSON.stringify([
    from ?? null,
    to,
    subject ?? null,
    words ?? null,
    budget ?? null,
    strict ?? null,
    media.map((one) => [
      'id' in one ? (hashes.get(one.id) ?? one.id) : one.url,
      one.alt ?? null,
      smil === undefined ? null : (one.name ?? null),
    ]),
    smil ?? null,
    purpose ?? null,
    programme ?? null,
    send_at ?? null,
    validity ?? null,
    channel ?? null,
    content ?? null,
    template ?? null,
    split ?? null,
    group ?? null,
    fallback ?? null,
    ...(channelFallback === undefined ? [] : [{ channelFallback }]),
    ...(metadata === undefined ? [] : [{ metadata }]),
    ...(minimumQuality === undefined ? [] : [{ minimumQuality }]),
  ])
  return ok({
    request: {
      from,
      to,
      subject,
      text: words,
      media,
      smil,
      budget,
      minimumQuality,
      channel,
      content,
      template,
      split,
      group,
      fallback,
      channelFallback,
      metadata,
      strict,
      purpose,
      programme,
      sendAt: send_at === undefined ? undefined : Date.parse(send_at),
      validity: validity === undefined ? undefined : validity * 1000,
    },
    bodyHash: await sha256(same),
  })
}

/** What a presentation may call a file that came under a name; names that would be no line are none. */
const nameOf = (filename: string | undefined): { name?: string } =>
  filename === undefined || filename.length > 120 || /\p{Cc}/u.test(filename) || !filename.isWellFormed()
    ? {}
    : { name: filename }

/** The first thing that is wrong with a body, in words. */
export function issueFailure(issue: v.BaseIssue<unknown>): Failure {
  const field = v.getDotPath(issue) ?? 'body'
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return {
      code: 'invalid_field',
      field: field.slice(0, 60),
      problem: 'There is no such field. Check its spelling.',
    }
  if (issue.type === 'object' || (issue.type === 'strict_object' && issue.input === undefined))
    return {
      code: 'invalid_field',
      field,
      problem: issue.input === undefined ? 'The field is missing.' : 'Give a JSON object.',
    }
  if (issue.input === undefined) return { code: 'invalid_field', field, problem: 'The field is missing.' }
  return { code: 'invalid_field', field, problem: issue.message }
}

/** SHA-256 of a text as lower-case hex. */
export async function sha256(value: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(value))
  return new Uint8Array(digest).toHex()
}
