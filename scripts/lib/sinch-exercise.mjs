import { createServer } from 'node:http'
import { ConversationCallbackWebhooks, SinchClient } from '@sinch/sdk-core'

/**
 * What Sinch's own client library does with Belino in the place of Sinch: everything that the dialect answers, and every
 * callback through the library's own parser and validator of signatures.
 */

/** Nothing is asserted about time: a machine may be as slow as it likes within this, in milliseconds. */
const PATIENCE = 90_000
const OWN = '14165550100'
const PHONE = '16135550140'
const SECRET = 'a secret of the app'
const OVERRIDE_SECRET = 'another secret'
/** Where a template's parameter goes. */
const NAME = ['$', '{name}'].join('')

/** The word of an error body, as the library gives it back: JSON in a text. */
const statusIn = (error) => JSON.parse(error?.data ?? '{}').error?.status

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** A server on this machine that keeps every callback as it came. */
async function startEndpoint() {
  const came = []
  const server = createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      came.push({ path: request.url, headers: request.headers, text: Buffer.concat(chunks).toString('utf8') })
      response.writeHead(200).end()
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const close = () =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve(undefined))
    })
  return { came, url: (path) => `http://127.0.0.1:${port}${path}`, close }
}

/**
 * Runs it.
 *
 * @param {{ origin: string, key: string, picture: Uint8Array<ArrayBuffer>, say?: (line: string) => void }} options `origin` is a
 *   Belino with the demo account and the simulated carrier
 * @returns {Promise<{ lines: string[], problems: string[], callbacks: Record<string, number> }>}
 */
