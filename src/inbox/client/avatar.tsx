import { hue, initials } from './format.ts'
import { Icon } from './icon.tsx'
import { nameOf } from './state.ts'

/** The round sign of somebody: letters of the name on a colour of their own; two of them for a group. */
export function Avatar({ members, size = 44 }: { members: readonly string[]; size?: number }) {
  const [first = '', second] = members
  const disc = (address: string, extra: string) => (
    <span class={`disc ${extra}`} style={{ '--hue': String(hue(address)) }}>
      {nameOf(address) === null && members.length === 1 ? (
        <Icon name="person" size={Math.round(size * 0.5)} />
      ) : (
        initials(nameOf(address), address)
      )}
    </span>
  )
  return (
    <span
      class={members.length > 1 ? 'avatar pair' : 'avatar'}
      style={{ '--size': `${size}px` }}
      aria-hidden="true"
    >
      {disc(first, 'front')}
      {second !== undefined && disc(second, 'rear')}
    </span>
  )
}
