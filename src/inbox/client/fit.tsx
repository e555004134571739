import { signal } from '@preact/signals'
import { useRef, useState } from 'preact/hooks'
import type { StringKey } from '../strings.ts'
import { href } from './api.ts'
import { fitFile, type Job, queryOf, type Wish } from './fit-job.ts'
import { bytes } from './format.ts'
import { showPage } from './frame.tsx'
import { Icon } from './icon.tsx'
import { t } from './page.ts'

/** Budgets that have a name, as the API takes them. */
const BUDGETS: readonly [name: string, words: StringKey][] = [
  ['safe', 'budgetSafe'],
  ['everywhere-us', 'budgetEverywhere'],
  ['recommended', 'budgetRecommended'],
  ['hard', 'budgetHard'],
]
const asked = new URLSearchParams(location.search)
const jobs = signal<readonly Job[]>([])
const wish = signal<Wish>({ budget: asked.get('budget') ?? 'safe', longSide: asked.get('max_width') ?? '' })

const change = (key: string, more: Partial<Job>): void => {
  jobs.value = jobs.value.map((job) => (job.key === key ? { ...job, ...more } : job))
}

/** One at a time: the gateway has room for few large files at once. */
let queue: Promise<void> = Promise.resolve()
function work(job: Job): void {
  queue = queue.then(async () => {
    const now = wish.value
    change(job.key, { state: 'working', problem: null })
    change(job.key, await fitFile(job.file, now))
  })
}

function take(files: FileList | null | undefined): void {
  const fresh = [...(files ?? [])].map(
    (file): Job => ({
      key: crypto.randomUUID(),
      file,
      before: URL.createObjectURL(file),
      state: 'working',
      problem: null,
      after: null,
    }),
  )
  jobs.value = [...fresh, ...jobs.value]
  for (const job of fresh) work(job)
}

function setWish(more: Partial<Wish>): void {
  wish.value = { ...wish.value, ...more }
  history.replaceState(null, '', `?${queryOf(wish.value)}`)
  for (const job of jobs.value) work(job)
}

/** Before and after in one frame, with a line between them that can be moved. */
function Compare({ before, after, name }: { before: string; after: string; name: string }) {
  const [at, setAt] = useState(50)
  const [shown, setShown] = useState(true)
  return (
    <div class="compare" style={{ '--at': `${at}%` }}>
      <img src={after} alt={t('afterPicture', { name })} />
      {shown && (
        <img class="over" src={before} alt={t('beforePicture', { name })} onError={() => setShown(false)} />
      )}
      {shown && (
        <>
          <span class="tag-before">{t('before')}</span>
          <span class="tag-after">{t('afterWord')}</span>
          <span class="divide" aria-hidden="true" />
          <input
            type="range"
            min={0}
            max={100}
            value={at}
            aria-label={t('compare')}
            onInput={({ currentTarget }) => setAt(Number(currentTarget.value))}
          />
        </>
      )}
    </div>
  )
}

function Copy({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false)
  return (
    <div class="copy">
      <span>{label}</span>
      <input
        readOnly
        value={text}
        aria-label={label}
        onFocus={({ currentTarget }) => currentTarget.select()}
      />
      <button
        type="button"
        class="button quiet"
        onClick={() => {
          void navigator.clipboard?.writeText(text).then(() => {
            setDone(true)
            setTimeout(() => setDone(false), 1500)
          })
        }}
      >
        {done ? t('copied') : t('copy')}
      </button>
    </div>
  )
}

