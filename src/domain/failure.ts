/**
 * Everything that can be wrong with a request, as one tagged union, and its one mapping to words, status and advice.
 * The union is closed: a new code does not compile until it is described.
 */
export type Failure =
  | { readonly code: 'not_configured' }
  | { readonly code: 'unauthorized' }
  | { readonly code: 'key_not_local' }
  | { readonly code: 'insufficient_scope'; readonly scope: string }
  | { readonly code: 'invalid_json' }
  | { readonly code: 'invalid_multipart'; readonly detail: string }
  | { readonly code: 'unsupported_content_type'; readonly accepted: string }
  | { readonly code: 'empty_body' }
  | { readonly code: 'body_too_large'; readonly limit: number }
  | { readonly code: 'file_too_large'; readonly limit: number }
  | { readonly code: 'invalid_field'; readonly field: string; readonly problem: string }
  | { readonly code: 'invalid_number'; readonly field: string; readonly typed: string }
  | { readonly code: 'invalid_cursor' }
  | { readonly code: 'invalid_idempotency_key' }
  | { readonly code: 'idempotency_mismatch' }
  | { readonly code: 'idempotency_in_progress' }
  | { readonly code: 'not_found'; readonly what: string }
  | { readonly code: 'method_not_allowed'; readonly allowed: string }
  | { readonly code: 'media_expired' }
  | { readonly code: 'no_default_number' }
  | { readonly code: 'sender_unknown'; readonly address: string }
  | { readonly code: 'sender_without_mms'; readonly address: string }
  | { readonly code: 'sender_without_sms'; readonly address: string }
  | { readonly code: 'recipient_is_own_number'; readonly address: string }
  | { readonly code: 'recipient_outside_area'; readonly address: string }
  | { readonly code: 'emergency_number'; readonly typed: string }
  | { readonly code: 'too_late_to_cancel' }
  | { readonly code: 'cannot_replace'; readonly why: 'handed_over' | 'refused' | 'silent' | 'several' }
  | { readonly code: 'recipients_opted_out'; readonly count: number; readonly of: number }
  | { readonly code: 'opt_in_missing'; readonly count: number; readonly of: number }
  | { readonly code: 'too_many_recipients'; readonly limit: number }
  | { readonly code: 'no_recipients' }
  | { readonly code: 'nothing_to_send' }
  | { readonly code: 'text_too_long'; readonly limit: number; readonly length: number }
  | { readonly code: 'subject_too_long'; readonly limit: number; readonly length: number }
  | { readonly code: 'too_many_parts'; readonly limit: number; readonly count: number }
  | { readonly code: 'budget_out_of_range'; readonly least: number; readonly most: number }
  | { readonly code: 'vendor_not_available'; readonly vendor: string }
  | { readonly code: 'number_taken'; readonly address: string }
  | { readonly code: 'vendor_account_exists'; readonly vendor: string }
  | { readonly code: 'capability_requested'; readonly address: string; readonly channel: 'sms' | 'mms' }
  | { readonly code: 'sender_not_registered'; readonly address: string; readonly needs: string }
  | { readonly code: 'recipient_without_mms'; readonly address: string; readonly source: string }
  | { readonly code: 'shortener_refused'; readonly host: string }
  | {
      readonly code: 'strict_refused'
      readonly problem: string
      readonly field: 'media' | 'subject' | 'smil'
    }
  | { readonly code: 'trial_account' }
  | { readonly code: 'credit_exhausted'; readonly needed: number; readonly available: number }
  | { readonly code: 'key_limit_reached'; readonly limit: string; readonly retryAfter: number }
  | { readonly code: 'test_key_live_number' }
  | { readonly code: 'media_url_refused'; readonly problem: string }
  | { readonly code: 'media_unreachable'; readonly retryable: boolean }
  | { readonly code: 'media_failure'; readonly media: MediaProblem; readonly part: number | null }
  | { readonly code: 'cannot_fit'; readonly reason: string; readonly part: number | null }
  | { readonly code: 'invalid_signature' }
  | { readonly code: 'url_expired' }
  | { readonly code: 'event_gone' }
  | { readonly code: 'too_many_webhooks'; readonly limit: number }
  | { readonly code: 'webhook_exists'; readonly id: string }
  | { readonly code: 'webhook_disabled' }
  | { readonly code: 'ticket_invalid' }
  | { readonly code: 'origin_refused' }
  | { readonly code: 'upgrade_required' }
  | { readonly code: 'too_many_streams' }
  | { readonly code: 'busy'; readonly retryAfter: number }
  | { readonly code: 'still_at_work'; readonly retryAfter: number }
  | { readonly code: 'storage_unavailable'; readonly retryAfter: number }
  | { readonly code: 'internal' }

