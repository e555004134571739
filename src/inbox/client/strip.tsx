import { useRef, useState } from 'preact/hooks'
import { Icon } from './icon.tsx'
import { t } from './page.ts'
import { isStill, PartView } from './part.tsx'
import type { Part } from './wire.ts'

/** Several pictures of a message as a slideshow: swiped, or turned with buttons and arrow keys. */
export function Strip(props: {
  parts: readonly Part[]
  veiled: boolean
  onUnveil: () => void
  onOpen: (part: Part) => void
}) {
  const { parts } = props
  const track = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState(0)
  const show = (index: number) => {
    const slide = track.current?.children[index] as HTMLElement | undefined
    if (slide === undefined || track.current === null) return
    track.current.scrollTo({
      left: slide.offsetLeft - track.current.offsetLeft,
      behavior: isStill() ? 'instant' : 'smooth',
    })
  }
  return (
    <section
      class="strip"
      aria-roledescription={t('slideshow')}
      aria-label={t('pictureOf', { n: at + 1, all: parts.length })}
      onKeyDown={(event) => {
        const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
        if (step === 0) return
        event.preventDefault()
        show(Math.max(0, Math.min(parts.length - 1, at + step)))
      }}
    >
      <div
        class="track"
        ref={track}
        onScroll={({ currentTarget }) =>
          setAt(Math.round(Math.abs(currentTarget.scrollLeft) / currentTarget.clientWidth))
        }
      >
        {parts.map((part, index) => (
          <div class="slide" key={part.name + part.media} inert={index !== at}>
            <PartView
              part={part}
              veiled={props.veiled}
              onUnveil={props.onUnveil}
              onOpen={() => props.onOpen(part)}
            />
          </div>
        ))}
      </div>
      {at > 0 && (
        <button
          type="button"
          class="turn before"
          aria-label={t('previousPicture')}
          onClick={() => show(at - 1)}
        >
          <Icon name="left" />
        </button>
      )}
      {at < parts.length - 1 && (
        <button type="button" class="turn after" aria-label={t('nextPicture')} onClick={() => show(at + 1)}>
          <Icon name="right" />
        </button>
      )}
      <span class="dots" aria-hidden="true">
        {parts.length <= 10
          ? parts.map((part, index) => <i key={part.name} class={index === at ? 'on' : ''} />)
          : `${at + 1} / ${parts.length}`}
      </span>
    </section>
  )
}
