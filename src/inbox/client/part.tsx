import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { bytes } from './format.ts'
import { Icon } from './icon.tsx'
import { kindOf, mediaUrl } from './media.ts'
import { t } from './page.ts'
import { VCard } from './vcard.tsx'
import type { Part } from './wire.ts'

/** Whether the reader asked for things to stand still. */
export const isStill = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Pixels that a picture is shown at, at most. */
const MOST = { width: 420, height: 440 }

/** The room of a picture before its bytes are there, so that nothing jumps when they are. */
function shapeOf({ width, height }: Part): Record<string, string> {
  if (width === null || height === null || width === 0 || height === 0) return {}
  const shown = Math.round(Math.min(MOST.width, width, (MOST.height * width) / height))
  return { aspectRatio: `${width} / ${height}`, '--shown': `${Math.max(120, shown)}px` }
}

/** An animation that can be stopped, and stands still by itself for those who want no motion. */
function Animation({ part, url }: { part: Part; url: string }) {
  const [playing, setPlaying] = useState(!isStill())
  const image = useRef<HTMLImageElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const drawStill = () => {
    const [from, to] = [image.current, canvas.current]
    if (from === null || to === null || from.naturalWidth === 0) return
    to.width = from.naturalWidth
    to.height = from.naturalHeight
    to.getContext('2d')?.drawImage(from, 0, 0)
  }
  useEffect(drawStill, [playing])
  return (
    <span class="animation">
      <img
        ref={image}
        src={url}
        alt={part.alt ?? t('animation')}
        style={shapeOf(part)}
        class={playing ? '' : 'away'}
        onLoad={drawStill}
      />
      {!playing && (
        <canvas ref={canvas} style={shapeOf(part)} role="img" aria-label={part.alt ?? t('animation')} />
      )}
      <button
        type="button"
        class="motion"
        aria-label={playing ? t('stopMotion') : t('startMotion')}
        onClick={(event) => {
          event.stopPropagation()
          setPlaying(!playing)
        }}
      >
        <Icon name={playing ? 'pause' : 'play'} size={16} />
      </button>
    </span>
  )
}

/** A picture as it lies in a thread. A stranger's is veiled until somebody wants to see it. */
function Picture(props: {
  part: Part
  url: string
  veiled: boolean
  onUnveil: () => void
  onOpen: () => void
}) {
  const { part, url, veiled } = props
  if (veiled)
    return (
      <button type="button" class="veil" style={shapeOf(part)} onClick={props.onUnveil}>
        <img src={url} alt="" decoding="async" />
        <span class="veil-words">
          <Icon name="eye" />
          {t('showStranger')}
        </span>
      </button>
    )
  if (part.type === 'image/gif') return <Animation part={part} url={url} />
  return (
    <button
      type="button"
      class="picture"
      style={shapeOf(part)}
      onClick={props.onOpen}
      aria-label={t('openPicture', { name: part.alt ?? part.name })}
    >
      <img src={url} alt={part.alt ?? ''} style={shapeOf(part)} decoding="async" loading="lazy" />
    </button>
  )
}

function FileCard({ part, url }: { part: Part; url: string | null }) {
  return (
    <a class="file" href={url ?? ''} download={part.name} rel="noopener">
      <span class="file-sign">
        <Icon name="file" />
      </span>
      <span>
        <bdi class="file-name">{part.name}</bdi>
        <small>
          {part.type} · {bytes(part.bytes)}
        </small>
      </span>
      <Icon name="download" size={18} />
    </a>
  )
}

/** One attachment, shown as what it is. */
export function PartView(props: { part: Part; veiled: boolean; onUnveil: () => void; onOpen: () => void }) {
  const { part } = props
  const kind = kindOf(part.type)
  const wanted = useSignal(part.media)
  wanted.value = part.media
  const url = useComputed(() => (wanted.value === null ? null : mediaUrl(wanted.value).value)).value
  if (part.state === 'pending')
    return (
      <p class="part-note" role="status">
        <span class="spinner" /> {t('partPending')}
      </p>
    )
  if (part.state === 'unavailable' || url === '')
    return (
      <p class="part-note">
        <Icon name="image" size={18} /> {t('partGone', { name: part.name })}
      </p>
    )
  if (part.state === 'blocked')
    return (
      <p class="part-note">
        <Icon name="warning" size={18} /> {t('partBlocked', { type: part.type })}
      </p>
    )
  if (url === null) return <span class="part-ghost" style={shapeOf(part)} />
  if (kind === 'picture') return <Picture {...props} url={url} />
  if (kind === 'video')
    return (
      // biome-ignore lint/a11y/useMediaCaption: what somebody sent has no captions
      <video class="film" src={url} controls preload="metadata" playsInline style={shapeOf(part)} />
    )
  // biome-ignore lint/a11y/useMediaCaption: what somebody sent has no captions
  if (kind === 'audio') return <audio class="sound" src={url} controls preload="none" />
  if (kind === 'vcard') return <VCard part={part} url={url} />
  return <FileCard part={part} url={url} />
}
