import { useRef, useState } from 'preact/hooks'
import { readAddress } from './address.ts'
import { Avatar } from './avatar.tsx'
import { readable } from './format.ts'
import { Icon } from './icon.tsx'
import { t } from './page.ts'
import { contacts, listed, nameOf, recipients } from './state.ts'
import { called } from './who.tsx'

/** Suggestions that are shown at most. */
const MOST = 6

/** Everybody who may be meant by what is typed: people of the phonebook, and who was written to lately. */
function suggestionsFor(typed: string): string[] {
  const words = typed.trim().toLocaleLowerCase()
  const digits = typed.replace(/\D/g, '')
  const known = new Set([
    ...listed.value.slice(0, 300).flatMap((row) => row.members),
    ...contacts.value.keys(),
  ])
  return [...known]
    .filter((address) => !recipients.value.includes(address))
    .filter((address) => {
      if (words === '') return true
      const name = nameOf(address)?.toLocaleLowerCase() ?? ''
      return name.includes(words) || (digits.length > 1 && address.includes(digits))
    })
    .slice(0, MOST)
}

/** To whom a new message goes: typed numbers and picked people; several make a group. */
export function Recipients() {
  const [typed, setTyped] = useState('')
  const [focused, setFocused] = useState(false)
  const [at, setAt] = useState(-1)
  const input = useRef<HTMLInputElement>(null)
  const found = focused ? suggestionsFor(typed) : []
  const add = (addresses: readonly string[]) => {
    const fresh = addresses.filter((one) => one !== '' && !recipients.value.includes(one))
    recipients.value = [...recipients.value, ...fresh]
    setTyped('')
    setAt(-1)
    input.current?.focus()
  }
  const commit = () => {
    if (typed.trim() === '') return
    add(
      typed
        .split(/[,;\n]/)
        .filter((one) => one.trim() !== '')
        .map((one) => readAddress(one).address),
    )
  }
  const remove = (address: string) => {
    recipients.value = recipients.value.filter((one) => one !== address)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (
      event.key === 'Enter' ||
      event.key === ',' ||
      event.key === ';' ||
      (event.key === 'Tab' && typed !== '')
    ) {
      const picked = found[at]
      if (picked === undefined && typed.trim() === '') return
      event.preventDefault()
      if (picked === undefined) commit()
      else add([picked])
    } else if (event.key === 'Backspace' && typed === '') {
      const last = recipients.value.at(-1)
      if (last !== undefined) remove(last)
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setAt((now) => Math.max(-1, Math.min(found.length - 1, now + (event.key === 'ArrowDown' ? 1 : -1))))
    } else if (event.key === 'Escape') setFocused(false)
  }
  return (
    <div class="recipients">
      <label for="to">{t('to')}</label>
      <div class="chips">
        {recipients.value.map((address) => (
          <span class={readAddress(address).problem === null ? 'chip' : 'chip bad'} key={address}>
            <bdi>{called(address)}</bdi>
            <button
              type="button"
              aria-label={t('removeRecipient', { who: called(address) })}
              onClick={() => remove(address)}
            >
              <Icon name="close" size={14} />
            </button>
          </span>
        ))}
        <input
          id="to"
          ref={input}
          value={typed}
          // biome-ignore lint/a11y/noAutofocus: a new message begins with its recipient
          autoFocus
          autoComplete="off"
          inputMode="text"
          placeholder={recipients.value.length === 0 ? t('toHint') : t('toMore')}
          role="combobox"
          aria-expanded={found.length > 0}
          aria-controls="suggestions"
          aria-autocomplete="list"
          aria-activedescendant={at >= 0 ? `suggestion-${at}` : undefined}
          onInput={({ currentTarget }) => {
            setTyped(currentTarget.value)
            setAt(-1)
          }}
          onFocus={() => setFocused(true)}
          onBlur={() => {
            setFocused(false)
            commit()
          }}
          onPaste={(event) => {
            const text = event.clipboardData?.getData('text') ?? ''
            if (!/[,;\n]/.test(text)) return
            event.preventDefault()
            add(
              text
                .split(/[,;\n]/)
                .filter((one) => one.trim() !== '')
                .map((one) => readAddress(one).address),
            )
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div
        class="suggestions"
        id="suggestions"
        role="listbox"
        aria-label={t('suggestions')}
        hidden={found.length === 0}
      >
        {found.map((address, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the caret stays in the field, which names the active option
          <div
            key={address}
            id={`suggestion-${index}`}
            role="option"
            aria-selected={index === at}
            onPointerDown={(event) => {
              event.preventDefault()
              add([address])
            }}
          >
            <Avatar members={[address]} size={32} />
            <span>
              <bdi>{called(address)}</bdi>
              {nameOf(address) !== null && <small>{readable(address)}</small>}
            </span>
          </div>
        ))}
      </div>
    </div>
  )
}
