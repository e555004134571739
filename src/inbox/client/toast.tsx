import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { t } from './page.ts'

/** A short word at the lower edge, with a way back where there is one. */
type Toast = { readonly text: string; readonly undo: (() => void) | null }

/** How long it stays, in milliseconds; whoever points at it keeps it. */
const STAYS = 8_000

const shown = signal<Toast | null>(null)

/** Says something that needs no answer. */
export function toast(text: string, undo: (() => void) | null = null): void {
  shown.value = { text, undo }
}

/** Where it is said. */
export function Toasts() {
  const now = shown.value
  useEffect(() => {
    if (now === null) return
    const timer = setTimeout(() => {
      if (shown.value === now) shown.value = null
    }, STAYS)
    return () => clearTimeout(timer)
  }, [now])
  return (
    <div class="toasts" role="status">
      {now !== null && (
        <div class="toast">
          <span>{now.text}</span>
          {now.undo !== null && (
            <button
              type="button"
              onClick={() => {
                now.undo?.()
                shown.value = null
              }}
            >
              {t('undo')}
            </button>
          )}
        </div>
      )}
    </div>
  )
}