export async function exerciseSinch({ origin, key, picture, say = () => {} }) {
  const lines = []
  const problems = []
  const tell = (line) => {
    lines.push(line)
    say(line)
  }
  const check = (what, fine) => {
    if (!fine) problems.push(what)
  }
  const belino = async (path, init = {}) => {
    const response = await fetch(origin + path, {
      ...init,
      headers: { authorization: `Bearer ${key}`, ...init.headers },
    })
    const text = await response.text()
    return text === '' ? null : JSON.parse(text)
  }
  const endpoint = await startEndpoint()
  const callbacks = {}
  const hooks = new ConversationCallbackWebhooks(SECRET)
  const overridden = new ConversationCallbackWebhooks(OVERRIDE_SECRET)
  /** Every callback so far, parsed and judged by the library. */
  let judged = 0
  const parsed = []
  const judge = () => {
    for (; judged < endpoint.came.length; judged++) {
      const one = endpoint.came[judged]
      const validator = one.path === '/message?order=7' ? overridden : hooks
      // As text and as an object: the library signs an object anew.
      const forms = [one.text, JSON.parse(one.text)]
      for (const body of forms)
        check(
          `signature of ${one.text.slice(0, 120)}`,
          validator.validateAuthenticationHeader(one.headers, body, one.path, 'POST'),
        )
      check(
        'a changed callback is refused',
        !validator.validateAuthenticationHeader(one.headers, `${one.text} `, one.path, 'POST'),
      )
      const event = hooks.parseEvent(one.text)
      callbacks[event.trigger] = (callbacks[event.trigger] ?? 0) + 1
      parsed.push({ ...event, path: one.path })
    }
    return parsed
  }
  const awaited = async (what, find) => {
    for (const until = Date.now() + PATIENCE; Date.now() < until; await wait(100)) {
      const found = judge().filter(find)
      if (found.length > 0) return found
    }
    problems.push(`never came: ${what}`)
    return []
  }

  try {
    const { id: projectId } = await belino('/v1/account')
    const dialect = `${origin}/dialects/sinch`
    const { conversation } = new SinchClient({
      projectId,
      keyId: 'any name',
      keySecret: key,
      authHostname: dialect,
      conversationHostname: dialect,
      conversationTemplatesHostname: dialect,
      logger: null,
    })

    // ---- apps
    const mms = {
      channel: 'MMS',
      mms_credentials: {
        account_id: 'mms account',
        api_key: 'mms key',
        default_sender: OWN,
        basic_auth: { username: 'somebody', password: 'a password' },
      },
    }
    const sms = { channel: 'SMS', static_bearer: { claimed_identity: OWN, token: 'a token' } }
    const app = await conversation.app.create({
      appCreateRequestBody: {
        display_name: 'Proof',
        channel_credentials: [mms, sms],
        callback_settings: { secret_for_overridden_callback_urls: OVERRIDE_SECRET },
      },
    })
    const app_id = app.id ?? ''
    await conversation.app.update({ app_id, appUpdateRequestBody: { display_name: 'Proof of Sinch' } })
    const { apps = [] } = await conversation.app.list({})
    const got = await conversation.app.get({ app_id })
    check(
      'app is listed',
      apps.some((one) => one.id === app_id),
    )
    check('app is renamed', got.display_name === 'Proof of Sinch')
    check('app keeps its credentials', got.channel_credentials?.length === 2)
    check('no secret is shown', !/mms key|a password|a token|another secret/.test(JSON.stringify(got)))
    tell(`apps            created, updated, read, listed (${apps.length}); its secrets are not shown`)

    // ---- webhooks
    const webhook = await conversation.webhooks.create({
      webhookCreateRequestBody: {
        app_id,
        target: endpoint.url('/app'),
        target_type: 'HTTP',
        secret: SECRET,
        triggers: ['MESSAGE_INBOUND', 'MESSAGE_DELIVERY'],
      },
    })
    const webhook_id = webhook.id ?? ''
    const all = [
      'MESSAGE_INBOUND',
      'MESSAGE_DELIVERY',
      'MESSAGE_SUBMIT',
      'OPT_IN',
      'OPT_OUT',
      'CONVERSATION_START',
      'CONVERSATION_STOP',
      'CONVERSATION_DELETE',
      'CONTACT_CREATE',
      'CONTACT_DELETE',
      'CONTACT_MERGE',
      'CONTACT_UPDATE',
      'CAPABILITY',
    ]
    await conversation.webhooks.update({
      webhook_id,
      webhookUpdateRequestBody: { target: endpoint.url('/app'), triggers: all },
    })
    const second = await conversation.webhooks.create({
      webhookCreateRequestBody: { app_id, target: endpoint.url('/second'), triggers: ['OPT_IN'] },
    })
    const twice = await conversation.webhooks
      .create({ webhookCreateRequestBody: { app_id, target: endpoint.url('/second') } })
      .then(() => null)
      .catch((error) => error)
    check('a target is there once', twice?.statusCode === 400 && statusIn(twice) === 'INVALID_ARGUMENT')
    const listed = await conversation.webhooks.list({ app_id })
    check('webhooks are listed', listed.webhooks?.length === 2)
    await conversation.webhooks.delete({ webhook_id: second.id ?? '' })
    const read = await conversation.webhooks.get({ webhook_id })
    check('webhook is changed', read.triggers?.length === all.length)
    const left = await conversation.webhooks.list({ app_id })
    check('webhook is deleted', left.webhooks?.length === 1)
    tell('webhooks        created, updated, read, listed (2), deleted (1); a target twice is refused')

    // ---- contacts
    // What an earlier run left behind goes first.
    for (let n = 0; n < 11; n++)
      for await (const one of conversation.contact.list({ channel: 'MMS', identity: `16135550${150 + n}` }))
        await conversation.contact.delete({ contact_id: one.id ?? '' })
    let known = 0
    for await (const _ of conversation.contact.list({ page_size: 50 })) known++
    const contacts = []
    for (let n = 0; n < 11; n++)
      contacts.push(
        await conversation.contact.create({
          contactCreateRequestBody: {
            channel_identities: [{ channel: 'MMS', identity: `16135550${150 + n}` }],
            language: 'EN_US',
            display_name: `Contact ${n}`,
          },
        }),
      )
    let met = 0
    let pages = 0
    for (let page = await conversation.contact.list({ page_size: 4 }); ; page = await page.nextPage()) {
      pages++
      met += page.data.length
      if (!page.hasNextPage) break
    }
    let iterated = 0
    for await (const _ of conversation.contact.list({ page_size: 5 })) iterated++
    const all11 = known + 11
    check('pages of contacts', met === all11 && pages === Math.ceil(all11 / 4) && iterated === all11)
    const [first, other] = contacts
    const contact_id = first?.id ?? ''
    await conversation.contact.update({ contact_id, updateContactRequestBody: { display_name: 'Somebody' } })
    await conversation.contact.mergeContact({
      destination_id: contact_id,
      mergeContactRequestBody: { source_id: other?.id ?? '', strategy: 'MERGE' },
    })
    const merged = await conversation.contact.get({ contact_id })
    check(
      'contacts are merged',
      merged.channel_identities?.length === 2 && merged.display_name === 'Somebody',
    )
    await conversation.contact.delete({ contact_id: contacts[10]?.id ?? '' })
    const gone = await conversation.contact
      .get({ contact_id: contacts[10]?.id ?? '' })
      .catch((error) => error)
    check('a deleted contact is gone', gone.statusCode === 404 && statusIn(gone) === 'NOT_FOUND')
    await conversation.contact.listIdentityConflicts({})
    await conversation.contact.getChannelProfile({
      getChannelProfileRequestBody: { app_id, recipient: { contact_id }, channel: 'MESSENGER' },
    })
    const { contacts: names } = await belino('/v1/contacts?q=Somebody')
    check('a name is seen by people', names.length >= 1)
    for (const trigger of ['CONTACT_CREATE', 'CONTACT_UPDATE', 'CONTACT_MERGE', 'CONTACT_DELETE'])
      await awaited(trigger, (event) => event.trigger === trigger)
    tell(`contacts        created (11), listed in ${pages} pages of 4, updated, merged, deleted`)

    // ---- templates
    const translation = { language_code: 'en-US', variables: [{ key: 'name', preview_value: 'Ann' }] }
    const v2 = await conversation.templatesV2.create({
      createTemplateRequestBody: {
        default_translation: 'en-US',
        description: 'Greeting',
        translations: [{ ...translation, version: '1', text_message: { text: `Hello ${NAME}` } }],
      },
    })
    const v2id = v2.id ?? ''
    await conversation.templatesV2.update({
      template_id: v2id,
      updateTemplateRequestBody: {
        default_translation: 'en-US',
        version: 1,
        translations: [{ ...translation, version: '1', text_message: { text: `Good day, ${NAME}` } }],
      },
    })
    const { templates: twos = [] } = await conversation.templatesV2.list({})
    const translations = await conversation.templatesV2.listTranslations({ template_id: v2id })
    const reread = await conversation.templatesV2.get({ template_id: v2id })
    check(
      'templates of version 2',
      twos.some((one) => one.id === v2id) && translations.translations?.length === 1 && reread.version === 2,
    )
    const v1 = await conversation.templatesV1.create({
      createTemplateRequestBody: {
        channel: 'UNSPECIFIED',
        default_translation: 'en-US',
        translations: [
          {
            language_code: 'en-US',
            content: JSON.stringify({ text_message: { text: `Dear ${NAME}` } }),
            version: '1',
          },
        ],
      },
    })
    const { templates: ones = [] } = await conversation.templatesV1.list({})
    check(
      'templates of version 1',
      ones.some((one) => one.id === v1.id),
    )
    const extra = await conversation.templatesV1.create({
      createTemplateRequestBody: {
        translations: [{ language_code: 'en', content: '{"text_message":{"text":"x"}}' }],
      },
    })
    await conversation.templatesV1.delete({ template_id: extra.id ?? '' })
    tell('templates       v1 and v2: created, updated, read, listed, deleted')

    // ---- messages
    const stored = await belino('/v1/media', { method: 'POST', body: picture })
    const { url } = await belino(`/v1/media/${stored.id}`)
    const media_message = { url }
    const card = { title: 'Boats', description: 'At the pier', media_message }
    const reply = (text) => ({ text_message: { text }, postback_data: `chose ${text}` })
    const recipient = { identified_by: { channel_identities: [{ channel: 'MMS', identity: PHONE }] } }
    const base = (message, more = {}) => ({
      sendMessageRequestBody: {
        app_id,
        recipient,
        message,
        channel_priority_order: ['MMS'],
        channel_properties: { MMS_SENDER: OWN },
        ...more,
      },
    })
    const messages = conversation.messages
    const kinds = {
      text: () => messages.sendTextMessage(base({ text_message: { text: 'Hello from the library' } })),
      media: () => messages.sendMediaMessage(base({ media_message })),
      card: () => messages.sendCardMessage(base({ card_message: card })),
      carousel: () =>
        messages.sendCarouselMessage(
          base({
            carousel_message: { cards: [card, { title: 'Trains', media_message }], choices: [reply('More')] },
          }),
        ),
      choice: () =>
        messages.sendChoiceMessage(
          base({
            choice_message: {
              text_message: { text: 'Which one?' },
              choices: [
                reply('Boats'),
                { url_message: { title: 'Timetable', url: 'https://example.com/times' } },
                { call_message: { title: 'Call us', phone_number: '+14165550100' } },
                {
                  location_message: { title: 'Pier', coordinates: { latitude: 44.6, longitude: -63.5 } },
                },
                {
                  calendar_message: {
                    title: 'Departure',
                    event_start: new Date(),
                    event_end: new Date(),
                    event_title: 'Departure',
                    fallback_url: 'https://example.com/calendar',
                  },
                },
                {
                  share_location_message: {
                    title: 'Where are you?',
                    fallback_url: 'https://example.com/where',
                  },
                },
              ],
            },
          }),
        ),
      location: () =>
        messages.sendLocationMessage(
          base({
            location_message: {
              title: 'Pier 21',
              label: 'Halifax',
              coordinates: { latitude: 44.6, longitude: -63.5 },
            },
          }),
        ),
      list: () =>
        messages.sendListMessage(
          base({
            list_message: {
              title: 'Menu',
              description: 'Of today',
              media: media_message,
              sections: [
                { title: 'Soups', items: [{ choice: { title: 'Chowder', postback_data: 'soup-1' } }] },
              ],
            },
          }),
        ),
      'contact info': () =>
        messages.sendContactInfoMessage(
          base({
            contact_info_message: {
              name: { full_name: 'Ann Lee', first_name: 'Ann', last_name: 'Lee' },
              phone_numbers: [{ phone_number: '+14165550100', type: 'WORK' }],
              email_addresses: [{ email_address: 'ann@example.com' }],
              organization: { company: 'Example' },
              urls: [{ url: 'https://example.com' }],
              addresses: [{ city: 'Halifax', country: 'Canada' }],
            },
          }),
        ),
      'template v2': () =>
        messages.sendTemplateMessage(
          base({
            template_message: {
              omni_template: {
                template_id: v2id,
                version: 'latest',
                language_code: 'en-US',
                parameters: { name: 'Bo' },
              },
            },
          }),
        ),
      'template v1': () =>
        messages.sendTemplateMessage(
          base({
            template_message: {
              omni_template: { template_id: v1.id ?? '', version: '1', parameters: { name: 'Bo' } },
            },
          }),
        ),
    }
    const sent = {}
    for (const [kind, send] of Object.entries(kinds)) {
      const answer = await send()
      check(`${kind} is accepted`, answer.accepted_time instanceof Date)
      sent[kind] = answer.message_id
    }
    for (const [kind, id] of Object.entries(sent)) {
      const [report] = await awaited(
        `report of ${kind}`,
        (event) => event.trigger === 'MESSAGE_DELIVERY' && event.message_delivery_report?.message_id === id,
      )
      check(`${kind} is delivered`, report?.message_delivery_report?.status === 'DELIVERED')
      await awaited(
        `submission of ${kind}`,
        (event) => event.trigger === 'MESSAGE_SUBMIT' && event.message_submit_notification?.message_id === id,
      )
      const back = await messages.get({ message_id: id })
      check(
        `${kind} is read back`,
        back.id === id && back.direction === 'TO_CONTACT' && 'app_message' in back,
      )
    }
    const handset = await belino(`/v1/simulator/handsets/%2B${PHONE}/messages`)
    const onPhone = (kind) => handset.messages.find((one) => one.reference === sent[kind])
    check('a card has its title as subject', onPhone('card')?.facts?.subject === 'Boats')
    tell(`messages        sent and delivered: ${Object.keys(kinds).join(', ')}`)

    const ids = []
    for await (const one of messages.list({ page_size: 3, app_id })) ids.push(one.id)
    check('no message is listed twice', new Set(ids).size === ids.length)
    check(
      'every message is listed',
      Object.values(sent).every((id) => ids.includes(id)),
    )
    await messages.update({ message_id: sent.text, updateMessageRequestBody: { metadata: 'changed' } })
    check('metadata is changed', (await messages.get({ message_id: sent.text })).metadata === 'changed')
    await messages.delete({ message_id: sent.location })
    const lost = await messages.get({ message_id: sent.location }).catch((error) => error)
    check('a deleted message is gone', lost.statusCode === 404)
    let last = 0
    for await (const _ of messages.listLastMessagesByChannelIdentity({
      listLastMessagesByChannelIdentityRequestBody: { channel_identities: [PHONE] },
    }))
      last++
    check('last message of an identity', last === 1)
    tell(`messages        listed (${ids.length}, 3 a page), read, changed, deleted; the last of an identity`)

    const transcoded = await conversation.transcoding.transcodeMessage({
      transcodeMessageRequestBody: {
        app_id,
        app_message: {
          card_message: { title: 'Boats', description: 'At the pier', choices: [reply('Yes')] },
        },
        channels: ['MMS', 'SMS'],
      },
    })
    const mmsForm = JSON.parse(transcoded.transcoded_message?.MMS ?? '{}')
    check('transcoded', mmsForm.subject === 'Boats' && mmsForm.text === 'At the pier\n\n1. Yes')
    tell(`transcoding     MMS ${transcoded.transcoded_message?.MMS}`)

    // ---- a message with an address of its own for reports, and what is given back with it
    const own = await messages.send(
      base(
        { text_message: { text: 'Told elsewhere' } },
        {
          callback_url: endpoint.url('/message?order=7'),
          message_metadata: 'mine',
          correlation_id: 'order-7',
          ttl: 600,
        },
      ),
    )
    const [elsewhere] = await awaited(
      'report to a callback_url',
      (event) =>
        event.trigger === 'MESSAGE_DELIVERY' && event.message_delivery_report?.message_id === own.message_id,
    )
    check(
      'callback_url',
      elsewhere?.path === '/message?order=7' &&
        elsewhere.message_metadata === 'mine' &&
        elsewhere.correlation_id === 'order-7',
    )
    const { magic } = await belino('/v1/simulator/handsets')
    const refusing = magic.find((one) => one.reason === 'unsupported_media')
    const failing = await messages.send({
      sendMessageRequestBody: {
        ...base({ media_message }).sendMessageRequestBody,
        recipient: { identified_by: { channel_identities: [{ channel: 'MMS', identity: refusing.number }] } },
      },
    })
    const [failed] = await awaited(
      'report of a failure',
      (event) =>
        event.trigger === 'MESSAGE_DELIVERY' &&
        event.message_delivery_report?.message_id === failing.message_id,
    )
    const why = failed?.message_delivery_report
    check(
      'a failure has its reason',
      why?.status === 'FAILED' && why.reason?.code === 'MEDIA_TYPE_UNSUPPORTED',
    )
    tell(`reports         DELIVERED, FAILED (${why?.reason?.code}), and to a callback_url of one message`)

    // ---- what comes in
    const write = async (fields, files = 0) => {
      const form = new FormData()
      form.append('to', `+${OWN}`)
      for (const [name, value] of Object.entries(fields)) form.append(name, value)
      for (let n = 0; n < files; n++)
        form.append('media', new Blob([picture], { type: 'image/jpeg' }), `IMG_${n}.jpg`)
      await belino(`/v1/simulator/handsets/%2B${PHONE}/reply`, { method: 'POST', body: form })
    }
    const inbound = (find) => (event) =>
      event.trigger === 'MESSAGE_INBOUND' && find(event.message?.contact_message ?? {})
    await write({ text: 'Hi from a phone' })
    const [text] = await awaited(
      'inbound text',
      inbound((one) => one.text_message?.text === 'Hi from a phone'),
    )
    check('a plain text is an SMS', text?.message?.channel_identity?.channel === 'SMS')
    await write({}, 1)
    const [alone] = await awaited(
      'inbound picture',
      inbound((one) => one.media_message !== undefined),
    )
    await write({ text: 'Three of them' }, 3)
    for (const until = Date.now() + PATIENCE; Date.now() < until; await wait(100))
      if (judge().filter(inbound((one) => one.media_card_message !== undefined)).length >= 3) break
    const cards = judge().filter(inbound((one) => one.media_card_message !== undefined))
    check('three pictures are three callbacks', new Set(cards.map((one) => one.message?.id)).size === 3)
    check(
      'each with the same caption',
      cards.every((one) => one.message?.contact_message?.media_card_message?.caption === 'Three of them'),
    )
    const lies = alone?.message?.contact_message?.media_message?.url
    const shown = await fetch(origin + new URL(lies ?? 'http://nowhere/').pathname)
    check(
      'inbound media is public',
      shown.status === 200 && shown.headers.get('content-type') === 'image/jpeg',
    )
    await write({ text: 'Boats' })
    const [choice] = await awaited(
      'choice response',
      inbound((one) => one.choice_response_message !== undefined),
    )
    const chosen = choice?.message?.contact_message?.choice_response_message
    check('choice response', chosen?.message_id === sent.choice && chosen?.postback_data === 'chose Boats')
    tell('inbound         text, picture, three pictures with one caption, choice response')

    // ---- consents, capability
    await write({ text: 'STOP' })
    await awaited(
      'OPT_OUT',
      (event) => event.trigger === 'OPT_OUT' && event.opt_out_notification?.identity === PHONE,
    )
    const out = []
    for await (const one of conversation.consents.listIdentities({ app_id, list_type: 'OPT_OUT_ALL' }))
      out.push(one)
    const refusal = await messages.send(base({ text_message: { text: 'Too late' } })).catch((error) => error)
    check('nobody writes to them', refusal.statusCode === 400 || refusal.statusCode === 403)
    const audit = await conversation.consents.listAuditRecords({ app_id, identity: PHONE })
    check('audit', audit.audit_records?.[0]?.origin === 'ORIGIN_MO')
    await write({ text: 'START' })
    await awaited(
      'OPT_IN',
      (event) => event.trigger === 'OPT_IN' && event.opt_in_notification?.identity === PHONE,
    )
    check(
      'opted out',
      out.some((one) => one.identity === PHONE),
    )
    tell(`consents        OPT_OUT (${statusIn(refusal)}), listed (${out.length}), audited, OPT_IN`)
    await conversation.capability.lookup({
      lookupCapabilityRequestBody: { app_id, recipient, request_id: 'ask-1' },
    })
    const [able] = await awaited('CAPABILITY', (event) => event.trigger === 'CAPABILITY')
    const capable = able?.capability_notification
    check('capability', capable?.request_id === 'ask-1' && capable.capability_status === 'CAPABILITY_FULL')
    tell(`capability      ${capable?.capability_status}`)

    // ---- conversations
    const made = await conversation.conversation.create({
      createConversationRequestBody: { app_id, contact_id: contacts[3]?.id ?? '', metadata: 'new' },
    })
    const conversation_id = made.id ?? ''
    await conversation.conversation.update({
      conversation_id,
      updateConversationRequestBody: { metadata: 'changed', app_id },
    })
    const one = await conversation.conversation.get({ conversation_id })
    check('conversation is changed', one.metadata === 'changed' && one.active === true)
    let threads = 0
    for await (const _ of conversation.conversation.list({ app_id, only_active: false, page_size: 2 }))
      threads++
    let recent = 0
    for await (const _ of conversation.conversation.listRecent({ app_id, page_size: 2 })) recent++
    check('conversations', threads >= 3 && recent === threads)
    await conversation.conversation.stopActive({ conversation_id })
    check('stopped', (await conversation.conversation.get({ conversation_id })).active === false)
    await conversation.conversation.delete({ conversation_id })
    for (const trigger of ['CONVERSATION_START', 'CONVERSATION_STOP', 'CONVERSATION_DELETE'])
      await awaited(trigger, (event) => event.trigger === trigger)
    tell(`conversations   created, updated, listed (${threads}), recent (${recent}), stopped, deleted`)

    await conversation.templatesV2.delete({ template_id: v2id })
    await conversation.templatesV1.delete({ template_id: v1.id ?? '' })
    await conversation.app.delete({ app_id })
    const nothing = await conversation.app.get({ app_id }).catch((error) => error)
    check('app is deleted', nothing.statusCode === 404)
    judge()
    const kindsSeen = Object.entries(callbacks).map(([trigger, n]) => `${trigger} ${n}`)
    tell(`callbacks       ${parsed.length} parsed and validated by the library: ${kindsSeen.join(', ')}`)
    return { lines, problems, callbacks }
  } finally {
    await endpoint.close()
  }
}
