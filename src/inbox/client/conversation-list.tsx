import { useEffect } from 'preact/hooks'
import { Avatar } from './avatar.tsx'
import { exactly, when } from './format.ts'
import { Icon } from './icon.tsx'
import { loadMoreConversations } from './load.ts'
import { mediaUrl } from './media.ts'
import { openConversation } from './navigate.ts'
import { count, t } from './page.ts'
import { conversations, EVERYTHING, filter, listed, numbers, readUpTo, selected } from './state.ts'
import { mediaOfLast } from './thumbnail.ts'
import { useRows } from './virtual.ts'
import { lastLine, ownName, titleOf } from './who.tsx'
import type { Conversation } from './wire.ts'

/** Pixels of a row. */
const ROW = 76
/** So near to the end of what is loaded, more is asked for. */
const AHEAD = 30

/** Messages of others that nobody has read. */
export function unreadOf(row: Conversation): number {
  if (row.unread !== undefined) return row.unread
  const read = readUpTo.value.get(row.id) ?? 0
  return row.last_message?.direction === 'inbound' && row.messages > read ? row.messages - read : 0
}

function Thumbnail({ row }: { row: Conversation }) {
  const media = mediaOfLast(row).value
  const url = media === null ? null : mediaUrl(media).value
  return url ? <img class="thumb" src={url} alt="" loading="lazy" decoding="async" /> : null
}

function Row({ row, index }: { row: Conversation; index: number }) {
  const unread = unreadOf(row)
  const last = row.last_message
  const failed = last !== null && (last.state === 'failed' || last.state === 'expired')
  const current = selected.value === row.id
  const several = numbers.value.length > 1
  return (
    <li aria-setsize={conversations.value.next === null ? listed.value.length : -1} aria-posinset={index + 1}>
      <a
        class={`row${unread > 0 ? ' unread' : ''}`}
        href={`?c=${row.id}`}
        aria-current={current ? 'true' : undefined}
        data-row={index}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return
          event.preventDefault()
          openConversation(row.id)
        }}
      >
        <Avatar members={row.members} />
        <span class="row-text">
          <span class="row-top">
            <bdi class="name">{titleOf(row.members)}</bdi>
            <time dateTime={row.updated_at} title={exactly(row.updated_at)}>
              {when(row.updated_at)}
            </time>
          </span>
          <span class="row-bottom">
            <span class={failed ? 'line bad' : 'line'} dir="auto">
              {failed ? (
                <>
                  <Icon name="warning" size={15} /> {t('notDelivered')}
                </>
              ) : (
                lastLine(row) || t('noText')
              )}
            </span>
            {unread > 0 && (
              <span class="badge">
                <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
                <span class="hidden-words">{count('unreadMessages', unread)}</span>
              </span>
            )}
          </span>
          {several && <span class="via">{t('via', { number: ownName(row.number) })}</span>}
        </span>
        {(last?.parts ?? 0) > 0 && <Thumbnail row={row} />}
      </a>
    </li>
  )
}

/** All conversations, the latest first; of ten thousand only those are drawn that are near. */
export function ConversationList() {
  const rows = listed.value
  const { problem, loading, next } = conversations.value
  const list = useRows(rows.length, ROW)
  useEffect(() => {
    if (list.last + AHEAD > rows.length) void loadMoreConversations()
  }, [list.last, rows.length])

  const onKeyDown = (event: KeyboardEvent) => {
    const at = Number((event.target as HTMLElement).dataset.row ?? Number.NaN)
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const target =
      event.key === 'Home' ? 0 : event.key === 'End' ? rows.length - 1 : step === 0 ? Number.NaN : at + step
    if (Number.isNaN(at) || Number.isNaN(target) || target < 0 || target >= rows.length) return
    event.preventDefault()
    list.reveal(target)
    requestAnimationFrame(() =>
      list.scroller.current
        ?.querySelector<HTMLElement>(`[data-row="${target}"]`)
        ?.focus({ preventScroll: true }),
    )
  }

  const narrowed = filter.value !== EVERYTHING
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move among the links inside
    <div class="rows" ref={list.scroller} onScroll={list.onScroll} onKeyDown={onKeyDown}>
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {rows.length === 0 && next !== undefined && !loading && problem === null && (
        <div class="empty">
          <Icon name={narrowed ? 'search' : 'image'} size={34} />
          <p>{narrowed ? t('nothingFound') : t('noConversations')}</p>
          {narrowed && (
            <button
              type="button"
              class="button quiet"
              onClick={() => {
                filter.value = EVERYTHING
              }}
            >
              {t('clearFilter')}
            </button>
          )}
        </div>
      )}
      {next === undefined && (
        <div class="ghosts" aria-hidden="true">
          {[1, 2, 3, 4, 5, 6].map((n) => (
            <div class="ghost-row" key={n} />
          ))}
        </div>
      )}
      <ul style={{ paddingTop: `${list.above}px`, paddingBottom: `${list.below}px` }}>
        {rows.slice(list.first, list.last).map((row, i) => (
          <Row key={row.id} row={row} index={list.first + i} />
        ))}
      </ul>
    </div>
  )
}
