import type { Address } from './address.ts'

/** Why a message is sent. Marketing needs a recorded opt-in; nothing goes to whoever opted out. */
export type Purpose = 'conversational' | 'transactional' | 'marketing'

/** What a message is when no person wrote it: the answer to a word, a keyword's reply, a forward. */
export type Automatic = 'consent' | 'keyword' | 'forward'

/** Where a consent came from. */
export type ConsentSource = 'words' | 'api' | 'import'

/** What somebody said about being written to. */
export type Consent = {
  /** Null once the address was forgotten: the opt-out is kept by its keyed hash alone. */
  readonly address: Address | null
  /** Null means everything that the account sends. */
  readonly programme: string | null
  readonly state: 'in' | 'out'
  readonly source: ConsentSource
  readonly at: number
}

/** Why a recipient may not be written to; null when they may. */
export type ConsentRefusal = 'opted_out' | 'no_opt_in' | null

/** Judges a message to one recipient by everything that recipient ever said. */
export function judgeConsent(
  said: readonly Consent[],
  message: { purpose: Purpose; programme: string | null },
): ConsentRefusal {
  const concerned = said.filter((one) => one.programme === null || one.programme === message.programme)
  if (concerned.some((one) => one.state === 'out')) return 'opted_out'
  return message.purpose === 'marketing' && !concerned.some((one) => one.state === 'in') ? 'no_opt_in' : null
}

/** The form of a programme's name. */
export const PROGRAMME = /^[a-z0-9][a-z0-9_]{0,39}$/
