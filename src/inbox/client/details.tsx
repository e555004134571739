import { useEffect, useState } from 'preact/hooks'
import { api, href } from './api.ts'
import { Avatar } from './avatar.tsx'
import { bytes, exactly, readable, time } from './format.ts'
import { Icon } from './icon.tsx'
import { loadMessage } from './load.ts'
import { kindOf, mediaUrl } from './media.ts'
import { boot, t } from './page.ts'
import { stateName } from './receipt.tsx'
import { contacts, inspected, messagesOf, nameOf, open, showDetails, threads } from './state.ts'
import { toast } from './toast.tsx'
import { isTrusted } from './trust.ts'
import { viewed } from './viewer.tsx'
import { called, ownName, titleOf } from './who.tsx'
import type { Conversation, Message, Part } from './wire.ts'

/** Pictures of a conversation that are shown together. */
const GALLERY = 12

function Name({ address }: { address: string }) {
  const [naming, setNaming] = useState(false)
  const save = async (name: string) => {
    setNaming(false)
    if (name.trim() === (nameOf(address) ?? '')) return
    const kept =
      name.trim() === ''
        ? await api(`/v1/contacts/${encodeURIComponent(address)}`, { method: 'DELETE' })
        : await api('/v1/contacts', { json: { address, name: name.trim() } })
    if (!kept.ok) return toast(kept.problem.message)
    contacts.value = new Map(contacts.value).set(address, { address, name: name.trim() || null })
  }
  return (
    <li class="member">
      <Avatar members={[address]} size={36} />
      {naming ? (
        <input
          // biome-ignore lint/a11y/noAutofocus: it appears because somebody asked to write into it
          autoFocus
          value={nameOf(address) ?? ''}
          maxLength={100}
          aria-label={t('nameOf', { who: readable(address) })}
          onBlur={({ currentTarget }) => void save(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur()
            if (event.key === 'Escape') setNaming(false)
          }}
        />
      ) : (
        <span>
          <bdi>{called(address)}</bdi>
          {nameOf(address) !== null && <small>{readable(address)}</small>}
        </span>
      )}
      {!naming && (
        <button
          type="button"
          class="tool"
          aria-label={t('nameOf', { who: readable(address) })}
          onClick={() => setNaming(true)}
        >
          <Icon name="pencil" size={16} />
        </button>
      )}
      {boot.simulator && (
        <a
          class="tool"
          href={href(`/handset/${encodeURIComponent(address)}`)}
          target="_blank"
          rel="noopener"
          aria-label={t('openHandset')}
          title={t('openHandset')}
        >
          <Icon name="phone" size={16} />
        </a>
      )}
    </li>
  )
}

function Gallery({ row }: { row: Conversation }) {
  const found: { message: Message; part: Part }[] = []
  for (const message of messagesOf(row.id).reverse()) {
    if (message.direction === 'inbound' && !isTrusted(row.id)) continue
    for (const part of message.parts)
      if (kindOf(part.type) === 'picture' && part.media !== null && part.state === 'stored')
        found.push({ message, part })
    if (found.length >= GALLERY) break
  }
  if (found.length === 0) return null
  const pictures = (message: Message) =>
    message.parts.filter((part) => kindOf(part.type) === 'picture' && part.media !== null)
  return (
    <section>
      <h3>{t('pictureTitle')}</h3>
      <ul class="gallery">
        {found.slice(0, GALLERY).map(({ message, part }) => {
          const url = mediaUrl(part.media ?? '').value
          return (
            <li key={message.id + part.media}>
              <button
                type="button"
                aria-label={t('openPicture', { name: part.name })}
                onClick={() => {
                  viewed.value = { message, parts: pictures(message), at: pictures(message).indexOf(part) }
                }}
              >
                {url && <img src={url} alt="" loading="lazy" decoding="async" />}
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function PartFacts({ part }: { part: Part }) {
  return (
    <li>
      <bdi>{part.name}</bdi>
      <small>
        {part.source !== null && part.source.bytes !== part.bytes ? `${bytes(part.source.bytes)} → ` : ''}
        {bytes(part.bytes)}
        {part.width !== null && ` · ${part.width}×${part.height}`}
      </small>
      {part.reason !== null && <small>{part.reason}</small>}
    </li>
  )
}

function History({ message }: { message: Message }) {
  useEffect(() => void loadMessage(message), [message.id, message.updated_at])
  return (
    <section class="history">
      <header>
        <h3>{t('aboutMessage')}</h3>
        <button
          type="button"
          class="tool"
          aria-label={t('close')}
          onClick={() => {
            inspected.value = null
          }}
        >
          <Icon name="close" size={16} />
        </button>
      </header>
      <dl>
        <dt>{t('state')}</dt>
        <dd>{message.direction === 'inbound' ? t('stateReceived') : stateName(message)}</dd>
        {message.reason !== null && (
          <>
            <dt>{t('why')}</dt>
            <dd>{message.reason.message}</dd>
          </>
        )}
        {message.vendor_code !== null && (
          <>
            <dt>{t('vendorSays')}</dt>
            <dd>
              <code>{message.vendor_code}</code> {message.vendor_text}
            </dd>
          </>
        )}
        <dt>{t('size')}</dt>
        <dd>
          {message.channel.toUpperCase()}
          {message.wire_bytes > 0 && ` · ${bytes(message.wire_bytes)}`}
          {message.direction === 'outbound' && message.channel === 'mms' && ` / ${bytes(message.budget)}`}
        </dd>
      </dl>
      {message.parts.length > 0 && (
        <ul class="part-facts">
          {message.parts.map((part) => (
            <PartFacts key={part.name} part={part} />
          ))}
        </ul>
      )}
      {message.timeline !== undefined && (
        <ol class="timeline">
          {message.timeline.map((entry) => (
            <li key={entry.at + entry.event}>
              <time dateTime={entry.at} title={exactly(entry.at)}>
                {time(entry.at)}
              </time>
              <span>
                {entry.event.replaceAll('_', ' ')}
                {entry.detail !== null && <small>{entry.detail}</small>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

/** The right side: who takes part, what was sent between them, and the history of one message. */
export function Details() {
  const row = open.value
  if (row === null || !showDetails.value) return null
  const id = inspected.value
  const message = id === null ? undefined : threads.value.get(row.id)?.items.get(id)
  return (
    <aside class="details" aria-label={t('details')}>
      <header class="details-head">
        <h2>{t('details')}</h2>
        <button
          type="button"
          class="round"
          aria-label={t('close')}
          onClick={() => {
            showDetails.value = false
          }}
        >
          <Icon name="close" />
        </button>
      </header>
      {message !== undefined && <History message={message} />}
      <div class="who">
        <Avatar members={row.members} size={72} />
        <h3>
          <bdi>{titleOf(row.members)}</bdi>
        </h3>
        <p>{t('via', { number: `${ownName(row.number)} · ${readable(row.number)}` })}</p>
      </div>
      <section>
        <h3>{t('members')}</h3>
        <ul class="members">
          {row.members.map((address) => (
            <Name key={address} address={address} />
          ))}
        </ul>
      </section>
      <Gallery row={row} />
    </aside>
  )
}