/** A failure of the media library, with its own code and sentence. */
export type MediaProblem = {
  readonly code: string
  readonly message: string
  readonly status: number
  readonly retryable: boolean
}

/** What a client is told. */
export type Description = {
  readonly code: string
  readonly status: number
  readonly message: string
  readonly retryable: boolean
  /** Seconds, where waiting helps. */
  readonly retryAfter?: number
  readonly field?: string
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e5) / 10} MB`

const micro = (amount: number): string => (amount / 1e6).toFixed(6).replace(/0{1,4}$/, '')

/** Why another content cannot take a message's place. */
const NOT_REPLACED = {
  handed_over: 'The message was handed over already, and its carrier replaces nothing. Send another one.',
  refused: 'The carrier did not take another content for the message. Perhaps it was delivered already.',
  silent: 'The carrier did not say whether it took another content for the message. Look at it again later.',
  several: 'The message goes as several, or would with this content. Cancel it, and send another one.',
} as const

/** The words, status and advice of a failure. */
export function describe(failure: Failure): Description {
  const said = (status: number, message: string, more: Partial<Description> = {}): Description => ({
    code: failure.code,
    status,
    message,
    retryable: false,
    ...more,
  })
  const inPart = (part: number | null): string => (part === null ? '' : `Part ${part}: `)
  switch (failure.code) {
    case 'not_configured':
      return said(
        503,
        'No root key is set. Run `wrangler secret put BELINO_ROOT_KEY` with at least 32 random characters (`openssl rand -hex 32`), then try again.',
      )
    case 'unauthorized':
      return said(401, 'Send a valid API key as `Authorization: Bearer <key>`.')
    case 'key_not_local':
      return said(403, 'The development key works on localhost only. Create a key of your own for this host.')
    case 'insufficient_scope':
      return said(403, `This key lacks the scope \`${failure.scope}\`. Use a key that has it.`)
    case 'invalid_json':
      return said(400, 'The body is not valid JSON. Check commas, quotes and brackets.')
    case 'invalid_multipart':
      return said(
        400,
        `The multipart body could not be read: ${failure.detail}. Send it with the boundary of its Content-Type.`,
      )
    case 'unsupported_content_type':
      return said(415, `Send the body as ${failure.accepted}.`)
    case 'empty_body':
      return said(400, 'The body is empty. Send the fields of the request in it.')
    case 'body_too_large':
      return said(413, `The request is larger than ${megabytes(failure.limit)}. Send less at once.`)
    case 'file_too_large':
      return said(413, `A file is larger than ${megabytes(failure.limit)}. Send a smaller one.`)
    case 'invalid_field':
      return said(400, `\`${failure.field}\`: ${failure.problem}`, { field: failure.field })
    case 'invalid_number':
      return said(
        400,
        `\`${failure.field}\`: ${JSON.stringify(failure.typed.slice(0, 40))} is no phone number. Write it as +14165550123.`,
        { field: failure.field },
      )
    case 'invalid_cursor':
      return said(400, 'The cursor is not one that this list gave out. Start again without it.', {
        field: 'cursor',
      })
    case 'invalid_idempotency_key':
      return said(400, 'Idempotency-Key takes 1 to 255 printable ASCII characters.')
    case 'idempotency_mismatch':
      return said(422, 'This Idempotency-Key was used with another body. Use a new key for a new request.')
    case 'idempotency_in_progress':
      return said(
        409,
        'A request with this Idempotency-Key is still being worked on. Try again in a moment.',
        { retryable: true, retryAfter: 1 },
      )
    case 'not_found':
      return said(404, `There is no such ${failure.what}. Check the id.`)
    case 'method_not_allowed':
      return said(405, `Use ${failure.allowed} here.`)
    case 'media_expired':
      return said(410, 'This media has expired and was deleted. Upload it again.')
    case 'no_default_number':
      return said(400, 'Name the sending number in `from`: the account has no default number.', {
        field: 'from',
      })
    case 'sender_unknown':
      return said(400, `${failure.address} is not a number of this account. See GET /v1/numbers.`, {
        field: 'from',
      })
    case 'sender_without_mms':
      return said(400, `${failure.address} cannot send picture messages. Choose a number with MMS.`, {
        field: 'from',
      })
    case 'sender_without_sms':
      return said(400, `${failure.address} cannot send text messages. Choose a number with SMS.`, {
        field: 'from',
      })
    case 'recipient_is_own_number':
      return said(
        400,
        `${failure.address} belongs to this account. A message to yourself reaches no phone; choose another recipient.`,
        { field: 'to' },
      )
    case 'recipient_outside_area':
      return said(
        400,
        `${failure.address} is not in the US or Canada, and this number's vendor carries MMS nowhere else.`,
        { field: 'to' },
      )
    case 'emergency_number':
      return said(
        400,
        `${failure.typed} is an emergency or service line. Call it; a message does not reach it.`,
        { field: 'to' },
      )
    case 'too_late_to_cancel':
      return said(
        409,
        'The message was handed over already, or is being handed over now. It cannot be taken back.',
      )
    case 'cannot_replace':
      return said(409, NOT_REPLACED[failure.why])
    case 'recipients_opted_out':
      return said(
        422,
        failure.of === 1
          ? 'The recipient has opted out. Only they can opt in again, with START.'
          : `${failure.count} of the ${failure.of} recipients have opted out. Send without them.`,
        { field: 'to' },
      )
    case 'opt_in_missing':
      return said(
        422,
        failure.of === 1
          ? 'Marketing needs a recorded opt-in, and there is none for this recipient. Record it at POST /v1/consents.'
          : `Marketing needs a recorded opt-in; ${failure.count} of the ${failure.of} recipients have none. Record it at POST /v1/consents, or send without them.`,
        { field: 'to' },
      )
    case 'too_many_recipients':
      return said(400, `At most ${failure.limit} recipients fit one message. Send several messages.`, {
        field: 'to',
      })
    case 'no_recipients':
      return said(400, 'Name at least one recipient in `to`.', { field: 'to' })
    case 'nothing_to_send':
      return said(400, 'The message is empty. Give it a text, a subject or media.')
    case 'text_too_long':
      return said(
        400,
        `The text has ${failure.length} characters; ${failure.limit} fit. Shorten it or send two messages.`,
        { field: 'text' },
      )
    case 'subject_too_long':
      return said(
        400,
        `The subject has ${failure.length} characters; ${failure.limit} fit, and phones show about 40.`,
        { field: 'subject' },
      )
    case 'too_many_parts':
      return said(
        400,
        `The message has ${failure.count} attachments; ${failure.limit} fit. Remove some, or let it go as several messages with {"split": true}.`,
        { field: 'media' },
      )
    case 'budget_out_of_range':
      return said(
        400,
        `A budget is ${failure.least} to ${failure.most} bytes, or safe, everywhere-us, recommended, hard.`,
        { field: 'budget' },
      )
    case 'vendor_not_available':
      return said(409, `The vendor of this number (${failure.vendor}) is not set up here.`, { field: 'from' })
    case 'number_taken':
      return said(
        409,
        `${failure.address} is taken, here or by another account of this vendor. Change it with PATCH, or release it there first.`,
        { field: 'number' },
      )
    case 'vendor_account_exists':
      return said(
        409,
        `This account is connected to ${failure.vendor} already. Change that with PATCH /v1/vendors.`,
        { field: 'vendor' },
      )
    case 'capability_requested':
      return said(
        400,
        `${failure.channel.toUpperCase()} was requested for ${failure.address} and is not active yet. Wait for the vendor, set it active, or choose another number.`,
        { field: 'from' },
      )
    case 'sender_not_registered':
      return said(
        400,
        `${failure.address} has no active ${failure.needs}, without which operators of the US carry nothing from it. Register it with its vendor and record that with PATCH /v1/numbers, or try the message from a simulator number.`,
        { field: 'from' },
      )
    case 'recipient_without_mms':
      return said(
        400,
        `${failure.address} takes no picture messages (known ${failure.source}). Send text alone, or correct it with PUT /v1/recipients.`,
        { field: 'to' },
      )
    case 'shortener_refused':
      return said(
        400,
        `The text has a link of ${failure.host}, a public URL shortener, which this vendor blocks. Write the whole address.`,
        { field: 'text' },
      )
    case 'strict_refused':
      return said(422, `Refused in strict mode: ${failure.problem}`, { field: failure.field })
    case 'trial_account':
      return said(402, 'Accounts on trial send no messages. Ask the operator of this gateway for a plan.')
    case 'credit_exhausted':
      return said(
        402,
        `The message costs ${micro(failure.needed)} and the account has ${micro(failure.available)} left. Add credit, then send again.`,
      )
    case 'key_limit_reached':
      return said(
        429,
        `This key has reached its limit \`${failure.limit}\`. Try again in ${failure.retryAfter} s, or raise the limit.`,
        { retryable: true, retryAfter: failure.retryAfter },
      )
    case 'test_key_live_number':
      return said(
        403,
        'A test key reaches the simulator only. Send from a simulator number, or use a live key.',
      )
    case 'media_url_refused':
      return said(400, `A media URL is not fetched: ${failure.problem}`, { field: 'media' })
    case 'media_unreachable':
      return said(
        422,
        'The media could not be fetched from its URL. Check that the URL answers 200 with the file, without a login.',
        { field: 'media', retryable: failure.retryable },
      )
    case 'media_failure':
      return said(failure.media.status, `${inPart(failure.part)}${failure.media.message}`, {
        code: failure.media.code,
        retryable: failure.media.retryable,
        field: 'media',
      })
    case 'cannot_fit':
      return said(422, `${inPart(failure.part)}${failure.reason}`, { field: 'media' })
    case 'event_gone':
      return said(
        410,
        'This event is not kept any more, or never was. Begin without it, and read what you missed from GET /v1/conversations.',
        { field: 'after' },
      )
    case 'webhook_exists':
      return said(
        409,
        `The webhook ${failure.id} tells this URL of the same events already. Change that one, or name other types or numbers.`,
        { field: 'url' },
      )
    case 'too_many_webhooks':
      return said(409, `An account has at most ${failure.limit} webhooks. Delete one that is not used.`)
    case 'webhook_disabled':
      return said(409, 'This webhook is switched off. Switch it on with {"enabled": true}, then try again.')
    case 'ticket_invalid':
      return said(401, 'The ticket is wrong, used or too old. Get a new one from POST /v1/stream/tickets.')
    case 'origin_refused':
      return said(
        403,
        'Pages of this origin may not open the stream. Get a ticket for it: POST /v1/stream/tickets with {"origin": "https://..."}.',
      )
    case 'upgrade_required':
      return said(426, 'This is a WebSocket. Connect with a WebSocket client, or poll GET /v1/events.')
    case 'too_many_streams':
      return said(429, 'Too many streams of this account are open. Close some, or poll GET /v1/events.', {
        retryable: true,
        retryAfter: 30,
      })
    case 'invalid_signature':
      return said(401, 'The signature is missing or wrong.')
    case 'url_expired':
      return said(410, 'This URL has expired. Sign a new one.')
    case 'busy':
      return said(503, 'Belino is preparing other media right now. Try again in a moment.', {
        retryable: true,
        retryAfter: failure.retryAfter,
      })
    case 'still_at_work':
      return said(
        503,
        'A conversation with this number is at work, so not all of it is gone. Ask again in a moment.',
        {
          retryable: true,
          retryAfter: failure.retryAfter,
        },
      )
    case 'storage_unavailable':
      return said(503, 'Storage did not answer. Nothing was sent; try again in a moment.', {
        retryable: true,
        retryAfter: failure.retryAfter,
      })
    case 'internal':
      return said(500, 'Something went wrong here. It was logged; try again, and report it if it stays.', {
        retryable: true,
      })
  }
}
