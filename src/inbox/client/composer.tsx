import { useEffect, useRef, useState } from 'preact/hooks'
import { attach, MOST_FILES, refusal } from './attach.ts'
import { Attachments } from './attachments.tsx'
import { BudgetBar } from './budget-bar.tsx'
import { type Draft, draftOf, isEmpty, setDraft } from './draft.ts'
import { readable } from './format.ts'
import { Icon } from './icon.tsx'
import { openConversation } from './navigate.ts'
import { Options } from './options.tsx'
import { count, t } from './page.ts'
import { judge, judging, verdict } from './preview.ts'
import { channelOf, obstacle } from './rules.ts'
import { segmentsOf } from './segments.ts'
import { sendDraft } from './send.ts'
import { listed, numbers } from './state.ts'

/** What may be chosen: everything that a message can carry; the gateway looks at the bytes. */
const ACCEPTED = 'image/*,video/*,audio/*,.heic,.heif,.vcf,.ics,.pdf,.txt'
/** Milliseconds of quiet before the gateway is asked about a draft. */
const QUIET = 250

/** The conversation that the same people have with another of our numbers, if there is one. */
function placeOf(own: string, members: readonly string[]): string {
  const key = [...members].sort().join()
  return listed.value.find((row) => row.number === own && [...row.members].sort().join() === key)?.id ?? 'new'
}

function Numbers({ place, draft, to }: { place: string; draft: Draft; to: readonly string[] }) {
  if (numbers.value.length < 2) return null
  const change = (from: string) => {
    const next = to.length === 0 ? place : placeOf(from, to)
    // The draft goes along: text and files, whichever thread they end up in.
    if (next !== place) setDraft(place, null)
    setDraft(next, { ...draft, from })
    if (next !== place) openConversation(next, to)
  }
  return (
    <label class="from">
      <span>{t('from')}</span>
      <select value={draft.from} onChange={({ currentTarget }) => change(currentTarget.value)}>
        {numbers.value.map((one) => (
          <option key={one.number} value={one.number}>
            {`${one.label === null ? '' : `${one.label} · `}${readable(one.number)} · ${t(
              one.mms && one.sms ? 'canBoth' : one.mms ? 'canMms' : 'canSms',
            )}`}
          </option>
        ))}
      </select>
    </label>
  )
}

function Counter({ draft, to }: { draft: Draft; to: readonly string[] }) {
  const channel = channelOf(draft, to)
  const { segments, used, room, costly } = segmentsOf(draft.text)
  return (
    <span class="counter">
      <b class={`channel ${channel}`} title={t(channel === 'mms' ? 'mmsHint' : 'smsHint')}>
        {channel.toUpperCase()}
      </b>
      {channel === 'sms' && draft.text !== '' && (
        <span title={costly === null ? undefined : t('costly', { letter: costly })}>
          {`${used}/${room} · ${count('segments', segments)}`}
        </span>
      )}
      {channel === 'mms' && draft.text !== '' && <span>{count('letters', [...draft.text].length)}</span>}
    </span>
  )
}

