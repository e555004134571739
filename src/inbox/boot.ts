import type { Language, StringKey } from './strings.ts'

/** What a page tells its client: the only thing that the two share beside the API. */
export type Boot = {
  /** Where Belino is mounted, without a slash at the end: empty at the root of a host. */
  readonly base: string
  readonly csrf: string
  readonly who: string
  readonly canSend: boolean
  /** Whether simulated phones can be looked at here. */
  readonly simulator: boolean
  readonly language: Language
  readonly strings: { readonly [K in StringKey]: string }
}

/** The element that carries it, as JSON. */
export const BOOT_ID = 'boot'
