import { useState } from 'preact/hooks'
import { attachAgain, detach, move } from './attach.ts'
import { type Attachment, type Draft, setFile } from './draft.ts'
import { bytes } from './format.ts'
import { Icon } from './icon.tsx'
import { kindOf, mediaUrl } from './media.ts'
import { t } from './page.ts'

function Face({ file }: { file: Attachment }) {
  const kind = kindOf(file.outcome?.type ?? file.type)
  const near = file.outcome?.url ?? file.local
  // Only what this page never had is asked of the gateway.
  const url = near ?? (file.media === null ? null : mediaUrl(file.media).value)
  if (kind === 'picture' && url) return <img src={url} alt={file.alt} />
  if (kind === 'video' && url) return <video src={url} muted playsInline preload="metadata" />
  return (
    <span class="face-file">
      <Icon name={kind === 'audio' ? 'play' : kind === 'vcard' ? 'person' : 'file'} size={26} />
      <small>{file.type.split('/').at(-1)}</small>
    </span>
  )
}

/** One file as the recipient will get it: its look, its bytes before and after, what was lost. */
function Card(props: { place: string; draft: Draft; file: Attachment; index: number }) {
  const { place, draft, file, index } = props
  const [naming, setNaming] = useState(false)
  const { outcome } = file
  const pixels =
    outcome?.width != null && outcome.height !== null ? `${outcome.width}×${outcome.height}` : null
  const last = draft.files.length - 1
  return (
    <li
      class={`card ${file.state}`}
      aria-label={t('fileOf', { name: file.name, n: index + 1, all: last + 1 })}
    >
      <div class="face">
        <Face file={file} />
        {(file.state === 'uploading' || file.state === 'fitting') && (
          <progress
            class="veil-progress"
            aria-label={t(file.state === 'uploading' ? 'uploading' : 'fitting')}
            {...(file.state === 'uploading' ? { value: file.progress, max: 1 } : {})}
          />
        )}
        <button
          type="button"
          class="card-x"
          aria-label={t('removeFile', { name: file.name })}
          onClick={() => detach(place, draft, file.key)}
        >
          <Icon name="close" size={16} />
        </button>
        {last > 0 && (
          <span class="card-moves">
            <button
              type="button"
              disabled={index === 0}
              aria-label={t('moveBack', { name: file.name })}
              onClick={() => move(place, draft, file.key, -1)}
            >
              <Icon name="left" size={16} />
            </button>
            <button
              type="button"
              disabled={index === last}
              aria-label={t('moveOn', { name: file.name })}
              onClick={() => move(place, draft, file.key, 1)}
            >
              <Icon name="right" size={16} />
            </button>
          </span>
        )}
      </div>
      <div class="card-facts">
        {file.state === 'failed' ? (
          <>
            <span class="bad">{file.problem || t('wentWrong')}</span>
            <button type="button" class="link" onClick={() => attachAgain(file.key)}>
              {t('tryAgain')}
            </button>
          </>
        ) : outcome === null ? (
          <span>{t(file.state === 'uploading' ? 'uploading' : 'fitting')}</span>
        ) : (
          <>
            <span class="sizes">
              {outcome.bytes < file.size && <s>{bytes(file.size)}</s>} <b>{bytes(outcome.bytes)}</b>
            </span>
            {pixels !== null && (
              <span title={outcome.reason ?? undefined}>
                {pixels}
                {outcome.score !== null && ` · ${Math.round(outcome.score)}`}
              </span>
            )}
            {outcome.warnings.map((one) => (
              <span class="warn" key={one}>
                <Icon name="warning" size={13} /> {one.replaceAll('_', ' ')}
              </span>
            ))}
          </>
        )}
        {kindOf(file.type) === 'picture' &&
          file.state !== 'failed' &&
          (naming || file.alt !== '' ? (
            <input
              class="alt"
              value={file.alt}
              maxLength={200}
              placeholder={t('altText')}
              aria-label={t('altTextOf', { name: file.name })}
              onInput={({ currentTarget }) => setFile(file.key, { alt: currentTarget.value })}
            />
          ) : (
            <button type="button" class="link" onClick={() => setNaming(true)}>
              {t('addAlt')}
            </button>
          ))}
      </div>
    </li>
  )
}

/** The files of a draft, in their order. */
export function Attachments({ place, draft }: { place: string; draft: Draft }) {
  return (
    <ul class="cards" aria-label={t('attachments')}>
      {draft.files.map((file, index) => (
        <Card key={file.key} place={place} draft={draft} file={file} index={index} />
      ))}
    </ul>
  )
}
