import type { Address } from '../domain/address.ts'
import type { Consent } from '../domain/consent.ts'
import type { AccountEvent, EventSink } from '../domain/event.ts'

/** Events a call. */
const BATCH = 100

/**
 * Tells an account that recipients said something about being written to. The ids are made of what was said, so that saying
 * it again after a crash is the same event.
 */
export async function tellConsents(
  events: EventSink,
  account: string,
  consents: readonly (Consent & { readonly address: Address })[],
): Promise<void> {
  for (let from = 0; from < consents.length; from += BATCH)
    await events.append(account, await Promise.all(consents.slice(from, from + BATCH).map(eventOf)))
}

async function eventOf(consent: Consent & { readonly address: Address }): Promise<AccountEvent> {
  const { address, programme, state, source, at } = consent
  const said = new TextEncoder().encode(JSON.stringify(['consent', address, programme, state, source, at]))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', said))
  return {
    id: `evt_${digest.slice(0, 20).toHex()}`,
    type: 'consent.changed',
    at,
    number: null,
    conversation: null,
    data: { facts: { address, programme, state, source } },
  }
}
