import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { api } from './api.ts'
import { attach } from './attach.ts'
import { Avatar } from './avatar.tsx'
import { Bubble } from './bubble.tsx'
import { Composer } from './composer.tsx'
import { dayName, dayOf, readable } from './format.ts'
import { Icon } from './icon.tsx'
import { keepReadMark, loadConversation, loadMessages } from './load.ts'
import { closeConversation } from './navigate.ts'
import { count, t } from './page.ts'
import { Recipients } from './recipients.tsx'
import { removeConversation } from './remove.ts'
import {
  conversations,
  messagesOf,
  nameOf,
  open,
  putConversations,
  recipients,
  selected,
  sentHere,
  showDetails,
  threads,
} from './state.ts'
import { useHangingList } from './virtual.ts'
import { ownName, titleOf } from './who.tsx'
import type { Conversation, Message } from './wire.ts'

/** Pixels of a message that was never drawn, and so near to the beginning older ones are asked for. */
const GUESS = 96
const AHEAD = 1_600

/** Tells the gateway, and this browser, that the newest message was seen. */
function markRead(row: Conversation, newest: Message): void {
  keepReadMark(row.id, newest.sequence)
  if (row.unread === undefined || row.unread === 0) return
  const listed = conversations.value.items.get(row.id)
  if (listed !== undefined) putConversations([{ ...listed, unread: 0 }])
  void api(`/v1/conversations/${row.id}`, { method: 'PATCH', json: { read_through: newest.sequence } })
}

function Messages({ row }: { row: Conversation }) {
  const id = useSignal(row.id)
  id.value = row.id
  const messages = useComputed(() => messagesOf(id.value)).value
  const thread = threads.value.get(row.id)
  const keys = messages.map((message) => message.id)
  const list = useHangingList(keys, GUESS)
  const { first, last, above, below } = list.shown
  const newest = messages.at(-1)
  const [missed, setMissed] = useState(0)
  const lastSeen = useRef<number>(0)

  useLayoutEffect(() => {
    lastSeen.current = 0
    setMissed(0)
    list.toEnd()
  }, [row.id])

  useEffect(() => {
    if (newest === undefined) return
    // What was sent from here is looked at; what others send in the same thread moves nobody.
    const ours = newest.id === sentHere.value && newest.sequence > lastSeen.current
    if (lastSeen.current === 0 || ours || list.atEnd()) {
      if (ours && lastSeen.current > 0) list.toEnd()
      lastSeen.current = newest.sequence
      setMissed(0)
    } else if (newest.sequence > lastSeen.current) setMissed(newest.sequence - lastSeen.current)
    if (!document.hidden) markRead(row, newest)
  }, [newest?.id, row.unread])

  useEffect(() => {
    if (thread?.next != null && !thread.loading && list.toStart() < AHEAD) void loadMessages(row.id, true)
  })

  return (
    <section
      class="messages"
      ref={list.scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls with keys
      tabIndex={0}
      aria-label={t('messages')}
      onScroll={() => {
        list.onScroll()
        if (list.atEnd()) {
          lastSeen.current = newest?.sequence ?? 0
          if (missed > 0) setMissed(0)
        }
        if (thread?.next != null && !thread.loading && list.toStart() < AHEAD) void loadMessages(row.id, true)
      }}
    >
      <div class="messages-inner">
        {thread?.next === undefined && thread?.problem == null && (
          <div class="waiting" role="status">
            {t('loading')}
          </div>
        )}
        {thread?.problem != null && (
          <p class="problem" role="alert">
            {thread.problem}
          </p>
        )}
        <div style={{ height: `${above}px` }} />
        {messages.slice(first, last).map((message, i) => {
          const before = messages[first + i - 1]
          const newDay = before === undefined || dayOf(before.created_at) !== dayOf(message.created_at)
          const other = newDay || before.from !== message.from
          return (
            <div
              key={message.id}
              data-key={message.id}
              ref={list.measure}
              class={other ? 'item apart' : 'item'}
            >
              {newDay && (
                <h3 class="day">
                  <span>{dayName(message.created_at)}</span>
                </h3>
              )}
              <Bubble message={message} group={row.members.length > 1} first={other} />
            </div>
          )
        })}
        <div style={{ height: `${below}px` }} />
      </div>
      {missed > 0 && (
        <button type="button" class="to-end" onClick={list.toEnd}>
          <Icon name="down" size={18} /> {count('newMessages', missed)}
        </button>
      )}
    </section>
  )
}

function Head({ row }: { row: Conversation | null }) {
  const members = row?.members ?? recipients.value
  const isNew = row === null
  const [only] = members
  return (
    <header class="thread-head">
      <button type="button" class="round back" aria-label={t('backToList')} onClick={closeConversation}>
        <Icon name="back" />
      </button>
      {!isNew && <Avatar members={members} size={40} />}
      <div class="thread-title">
        <h2>
          <bdi>{isNew ? t('newMessage') : titleOf(members)}</bdi>
        </h2>
        {row !== null && (
          <p>
            {members.length > 1
              ? `${count('people', members.length)} · `
              : only !== undefined && nameOf(only) !== null
                ? `${readable(only)} · `
                : ''}
            {t('via', { number: ownName(row.number) })}
          </p>
        )}
      </div>
      {row !== null && (
        <>
          <button
            type="button"
            class="round"
            aria-label={t('deleteConversation')}
            title={t('deleteConversation')}
            onClick={() => void removeConversation(row)}
          >
            <Icon name="trash" />
          </button>
          <button
            type="button"
            class="round"
            aria-label={t('details')}
            title={t('details')}
            aria-expanded={showDetails.value}
            onClick={() => {
              showDetails.value = !showDetails.value
            }}
          >
            <Icon name="info" />
          </button>
        </>
      )}
    </header>
  )
}

/** The conversation that is open: its messages and the place to write. */
export function Thread() {
  const id = selected.value
  const row = open.value
  const [dragging, setDragging] = useState(0)
  useEffect(() => {
    if (id === null || id === 'new') return
    void loadConversation(id)
    void loadMessages(id)
  }, [id])

  if (id === null)
    return (
      <section class="thread nobody" aria-label={t('messages')}>
        <div class="welcome">
          <Icon name="image" size={54} />
          <h2>{t('welcome')}</h2>
          <p>{t('welcomeHint')}</p>
        </div>
      </section>
    )
  const isNew = id === 'new'
  const to = isNew ? recipients.value : (row?.members ?? [])
  const from = row?.number ?? ''
  return (
    <section
      class={dragging > 0 ? 'thread dragging' : 'thread'}
      aria-label={isNew ? t('newMessage') : titleOf(to)}
      onDragEnter={(event) => {
        if (event.dataTransfer?.types.includes('Files')) setDragging((n) => n + 1)
      }}
      onDragLeave={() => setDragging((n) => Math.max(0, n - 1))}
      onDragOver={(event) => {
        if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
      }}
      onDrop={(event) => {
        setDragging(0)
        const files = [...(event.dataTransfer?.files ?? [])]
        if (files.length === 0) return
        event.preventDefault()
        attach(id, from, files)
      }}
    >
      <Head row={row} />
      {isNew && <Recipients />}
      {row !== null ? <Messages row={row} /> : <div class="messages blank" />}
      <Composer place={id} from={from} to={to} />
      {dragging > 0 && (
        <div class="drop" aria-hidden="true">
          <Icon name="image" size={48} />
          {t('dropHere')}
        </div>
      )}
    </section>
  )
}
