import { type Config, DEFAULTS, readConfig } from '../config.ts'
import { createConversations } from '../delivery/conversations.ts'
import { createEventsOut, type EventsOut } from '../delivery/events-out.ts'
import { createMediaFetcher, type MediaFetcher } from '../delivery/fetch-media.ts'
import { createFitLeases } from '../delivery/fit-leases.ts'
import { createForgetfulConversations } from '../delivery/forgetful-conversations.ts'
import { createPacer } from '../delivery/pacer.ts'
import type { DeliveryPorts } from '../delivery/ports.ts'
import type { VendorName } from '../domain/number.ts'
import type { OrphanStore } from '../domain/orphan.ts'
import type { Clock } from '../domain/ports.ts'
import { type Admission, createAdmission } from '../messaging/admission.ts'
import { provisionDemo } from '../messaging/demo.ts'
import type { FitUrlPorts } from '../messaging/fit-url.ts'
import type { ForgetPorts } from '../messaging/forget.ts'
import { createMediaLinks, deriveKey, keyedHash, type MediaLinks } from '../messaging/media-links.ts'
import type { PeoplePorts } from '../messaging/people.ts'
import type { MessagingPorts } from '../messaging/ports.ts'
import { createSessions } from '../messaging/session.ts'
import type { StreamPorts } from '../messaging/stream.ts'
import { createVault } from '../messaging/vault.ts'
import { type VendorAccountsPorts, vendorAccountsOf } from '../messaging/vendor-accounts.ts'
import type { WebhooksPorts } from '../messaging/webhooks.ts'
import { pauseAfter, pauseBefore } from '../pause.ts'
import type { SignIn } from '../routes/env.ts'
import { representEvent } from '../routes/represent-event.ts'
import { createAccountStore } from '../store/accounts.ts'
import { createClaimStore } from '../store/claims.ts'
import { createConsentStore } from '../store/consents.ts'
import { createContactStore } from '../store/contacts.ts'
import { createCreditStore } from '../store/credit.ts'
import { createFitIndex } from '../store/fit-index.ts'
import { createFitKeyStore } from '../store/fit-keys.ts'
import { createForgetStore } from '../store/forget.ts'
import { createIndexStore } from '../store/index-store.ts'
import { createKeywordStore } from '../store/keywords.ts'
import { createLinkPageStore } from '../store/link-pages.ts'
import { createMediaStore } from '../store/media.ts'
import { createNumberStore } from '../store/numbers.ts'
import { createOrphanStore } from '../store/orphans.ts'
import { createPeopleStore } from '../store/people.ts'
import { createProfileStore } from '../store/profiles.ts'
import { createQuotaStore } from '../store/quota.ts'
import { createRecipientStore } from '../store/recipients.ts'
import { createSearchStore } from '../store/search.ts'
import { createTemplateStore } from '../store/templates.ts'
import { createThreadLinkStore } from '../store/thread-links.ts'
import { createVendorAccountStore } from '../store/vendor-accounts.ts'
import { createWebhookStore } from '../store/webhooks.ts'
import type { Carrier } from '../vendors/contract.ts'
import { VENDORS } from '../vendors/registry.ts'
import { createSimulatorCarrier } from '../vendors/simulator/carrier.ts'
import { parseSimulatorUrl } from '../vendors/simulator/wire.ts'
import type { Bindings } from './bindings.ts'
import { createDialectParts, createPosters, type DialectParts } from './dialects.ts'
import { fetchingFromHere } from './local-media.ts'
import { createMailer } from './mailer.ts'

/** The parts of one environment: made once an isolate, shared by its requests and objects. */
export type Wiring = {
  readonly config: Config
  readonly admission: Admission
  readonly fetcher: MediaFetcher
  readonly delivery: DeliveryPorts
  readonly eventsOut: EventsOut
  readonly webhooks: Omit<WebhooksPorts, 'ownHost'>
  readonly stream: StreamPorts
  readonly vendors: VendorAccountsPorts
  readonly dialects: DialectParts
  readonly signIn: SignIn
  readonly links: (baseUrl: string) => Promise<MediaLinks>
  readonly messaging: (baseUrl: string) => Promise<MessagingPorts>
  readonly simulatorKey: () => Promise<CryptoKey>
  readonly optimizer: (baseUrl: string) => FitUrlPorts
  readonly people: Pick<PeoplePorts, 'people' | 'searches' | 'contacts'>
  readonly forgetting: ForgetPorts['forgetting']
  readonly orphans: OrphanStore
  demoReady: boolean
}

