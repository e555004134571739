import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { bytes } from './format.ts'
import { forward } from './forward.ts'
import { Icon } from './icon.tsx'
import { mediaUrl } from './media.ts'
import { t } from './page.ts'
import type { Message, Part } from './wire.ts'

/** What is looked at over the whole window. */
type Viewed = { readonly message: Message; readonly parts: readonly Part[]; readonly at: number }

/** The pictures that are looked at, or null. */
export const viewed = signal<Viewed | null>(null)

const turn = (step: number): void => {
  const now = viewed.value
  if (now === null) return
  const at = Math.max(0, Math.min(now.parts.length - 1, now.at + step))
  if (at !== now.at) viewed.value = { ...now, at }
}

/** How far a finger travels before it turns the page, in pixels. */
const SWIPE = 48

/** Pictures over the whole window: arrow keys, swipes and buttons turn them, Escape closes. */
export function Viewer() {
  const dialog = useRef<HTMLDialogElement>(null)
  const touch = useRef<{ x: number; y: number } | null>(null)
  const now = viewed.value
  const isOpen = now !== null
  useEffect(() => {
    const element = dialog.current
    if (element === null) return
    if (isOpen && !element.open) element.showModal()
    if (!isOpen && element.open) element.close()
  }, [isOpen])
  const part = now?.parts[now.at]
  const url = part?.media == null ? null : mediaUrl(part.media).value
  const several = (now?.parts.length ?? 0) > 1
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={now === null ? undefined : t('pictureOf', { n: now.at + 1, all: now.parts.length })}
      onClose={() => {
        viewed.value = null
      }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowRight') turn(1)
        else if (event.key === 'ArrowLeft') turn(-1)
      }}
      onClick={(event) => {
        if ((event.target as HTMLElement).closest('button, a, img') === null) dialog.current?.close()
      }}
      onTouchStart={({ touches }) => {
        const finger = touches[0]
        touch.current =
          finger === undefined || touches.length > 1 ? null : { x: finger.clientX, y: finger.clientY }
      }}
      onTouchEnd={({ changedTouches }) => {
        const [start, finger] = [touch.current, changedTouches[0]]
        if (start === null || finger === undefined) return
        const [dx, dy] = [finger.clientX - start.x, finger.clientY - start.y]
        if (Math.abs(dx) > SWIPE && Math.abs(dx) > Math.abs(dy)) turn(dx < 0 ? 1 : -1)
      }}
    >
      {now !== null && part !== undefined && (
        <>
          <header class="viewer-bar">
            <span>
              {several && <b>{`${now.at + 1} / ${now.parts.length}`}</b>}
              <small>
                {part.width !== null && `${part.width} × ${part.height} · `}
                {bytes(part.bytes)}
              </small>
            </span>
            <button
              type="button"
              class="round"
              aria-label={t('forward')}
              onClick={() => {
                viewed.value = null
                forward(now.message, part)
              }}
            >
              <Icon name="forward" />
            </button>
            <a class="round" href={url ?? ''} download={part.name} aria-label={t('saveFile')}>
              <Icon name="download" />
            </a>
            <button
              type="button"
              class="round"
              aria-label={t('close')}
              onClick={() => dialog.current?.close()}
            >
              <Icon name="close" />
            </button>
          </header>
          {url && <img src={url} alt={part.alt ?? part.name} key={part.media} />}
          {now.message.text !== null && (
            <p class="viewer-text" dir="auto">
              {now.message.text}
            </p>
          )}
          {several && now.at > 0 && (
            <button
              type="button"
              class="turn before"
              aria-label={t('previousPicture')}
              onClick={() => turn(-1)}
            >
              <Icon name="left" size={28} />
            </button>
          )}
          {several && now.at < now.parts.length - 1 && (
            <button type="button" class="turn after" aria-label={t('nextPicture')} onClick={() => turn(1)}>
              <Icon name="right" size={28} />
            </button>
          )}
        </>
      )}
    </dialog>
  )
}
