import { useEffect, useState } from 'preact/hooks'
import { ConversationList } from './conversation-list.tsx'
import { readable } from './format.ts'
import { Icon } from './icon.tsx'
import { loadConversations } from './load.ts'
import { Menu } from './menu.tsx'
import { openConversation } from './navigate.ts'
import { t } from './page.ts'
import { connection, EVERYTHING, type Filter, filter, numbers } from './state.ts'

/** Milliseconds of quiet before a search is made. */
const QUIET = 250

const day = (at: Date): string =>
  `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`

const daysBack = (n: number): Date => new Date(new Date().setDate(new Date().getDate() - n))

/** Days that people ask for, each as the two ends of a range. */
const RANGES = {
  rangeToday: () => [day(new Date()), day(new Date())],
  rangeYesterday: () => [day(daysBack(1)), day(daysBack(1))],
  rangeWeek: () => [day(daysBack(6)), day(new Date())],
  rangeMonth: () => [day(daysBack(29)), day(new Date())],
} as const

const change = (more: Partial<Filter>): void => {
  const next = { ...filter.value, ...more }
  const same = Object.entries(EVERYTHING).every(([name, value]) => next[name as keyof Filter] === value)
  filter.value = same ? EVERYTHING : next
}

function Filters() {
  const now = filter.value
  return (
    <fieldset class="filters" id="filters">
      <legend class="hidden-words">{t('filters')}</legend>
      {numbers.value.length > 1 && (
        <label>
          <span>{t('ourNumber')}</span>
          <select
            value={now.number}
            onChange={({ currentTarget }) => change({ number: currentTarget.value })}
          >
            <option value="">{t('allNumbers')}</option>
            {numbers.value.map((one) => (
              <option key={one.number} value={one.number}>
                {one.label ?? readable(one.number)}
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="days">
        <label>
          <span>{t('fromDay')}</span>
          <input
            type="date"
            value={now.from}
            max={now.to || undefined}
            onChange={({ currentTarget }) => change({ from: currentTarget.value })}
          />
        </label>
        <label>
          <span>{t('toDay')}</span>
          <input
            type="date"
            value={now.to}
            min={now.from || undefined}
            onChange={({ currentTarget }) => change({ to: currentTarget.value })}
          />
        </label>
      </div>
      <div class="ranges">
        {(Object.keys(RANGES) as (keyof typeof RANGES)[]).map((name) => {
          const [from = '', to = ''] = RANGES[name]()
          const on = now.from === from && now.to === to
          return (
            <button
              key={name}
              type="button"
              class="pill"
              aria-pressed={on}
              onClick={() => change(on ? { from: '', to: '' } : { from, to })}
            >
              {t(name)}
            </button>
          )
        })}
      </div>
    </fieldset>
  )
}

/** The left side: search, filters, conversations. */
export function Sidebar() {
  const [typed, setTyped] = useState('')
  const [wide, setWide] = useState(false)
  const now = filter.value
  useEffect(() => {
    if (typed === now.text) return
    const timer = setTimeout(() => change({ text: typed }), QUIET)
    return () => clearTimeout(timer)
  }, [typed])
  useEffect(() => {
    if (now.text === '' && typed !== '') setTyped('')
    void loadConversations()
  }, [now])
  const dated = now.from !== '' || now.to !== '' || now.number !== ''
  return (
    <aside class="sidebar" aria-label={t('conversations')}>
      <header class="brand">
        <Menu />
        <button type="button" class="button new" onClick={() => openConversation('new')}>
          <Icon name="pencil" size={18} /> {t('newMessage')}
        </button>
      </header>
      <search class="search">
        <label class="search-field">
          <Icon name="search" size={18} />
          <span class="hidden-words">{t('search')}</span>
          <input
            type="search"
            value={typed}
            placeholder={t('searchHint')}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('[data-row]')?.focus()
            }}
          />
        </label>
        <div class="pills">
          <button
            type="button"
            class="pill"
            aria-pressed={now.unread}
            onClick={() => change({ unread: !now.unread })}
          >
            {t('unread')}
          </button>
          <button
            type="button"
            class="pill"
            aria-pressed={now.failed}
            onClick={() => change({ failed: !now.failed })}
          >
            {t('failed')}
          </button>
          <button
            type="button"
            class="pill"
            aria-expanded={wide}
            aria-controls="filters"
            aria-pressed={dated}
            onClick={() => setWide(!wide)}
          >
            <Icon name="filter" size={15} /> {t('more')}
          </button>
        </div>
        {wide && <Filters />}
      </search>
      {connection.value !== 'live' && connection.value !== 'connecting' && (
        <p class="connection" role="status">
          {t(connection.value === 'offline' ? 'offline' : 'polling')}
        </p>
      )}
      <nav class="list" aria-label={t('conversations')}>
        <ConversationList />
      </nav>
    </aside>
  )
}
