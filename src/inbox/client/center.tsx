import { render } from 'preact'
import { useEffect } from 'preact/hooks'
import { Details } from './details.tsx'
import { goLive } from './live.ts'
import { loadBasics } from './load.ts'
import { closeConversation, followAddress, openConversation } from './navigate.ts'
import { Sidebar } from './sidebar.tsx'
import { announcement, selected, showDetails } from './state.ts'
import { Thread } from './thread.tsx'
import { Toasts } from './toast.tsx'
import { Viewer } from './viewer.tsx'

/** Where the caret stands, letters are letters. */
const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === 'Escape' && document.querySelector('dialog[open]') === null) {
    if (showDetails.value) showDetails.value = false
    else if (!isWriting(event.target) && selected.value !== null) closeConversation()
    return
  }
  if (isWriting(event.target)) return
  if (event.key === '/') {
    event.preventDefault()
    document.querySelector<HTMLInputElement>('input[type=search]')?.focus()
  } else if (event.key === 'n') {
    event.preventDefault()
    openConversation('new')
  }
}

function Center() {
  useEffect(() => {
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  const place = selected.value === null ? 'at-list' : 'at-thread'
  return (
    <div class={`center ${place}${showDetails.value ? ' with-details' : ''}`}>
      <Sidebar />
      <main class="main">
        <h1 class="hidden-words">Belino</h1>
        <Thread />
      </main>
      <Details />
      <Viewer />
      <Toasts />
      <p class="hidden-words" aria-live="polite">
        {announcement.value}
      </p>
    </div>
  )
}

followAddress()
void loadBasics()
void goLive()
const app = document.getElementById('app')
if (app !== null) {
  app.textContent = ''
  render(<Center />, app)
}
