import { boot, t } from './page.ts'

const { language } = boot

const LONG_CODE = /^\+1(\d{3})(\d{3})(\d{4})$/

/** A number as people read it. The digits stay in order in right-to-left text too. */
export function readable(address: string): string {
  const match = LONG_CODE.exec(address)
  return match === null ? address : `(${match[1]}) ${match[2]}-${match[3]}`
}

/** Bytes as budgets count them: decimal, three digits that matter. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`
  const [value, unit] = n < 999_500 ? [n / 1000, 'kB'] : [n / 1e6, 'MB']
  const digits = value < 10 ? 1 : 0
  return `${value.toLocaleString(language, { maximumFractionDigits: unit === 'MB' ? 2 : digits })} ${unit}`
}

const clock = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat(language, { weekday: 'short' })
const dayMonth = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' })
const dayMonthYear = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' })
const whole = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'medium' })
const longDay = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' })

const midnight = (at: Date): number => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()
const daysAgo = (at: Date): number => Math.round((midnight(new Date()) - midnight(at)) / 86_400_000)

/** The time of day. */
export const time = (iso: string): string => clock.format(new Date(iso))

/** Date and time in full, for those who hover. */
export const exactly = (iso: string): string => whole.format(new Date(iso))

/** As lists say when: the hour today, the day this week, then the date. */
export function when(iso: string): string {
  const at = new Date(iso)
  const days = daysAgo(at)
  if (days <= 0) return clock.format(at)
  if (days < 7) return weekday.format(at)
  return at.getFullYear() === new Date().getFullYear() ? dayMonth.format(at) : dayMonthYear.format(at)
}

/** The heading of a day in a thread. */
export function dayName(iso: string): string {
  const at = new Date(iso)
  const days = daysAgo(at)
  if (days <= 0) return t('today')
  if (days === 1) return t('yesterday')
  return at.getFullYear() === new Date().getFullYear() ? longDay.format(at) : dayMonthYear.format(at)
}

/** A day that is the same for every moment of it, in the viewer's time zone. */
export const dayOf = (iso: string): number => midnight(new Date(iso))

/** The hue by which somebody without a picture is known again, in degrees. */
export function hue(text: string): number {
  let hash = 7
  for (const letter of text) hash = (hash * 31 + letter.charCodeAt(0)) % 3600
  return (hash * 47) % 360
}

/** Letters for somebody: of the name, or the last two digits of the number. */
export function initials(name: string | null, address: string): string {
  if (name === null) return address.slice(-2)
  const words = name.trim().split(/\s+/)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined]
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase(language)
}
