import type { MediaFetcher } from '../delivery/fetch-media.ts'
import type { CreditStore, QuotaStore } from '../domain/credit-store.ts'
import type { EventSink } from '../domain/event.ts'
import type { LinkPageStore } from '../domain/link-page.ts'
import type { Mailer } from '../domain/mail.ts'
import type { VendorName } from '../domain/number.ts'
import type { KeywordStore, PeopleStore } from '../domain/people-ports.ts'
import type {
  AccountStore,
  ClaimStore,
  Clock,
  ConsentStore,
  Conversations,
  IndexStore,
  MediaStore,
  NumberStore,
} from '../domain/ports.ts'
import type { ProfileStore } from '../domain/profile.ts'
import type { RecipientStore } from '../domain/recipient-store.ts'
import type { TemplateStore } from '../domain/template.ts'
import type { ThreadLinkStore } from '../domain/thread-links.ts'
import type { Carrier } from '../vendors/contract.ts'
import type { Admission } from './admission.ts'
import type { MediaLinks } from './media-links.ts'

/** Lengths of time and sizes that the use cases keep to; milliseconds and bytes. */
export type MessagingSettings = {
  readonly uploadLifetime: number
  readonly renditionLifetime: number
  readonly messageLifetime: number
  readonly publicUrlLifetime: number
  readonly fileLimit: number
  readonly validity: number
}

/** What the use cases are given. */
export type MessagingPorts = {
  readonly clock: Clock
  readonly accounts: AccountStore
  readonly numbers: NumberStore
  readonly consents: ConsentStore
  readonly keywords: KeywordStore
  readonly people: PeopleStore
  readonly recipients: RecipientStore
  readonly credit: CreditStore
  readonly quota: QuotaStore
  readonly templates: TemplateStore
  readonly linkPages: LinkPageStore
  readonly profiles: ProfileStore
  readonly threadLinks: ThreadLinkStore
  readonly claims: ClaimStore
  readonly media: MediaStore
  readonly index: IndexStore
  readonly conversations: Conversations
  /** Tells the account what happened outside its conversations. */
  readonly events: EventSink
  /** Null where no e-mail is set up. */
  readonly mailer: Mailer | null
  readonly fetcher: MediaFetcher
  readonly carrier: (vendor: VendorName) => Carrier | null
  readonly links: MediaLinks
  readonly admission: Admission
  /** Names conversations; must stay the same for ever. */
  readonly conversationSecret: CryptoKey
  readonly settings: MessagingSettings
  readonly log: (event: string, facts: Record<string, string | number | null>) => void
}
