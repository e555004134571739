import { batch } from '@preact/signals'
import { readAddress } from './address.ts'
import { inspected, recipients, selected, showDetails } from './state.ts'

/** Where the page is, in its address: so that the back button of a phone goes back to the list. */

const idOf = (): string | null => new URLSearchParams(location.search).get('c')

const isNarrow = (): boolean => !matchMedia('(min-width: 800px)').matches

/** Opens a conversation, `new` or, with null, the list. */
export function openConversation(id: string | null, to: readonly string[] = []): void {
  if (id === selected.value && id !== 'new') return
  const before = selected.value
  batch(() => {
    selected.value = id
    recipients.value = to
    inspected.value = null
    if (isNarrow()) showDetails.value = false
  })
  const url = new URL(location.href)
  if (id === null) url.searchParams.delete('c')
  else url.searchParams.set('c', id)
  // From one thread to another is no step that anybody wants to take back one by one.
  if (before === null && id !== null) history.pushState({ inside: true }, '', url)
  else history.replaceState(history.state, '', url)
}

/** Back to the list, as the back button would. */
export function closeConversation(): void {
  if ((history.state as { inside?: boolean } | null)?.inside) history.back()
  else openConversation(null)
}

/** Follows the address from now on. */
export function followAddress(): void {
  selected.value = idOf()
  const to = new URLSearchParams(location.search).getAll('to')
  if (to.length > 0) {
    const { address, problem } = readAddress(to[0] ?? '')
    history.replaceState(null, '', location.pathname)
    openConversation('new', problem === null ? [address] : to.slice(0, 10))
  }
  addEventListener('popstate', () => {
    selected.value = idOf()
  })
}
