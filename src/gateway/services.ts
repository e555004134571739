import { DEFAULTS } from '../config.ts'
import { threadKey } from '../domain/conversation.ts'
import { conversationId } from '../domain/ids.ts'
import { fail, ok } from '../domain/result.ts'
import { createAccounts } from '../messaging/accounts.ts'
import { createCheck } from '../messaging/check.ts'
import { createConsents } from '../messaging/consents.ts'
import { createMoney } from '../messaging/credit.ts'
import { createFitKeys } from '../messaging/fit-keys.ts'
import { fitMany } from '../messaging/fit-many.ts'
import { createFitUrls } from '../messaging/fit-url.ts'
import { createForget } from '../messaging/forget.ts'
import { createSendSeparately } from '../messaging/groups.ts'
import { authenticate } from '../messaging/keys.ts'
import { createKeywords } from '../messaging/keywords.ts'
import { createOpenLinkPage } from '../messaging/link-page.ts'
import { createMessaging } from '../messaging/messaging.ts'
import { createNumbers } from '../messaging/numbers.ts'
import { createIsOperator } from '../messaging/operator.ts'
import { createOrphans } from '../messaging/orphans.ts'
import { createPeople } from '../messaging/people.ts'
import { preview } from '../messaging/preview.ts'
import { createProfiles } from '../messaging/profiles.ts'
import { createKeyQuota } from '../messaging/quota.ts'
import { takeHook } from '../messaging/receive.ts'
import { createRecipients } from '../messaging/recipients.ts'
import { createStream } from '../messaging/stream.ts'
import { createTemplates } from '../messaging/templates.ts'
import { createVendorAccounts } from '../messaging/vendor-accounts.ts'
import { createWebhooks } from '../messaging/webhooks.ts'
import type { Services } from '../routes/env.ts'
import { simulatorUrl } from '../vendors/simulator/wire.ts'
import type { Bindings } from './bindings.ts'
import { baseUrlOf, type Wiring } from './wiring.ts'

/** What a request's routes work with. */
export async function servicesOf(url: string, base: string, wiring: Wiring): Promise<Services> {
  const { config, admission, delivery } = wiring
  const here = baseUrlOf(config, url, base)
  const ports = await wiring.messaging(here)
  const messaging = createMessaging(ports)
  const optimizer = wiring.optimizer(here)
  const webhooks = createWebhooks({ ...wiring.webhooks, ownHost: new URL(url).hostname })
  return {
    base,
    here,
    messaging,
    authenticate: (authorization, host) => authenticate(ports.accounts, authorization, host),
    takeHook: (vendor, hook) => takeHook(ports, vendor, { ...hook, now: delivery.clock.now() }),
    publicMedia: {
      async find(token) {
        const id = await ports.links.open(token)
        const media = id === null ? null : await ports.media.findById(id)
        if (media === null) return fail({ code: 'not_found', what: 'media' })
        const gone = media.deletedAt !== null || media.expiresAt <= delivery.clock.now()
        return gone ? fail({ code: 'media_expired' }) : ok(media)
      },
      open: (media, range) => ports.media.open(media, range),
      now: () => delivery.clock.now(),
    },
    admission,
    webhooks,
    forget: createForget({ ...ports, webhooks, forgetting: wiring.forgetting }),
    fitKeys: createFitKeys(optimizer),
    fitUrls: createFitUrls(optimizer),
    fitMany: (caller, files, request) => fitMany(ports, caller, files, request),
    local: config.local,
    consents: createConsents(ports),
    accounts: createAccounts(ports),
    keywords: createKeywords(ports),
    templates: createTemplates(ports),
    openLinkPage: createOpenLinkPage(ports),
    orphans: createOrphans(wiring.orphans),
    profiles: createProfiles(ports),
    sendSeparately: createSendSeparately(ports),
    threadLinks: (caller, id) => ports.threadLinks.of(caller.account, id),
    preview: (caller, request) => preview(ports, caller, request),
    numbers: createNumbers(ports),
    recipients: createRecipients(ports),
    check: createCheck(ports),
    money: createMoney(ports),
    keyQuota: createKeyQuota(ports),
    isOperator: createIsOperator(config.rootKey),
    people: createPeople({ ...wiring.people, ...ports, messaging }),
    stream: createStream(wiring.stream),
    vendors: createVendorAccounts(wiring.vendors),
    listMessages: wiring.dialects.listMessages,
    records: wiring.dialects.records,
    tokens: wiring.dialects.tokens,
    threadId: (caller, own, members) =>
      conversationId(
        ports.conversationSecret,
        caller.account,
        threadKey({ account: caller.account, own, members }),
      ),
    signIn: wiring.signIn,
    limits: {
      file: DEFAULTS.fileLimit,
      request: DEFAULTS.requestLimit,
      json: DEFAULTS.jsonLimit,
      hook: DEFAULTS.hookLimit,
      attachedLifetime: DEFAULTS.attachedLifetime,
      pageSize: DEFAULTS.pageSize,
      pageLimit: DEFAULTS.pageLimit,
    },
  }
}

/** Hands a request on to an account's simulated network, the prefix of its path taken off. */
export function toNetwork(
  env: Bindings,
  request: Request,
  account: string,
  prefix: RegExp,
): Promise<Response> {
  const url = new URL(request.url)
  const target = simulatorUrl(account, `${url.pathname.replace(prefix, '') || '/'}${url.search}`)
  return env.SIMULATOR.getByName(account).fetch(new Request(target, request))
}