function Result({ job }: { job: Job }) {
  const { after } = job
  const isPicture = after?.type.startsWith('image/') ?? false
  return (
    <li class="job">
      <h2>
        <bdi>{job.file.name}</bdi>
      </h2>
      {job.state === 'working' && (
        <p class="working" role="status">
          <span class="spinner" /> {t('fitting')}
        </p>
      )}
      {job.state === 'failed' && (
        <p class="problem" role="alert">
          {job.problem}
        </p>
      )}
      {after !== null && (
        <>
          {isPicture && <Compare before={job.before} after={after.url} name={job.file.name} />}
          <dl class="facts">
            <div>
              <dt>{t('bytesWord')}</dt>
              <dd>
                <s>{bytes(job.file.size)}</s> <b>{bytes(after.bytes)}</b>
              </dd>
            </div>
            {after.size !== null && (
              <div>
                <dt>{t('pixels')}</dt>
                <dd>
                  {after.sourceSize !== null && after.sourceSize !== after.size && (
                    <s>{after.sourceSize.replace('x', '×')}</s>
                  )}{' '}
                  <b>{after.size.replace('x', '×')}</b>
                </dd>
              </div>
            )}
            {after.score !== null && (
              <div>
                <dt>{t('score')}</dt>
                <dd>
                  <b>{after.score.toFixed(1)}</b>
                </dd>
              </div>
            )}
            <div>
              <dt>{t('timeWord')}</dt>
              <dd>
                <b>{after.took} ms</b>
              </dd>
            </div>
            <div class="grow">
              <dt>{t('why')}</dt>
              <dd>{after.reason}</dd>
            </div>
          </dl>
          <p class="save">
            <a class="button" href={after.url} download={after.name}>
              <Icon name="download" size={18} /> {t('saveFile')}
            </a>
          </p>
        </>
      )}
    </li>
  )
}

function Fit() {
  const picker = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const now = wish.value
  const named = BUDGETS.some(([name]) => name === now.budget)
  const url = new URL(href(`/v1/fit?${queryOf(now)}`), location.href).href
  const side = now.longSide === '' ? '' : `/size:${now.longSide}:${now.longSide}`
  const before = `${new URL(href('/fit'), location.href).href}/<signature>/max_bytes:${now.budget}${side}/plain/<url>`
  return (
    <>
      <section
        class={over ? 'dropzone over' : 'dropzone'}
        aria-label={t('optimizer')}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          take(event.dataTransfer?.files)
        }}
      >
        <Icon name="fit" size={40} />
        <p>{t('fitHint')}</p>
        <button type="button" class="button" onClick={() => picker.current?.click()}>
          {t('chooseFiles')}
        </button>
        <input
          ref={picker}
          class="hidden-words"
          type="file"
          name="files"
          multiple
          tabIndex={-1}
          aria-hidden="true"
          onChange={({ currentTarget }) => {
            take(currentTarget.files)
            currentTarget.value = ''
          }}
        />
      </section>
      <section class="wish" aria-label={t('wish')}>
        <label>
          <span>{t('budgetWord')}</span>
          <select
            value={named ? now.budget : 'own'}
            onChange={({ currentTarget }) =>
              setWish({ budget: currentTarget.value === 'own' ? '200000' : currentTarget.value })
            }
          >
            {BUDGETS.map(([name, words]) => (
              <option key={name} value={name}>
                {t(words)}
              </option>
            ))}
            <option value="own">{t('budgetOwn')}</option>
          </select>
        </label>
        {!named && (
          <label>
            <span>{t('bytesWord')}</span>
            <input
              type="number"
              min={1000}
              max={4_999_999}
              step={1000}
              value={now.budget}
              onChange={({ currentTarget }) => setWish({ budget: currentTarget.value })}
            />
          </label>
        )}
        <label>
          <span>{t('longSide')}</span>
          <input
            type="number"
            min={16}
            max={20_000}
            placeholder={t('anySide')}
            value={now.longSide}
            onChange={({ currentTarget }) => setWish({ longSide: currentTarget.value })}
          />
        </label>
      </section>
      <ul class="jobs">
        {jobs.value.map((job) => (
          <Result key={job.key} job={job} />
        ))}
      </ul>
      <section class="same" aria-label={t('sameByApi')}>
        <h2>{t('sameByApi')}</h2>
        <Copy label="URL" text={before} />
        <Copy label="POST" text={url} />
        <Copy
          label="curl"
          text={`curl -H "Authorization: Bearer YOUR_KEY" --data-binary @photo.jpg -o fitted.jpg "${url}"`}
        />
      </section>
    </>
  )
}

showPage(t('optimizer'), <Fit />)
