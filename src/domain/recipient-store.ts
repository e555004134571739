import type { Address } from './address.ts'
import type { NetworkOverride } from './networks.ts'
import type { KnowledgeSource, MmsAbility, RecipientFacts } from './recipient.ts'

/** What accounts know of those they write to, and of networks. */
export interface RecipientStore {
  /** Facts of those of whom anything is known. */
  known(account: string, addresses: readonly Address[]): Promise<Map<Address, RecipientFacts>>
  /** Sets by hand: `unknown` and a null network forget, and let the reports speak again. */
  set(
    account: string,
    address: Address,
    change: { mms?: MmsAbility | undefined; network?: string | null | undefined },
    now: number,
  ): Promise<RecipientFacts>
  /** Newer knowledge wins; what a person set stays. */
  learnNetwork(
    account: string,
    address: Address,
    network: string,
    source: KnowledgeSource,
    at: number,
  ): Promise<void>
  /** The account's own words on networks, by their ids. */
  overrides(account: string): Promise<Map<string, NetworkOverride>>
  override(account: string, network: string, own: NetworkOverride | null): Promise<void>
  /**
   * How many strangers got one of the contents (hashes) since then, the largest of them, counted up to 1,000. Given
   * `now`, the strangers are counted in first.
   */
  sighted(
    account: string,
    contents: readonly string[],
    strangers: readonly Address[],
    since: number,
    now: number | null,
  ): Promise<number>
  /** Takes out everything that is known of a phone. */
  forget(account: string, address: Address): Promise<void>
  /** Forgets sightings before then; returns how many. */
  sweep(before: number): Promise<number>
}
