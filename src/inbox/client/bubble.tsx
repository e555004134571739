import { signal } from '@preact/signals'
import { forward } from './forward.ts'
import { Icon } from './icon.tsx'
import { kindOf } from './media.ts'
import { t } from './page.ts'
import { PartView } from './part.tsx'
import { isBad, Receipt } from './receipt.tsx'
import { removeMessage } from './remove.ts'
import { sendAgain } from './send.ts'
import { inspected, numbers, showDetails } from './state.ts'
import { Strip } from './strip.tsx'
import { isTrusted, trust } from './trust.ts'
import { viewed } from './viewer.tsx'
import { called } from './who.tsx'
import type { Message, Part } from './wire.ts'
import { Words } from './words.tsx'

/** Looks at a message's history beside the thread. */
function inspect(message: Message): void {
  inspected.value = message.id
  showDetails.value = true
}

function Parts({ message }: { message: Message }) {
  const pictures = message.parts.filter((part) => kindOf(part.type) === 'picture' && part.state === 'stored')
  // A text that came as a part of its own is the message's text already.
  const rest = message.parts.filter(
    (part) => !pictures.includes(part) && !(kindOf(part.type) === 'text' && message.text !== null),
  )
  const veiled = message.direction === 'inbound' && !isTrusted(message.conversation)
  const unveil = () => trust(message.conversation)
  const show = (part: Part) => {
    viewed.value = { message, parts: pictures, at: pictures.indexOf(part) }
  }
  const [first] = pictures
  return (
    <>
      {pictures.length > 1 && <Strip parts={pictures} veiled={veiled} onUnveil={unveil} onOpen={show} />}
      {pictures.length === 1 && first !== undefined && (
        <PartView part={first} veiled={veiled} onUnveil={unveil} onOpen={() => show(first)} />
      )}
      {rest.map((part) => (
        <PartView key={part.name} part={part} veiled={veiled} onUnveil={unveil} onOpen={() => {}} />
      ))}
    </>
  )
}

/** The message whose tools are shown where nothing hovers. */
const chosen = signal<string | null>(null)

const choose = (id: string): void => {
  chosen.value = chosen.value === id ? null : id
}

/** One message of a thread. */
export function Bubble({ message, group, first }: { message: Message; group: boolean; first: boolean }) {
  const mine = message.direction === 'outbound'
  const hasMedia = message.parts.some((part) => kindOf(part.type) !== 'text')
  const [picture] = message.parts.filter((part) => kindOf(part.type) === 'picture' && part.media !== null)
  const canSend = numbers.value.some((one) => one.number === message.from)
  return (
    <article
      class={`message${chosen.value === message.id ? ' chosen' : ''} ${mine ? 'mine' : 'theirs'}${isBad(message.state) ? ' failed' : ''}`}
      aria-label={mine ? t('messageByYou') : t('messageBy', { who: called(message.from) })}
    >
      {group && !mine && first && (
        <bdi class="writer" title={message.from}>
          {called(message.from)}
        </bdi>
      )}
      <div class="bubble-row">
        {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: for fingers; keys reach the tools themselves */}
        <div class={hasMedia ? 'bubble with-media' : 'bubble'} onClick={() => choose(message.id)}>
          {message.subject !== null && message.subject !== '' && (
            <p class="subject" dir="auto">
              {message.subject}
            </p>
          )}
          {hasMedia && message.text !== null && <Words text={message.text} />}
          {hasMedia && <Parts message={message} />}
          {!hasMedia && message.text !== null && <Words text={message.text} />}
          {!hasMedia && message.text === null && message.subject === null && (
            <p class="nothing">{t('noText')}</p>
          )}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
        <div class="tools" role="group" aria-label={t('messageTools')}>
          {picture !== undefined && (
            <button
              type="button"
              class="tool"
              aria-label={t('forward')}
              title={t('forward')}
              onClick={() => forward(message, picture)}
            >
              <Icon name="forward" size={18} />
            </button>
          )}
          <button
            type="button"
            class="tool"
            aria-label={t('details')}
            title={t('details')}
            onClick={() => inspect(message)}
          >
            <Icon name="info" size={18} />
          </button>
          <button
            type="button"
            class="tool"
            aria-label={t('deleteMessage')}
            title={t('deleteMessage')}
            onClick={() => void removeMessage(message)}
          >
            <Icon name="trash" size={18} />
          </button>
        </div>
      </div>
      <Receipt message={message} />
      {mine && isBad(message.state) && canSend && (
        <button type="button" class="again" onClick={() => void sendAgain(message)}>
          <Icon name="retry" size={16} /> {t('sendAgain')}
        </button>
      )}
    </article>
  )
}
