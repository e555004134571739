import type { EventSink } from '../domain/event.ts'
import type { VendorName } from '../domain/number.ts'
import type { Clock, ConsentStore, IndexStore, MediaStore, NumberStore } from '../domain/ports.ts'
import type { ProfileStore } from '../domain/profile.ts'
import type { Fitter } from '../domain/refit.ts'
import type { Carrier } from '../vendors/contract.ts'
import type { MediaFetcher } from './fetch-media.ts'
import type { Pacer } from './pacer.ts'

/** What the objects of `delivery` are given: everything outside their own storage. */
export type DeliveryPorts = {
  readonly clock: Clock
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number
  readonly index: IndexStore
  /** Milliseconds that a change waits for those that follow it before the index is told; 300 unless given. */
  readonly gather?: number
  readonly media: MediaStore
  readonly numbers: NumberStore
  /** Asked again before each attempt, so that a word of the recipient stops what is queued. */
  readonly consents: Pick<ConsentStore, 'of'>
  readonly fetcher: MediaFetcher
  readonly events: EventSink
  /** The lines of numbers: asked before each attempt. */
  readonly pacer: Pacer
  /** The adapter of a vendor, or null where it is not set up. */
  readonly carrier: (vendor: VendorName) => Carrier | null
  /** Makes media smaller in a request of the Worker's own; null where nobody can. */
  readonly fitter: Fitter | null
  /** A public URL of stored media, which expires. */
  readonly publicUrl: (media: string, name: string) => Promise<string>
  /** Milliseconds since 1970 until which inbound media received now is kept for an account. */
  readonly keepInboundUntil: (account: string, now: number) => Promise<number>
  /** What inbound media is shown. */
  readonly profiles: Pick<ProfileStore, 'of'>
  /** Where failures of our own are told, without message content. */
  readonly log: (event: string, facts: Record<string, string | number | null>) => void
}
