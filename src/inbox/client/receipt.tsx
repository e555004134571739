import type { StringKey } from '../strings.ts'
import { exactly, time } from './format.ts'
import { Icon, type IconName } from './icon.tsx'
import { t } from './page.ts'
import { called } from './who.tsx'
import type { Message, Recipient } from './wire.ts'

/** How a state looks and reads; how sure a delivery is makes two of one. */
function stateWords(state: string, certainty: string | null): { icon: IconName; key: StringKey } {
  switch (state) {
    case 'delivered':
      return certainty === 'handset'
        ? { icon: 'checks', key: 'stateHandset' }
        : { icon: 'checks', key: certainty === 'carrier' ? 'stateCarrier' : 'stateHandedOff' }
    case 'submitted':
      return { icon: 'check', key: 'stateSubmitted' }
    case 'unconfirmed':
      return { icon: 'check', key: 'stateUnconfirmed' }
    case 'preparing':
      return { icon: 'clock', key: 'statePreparing' }
    case 'failed':
      return { icon: 'warning', key: 'stateFailed' }
    case 'expired':
      return { icon: 'warning', key: 'stateExpired' }
    case 'canceled':
      return { icon: 'close', key: 'stateCanceled' }
    default:
      return { icon: 'clock', key: 'stateAccepted' }
  }
}

/** A state in words. */
export const stateName = (one: { state: string; certainty: string | null }): string =>
  t(stateWords(one.state, one.certainty).key)

/** Whether somebody should do something about it. */
export const isBad = (state: string): boolean => state === 'failed' || state === 'expired'

/** The reason of a failure, where there is one to give. */
function Why({ one }: { one: Pick<Recipient, 'reason' | 'state'> }) {
  return <span class="why">{one.reason?.message ?? t('stateFailedWhy')}</span>
}

/** The line below a message: when, how it stands, and in words why it failed. */
export function Receipt({ message }: { message: Message }) {
  const mine = message.direction === 'outbound'
  const { icon, key } = stateWords(message.state, message.certainty)
  const bad = isBad(message.state)
  const several = message.recipients.length > 1
  const failed = several ? message.recipients.filter((one) => isBad(one.state)) : []
  const arrived = message.recipients.filter((one) => one.state === 'delivered').length
  return (
    <div class={bad ? 'receipt bad' : 'receipt'}>
      <span class="receipt-line">
        <time dateTime={message.created_at} title={exactly(message.created_at)}>
          {time(message.created_at)}
        </time>
        {mine && (
          <span class={`state state-${message.state} ${message.certainty ?? ''}`}>
            <Icon name={icon} size={16} />
            {several && message.state === 'delivered'
              ? t('arrivedOf', { n: arrived, all: message.recipients.length })
              : t(key)}
          </span>
        )}
        {message.maybe_duplicate && <span class="state">{t('maybeTwice')}</span>}
      </span>
      {bad && !several && <Why one={message} />}
      {failed.map((one) => (
        <span class="why-of" key={one.address}>
          <b>{called(one.address)}</b>: <Why one={one} />
        </span>
      ))}
    </div>
  )
}