/** Each request that finds the demo account missing makes it: none waits on another, which might have been cancelled. */
export async function ensureDemo(wiring: Wiring): Promise<void> {
  const { devKey } = wiring.config
  if (wiring.demoReady || devKey === null) return
  await provisionDemo(await wiring.messaging(''), devKey, wiring.delivery.clock.now())
  wiring.demoReady = true
}

/** Where links of ours lead: the configured address, or the host of the request and where it has mounted us. */
export const baseUrlOf = (config: Config, request: string | null, base = ''): string =>
  config.publicUrl ?? (request === null ? 'http://localhost:8787' : `${new URL(request).origin}${base}`)

/** A Worker that fetched its own host would ask itself, past nobody's guard: the host of the request is refused too. */
const refusingHost = (fetcher: MediaFetcher, baseUrl: string): MediaFetcher => ({
  fetchMedia: (url, options) =>
    fetcher.fetchMedia(url, {
      ...options,
      ...(baseUrl === '' ? {} : { refusedHosts: [new URL(baseUrl).hostname] }),
    }),
})

/** Builds the parts of an environment. */
export function wireUp(env: Bindings, clock: Clock, log: MessagingPorts['log']): Wiring {
  const config = readConfig(env)
  const { pauseAt } = config
  const accounts = createAccountStore({ db: env.DB })
  const numbers = createNumberStore({ db: env.DB })
  const claims = createClaimStore({ db: env.DB })
  const stored = createMediaStore({ db: env.DB, bucket: env.MEDIA })
  const media = { ...stored, put: pauseAfter(pauseAt, 'blob', stored.put) }
  const indexed = createIndexStore({ db: env.DB })
  const index = { ...indexed, project: pauseAfter(pauseAt, 'index', indexed.project) }
  const reached = createConversations(env.CONVERSATION)
  const conversations = { ...reached, accept: pauseAfter(pauseAt, 'commit', reached.accept) }
  const admission = createAdmission({
    limit: DEFAULTS.admissionBytes,
    lifetime: DEFAULTS.admissionLifetime,
    patience: 8_000,
    clock,
  })
  const fetcher = createMediaFetcher({
    fetch: (url, init) => fetch(url, init),
    clock,
    refusedHosts: config.publicUrl === null ? [] : [new URL(config.publicUrl).hostname],
    log,
  })

  const keys = new Map<string, CryptoKey>()
  const key = async (secret: string, purpose: string): Promise<CryptoKey> => {
    const name = `${purpose}\0${secret}`
    const known = keys.get(name)
    if (known !== undefined) return known
    // The key is kept, not the promise of it: a request that is cancelled must not leave others waiting.
    const derived = await deriveKey(secret, purpose)
    keys.set(name, derived)
    return derived
  }
  const root = (purpose: string): Promise<CryptoKey> => key(config.rootKey ?? '', purpose)
  const links = async (baseUrl: string): Promise<MediaLinks> =>
    createMediaLinks({
      keys: await Promise.all(config.urlKeys.map((secret) => key(secret, 'media-url'))),
      baseUrl,
      maxLifetime: DEFAULTS.publicUrlLifetime,
      clock,
    })

  const simulatorKey = (): Promise<CryptoKey> => root('simulator-webhook')
  const simulator = createSimulatorCarrier({
    fetch: async (request) => {
      const account = parseSimulatorUrl(new URL(request.url))?.account
      if (account === undefined) throw new Error('Not an address of the simulated network')
      return await env.SIMULATOR.getByName(account).fetch(request)
    },
    clock,
    secret: simulatorKey,
  })
  const vendors: VendorAccountsPorts = {
    clock,
    store: createVendorAccountStore({ db: env.DB }),
    vault: createVault([config.rootKey ?? '', ...config.previousRootKeys]),
    kinds: VENDORS,
    log,
  }
  const connected: Partial<Record<VendorName, Carrier>> = {}
  for (const [name, kind] of Object.entries(VENDORS)) {
    const vendor = name as VendorName
    const options = { fetch: (url: string, init: RequestInit) => fetch(url, init), clock }
    connected[vendor] = kind.createCarrier({ ...options, accounts: vendorAccountsOf(vendors, vendor) })
  }
  const carriers: Partial<Record<VendorName, Carrier>> = {
    ...connected,
    simulator: {
      ...simulator,
      submit: pauseBefore(pauseAt, 'submit', pauseAfter(pauseAt, 'answer', simulator.submit)),
    },
  }
  const carrier = (vendor: VendorName): Carrier | null => carriers[vendor] ?? null

  const keepUntil = async (account: string, now: number): Promise<number> => {
    const days = await accounts.retentionDays(account)
    return now + (days === null ? DEFAULTS.messageLifetime : days * 86_400_000)
  }

  const who = async (account: string, address: string): Promise<string> =>
    await keyedHash(await root('consent'), `${account}\0${address}`)
  const consents = createConsentStore({ db: env.DB, who })
  const profiles = createProfileStore({ db: env.DB })
  const webhooks = createWebhookStore({ db: env.DB })
  const parts = createDialectParts({ db: env.DB, vault: vendors.vault, clock, conversations })
  const publicUrl = async (id: string, name: string): Promise<string> =>
    (await links(baseUrlOf(config, null))).url(id, name, DEFAULTS.publicUrlLifetime)
  const dialects = createPosters({
    fetch: (url, init) => fetch(url, init),
    media,
    conversations,
    records: parts.records,
    clock,
    publicUrl,
  })
  const eventsOut = createEventsOut({
    dialects,
    liveNamespace: env.LIVE,
    subscriberNamespace: env.SUBSCRIBER,
    webhooks,
    fetch: (url, init) => fetch(url, init),
    clock,
    random: Math.random,
    secretKey: () => root('webhook-secret'),
    urlRules: {
      refusedHosts: config.publicUrl === null ? [] : [new URL(config.publicUrl).hostname],
      local: config.local,
      dialects: Object.keys(dialects),
    },
    represent: representEvent,
    log,
  })

  return {
    config,
    admission,
    fetcher,
    links,
    simulatorKey,
    optimizer: (baseUrl) => ({
      clock,
      fitKeys: createFitKeyStore({ db: env.DB, clock }),
      fitSecret: () => root('fit-url'),
      fitIndex: createFitIndex({ db: env.DB }),
      fitLeases: createFitLeases(env.FIT_LEASE),
      media,
      fetcher: refusingHost(fetcher, baseUrl),
      admission,
      local: config.local,
      settings: DEFAULTS,
      log,
    }),
    people: {
      people: createPeopleStore({ db: env.DB }),
      searches: createSearchStore({ db: env.DB }),
      contacts: createContactStore({ db: env.DB }),
    },
    orphans: createOrphanStore({ db: env.DB }),
    forgetting: {
      store: createForgetStore({ db: env.DB, who }),
      conversations: createForgetfulConversations(env.CONVERSATION),
    },
    demoReady: false,
    eventsOut,
    webhooks: { clock, store: webhooks, numbers, events: eventsOut, log },
    vendors,
    dialects: parts,
    stream: { clock, lives: eventsOut.lives, ticketKey: () => root('stream-ticket') },
    signIn: {
      sessions: createSessions({ key: () => root('session'), accounts, clock }),
      access: config.access,
      demoKey: config.devKey,
      fetchCerts: (url) => fetch(url),
    },
    delivery: {
      events: eventsOut.lives,
      pacer: createPacer(env.NUMBER),
      clock,
      random: Math.random,
      index,
      media,
      numbers,
      consents,
      fetcher: config.local ? fetchingFromHere(fetcher) : fetcher,
      carrier,
      publicUrl,
      keepInboundUntil: keepUntil,
      profiles,
      fitter: null,
      log,
    },
    messaging: async (baseUrl) => ({
      clock,
      accounts,
      numbers,
      consents,
      keywords: createKeywordStore({ db: env.DB }),
      people: createPeopleStore({ db: env.DB }),
      recipients: createRecipientStore({ db: env.DB }),
      credit: createCreditStore({ db: env.DB }),
      quota: createQuotaStore({ db: env.DB }),
      templates: createTemplateStore({ db: env.DB }),
      linkPages: createLinkPageStore({ db: env.DB }),
      profiles,
      threadLinks: createThreadLinkStore({ db: env.DB }),
      claims,
      media,
      index,
      conversations,
      events: eventsOut.lives,
      mailer:
        env.EMAIL === undefined || config.mailFrom === null ? null : createMailer(env.EMAIL, config.mailFrom),
      fetcher: refusingHost(fetcher, baseUrl),
      carrier,
      links: await links(baseUrl),
      admission,
      conversationSecret: await root('conversation-id'),
      settings: DEFAULTS,
      log,
    }),
  }
}