/** Where a message is written: text, files as they will arrive, and what stands in the way. */
export function Composer(props: { place: string; from: string; to: readonly string[] }) {
  const { place, to } = props
  const draft = draftOf(place, props.from)
  const problem = refusal.value
  const [sending, setSending] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const camera = useRef<HTMLInputElement>(null)
  const words = useRef<HTMLTextAreaElement>(null)
  const ready = draft.files.map((file) => `${file.media} ${file.alt}`).join()

  useEffect(() => {
    if (isEmpty(draft)) {
      verdict.value = null
      return
    }
    const stop = new AbortController()
    const timer = setTimeout(() => void judge(draft, to, stop.signal), QUIET)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [place, draft.from, draft.text, draft.subject, draft.budget, ready, to.join()])

  useEffect(() => {
    const area = words.current
    if (area === null) return
    area.style.height = 'auto'
    area.style.height = `${Math.min(area.scrollHeight, 220)}px`
  }, [draft.text, place])

  useEffect(() => {
    refusal.value = null
    if (place !== 'new' && matchMedia('(hover: hover)').matches) words.current?.focus({ preventScroll: true })
  }, [place])

  const take = (files: FileList | readonly File[] | null | undefined) => {
    const list = [...(files ?? [])]
    if (list.length > 0) attach(place, draft.from, list)
  }
  const why = obstacle(draft, to)
  const untouched = isEmpty(draft)
  const send = async () => {
    if (why !== null || sending) return
    setSending(true)
    refusal.value = null
    const said = await sendDraft(place, draft, to)
    setSending(false)
    refusal.value = said
    words.current?.focus({ preventScroll: true })
  }
  const isMms = channelOf(draft, to) === 'mms' && !untouched
  const remarks = verdict.value?.warnings ?? []

  return (
    <form
      class="composer"
      aria-label={t('composer')}
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      onPaste={(event) => {
        const files = [...(event.clipboardData?.files ?? [])]
        if (files.length === 0) return
        event.preventDefault()
        take(files)
      }}
    >
      <Numbers place={place} draft={draft} to={to} />
      {(!untouched || place === 'new') && <Options key={place} place={place} draft={draft} />}
      {draft.files.length > 0 && <Attachments place={place} draft={draft} />}
      {isMms && <BudgetBar draft={draft} />}
      <div class="write">
        <button
          type="button"
          class="round"
          aria-label={t('attach')}
          title={t('attachHint', { most: MOST_FILES })}
          onClick={() => picker.current?.click()}
        >
          <Icon name="clip" />
        </button>
        <button
          type="button"
          class="round camera"
          aria-label={t('takePicture')}
          onClick={() => camera.current?.click()}
        >
          <Icon name="camera" />
        </button>
        <input
          ref={picker}
          class="hidden-words"
          type="file"
          name="files"
          multiple
          accept={ACCEPTED}
          tabIndex={-1}
          aria-hidden="true"
          onChange={({ currentTarget }) => {
            take(currentTarget.files)
            currentTarget.value = ''
          }}
        />
        <input
          ref={camera}
          class="hidden-words"
          type="file"
          accept="image/*"
          capture="environment"
          tabIndex={-1}
          aria-hidden="true"
          onChange={({ currentTarget }) => {
            take(currentTarget.files)
            currentTarget.value = ''
          }}
        />
        <textarea
          ref={words}
          rows={1}
          dir="auto"
          value={draft.text}
          placeholder={t('writeHere')}
          aria-label={t('text')}
          onInput={({ currentTarget }) => {
            refusal.value = null
            setDraft(place, { ...draft, text: currentTarget.value })
          }}
          onKeyDown={(event) => {
            if (
              event.key !== 'Enter' ||
              event.shiftKey ||
              event.isComposing ||
              !matchMedia('(hover: hover)').matches
            )
              return
            event.preventDefault()
            void send()
          }}
        />
        <button
          type="submit"
          class="round send"
          aria-disabled={why !== null || sending}
          aria-label={t('send')}
          aria-describedby="why-not"
        >
          {sending ? <span class="spinner" /> : <Icon name="send" size={22} />}
        </button>
      </div>
      <div class="under">
        <span class="why-not" id="why-not" role="status">
          {problem !== null ? (
            <span class="bad">{problem}</span>
          ) : why !== null && !(untouched && place !== 'new') ? (
            <span>{why}</span>
          ) : remarks[0] !== undefined ? (
            <span class="warn">
              <Icon name="warning" size={14} /> {remarks[0].message}
            </span>
          ) : (
            judging.value && !untouched && <span>{t('checking')}</span>
          )}
        </span>
        <Counter draft={draft} to={to} />
      </div>
    </form>
  )
}
