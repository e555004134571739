import type { Boot } from '../boot.ts'
import type { StringKey } from '../strings.ts'

/** What the server said with the page. */
export const boot: Boot = JSON.parse(document.getElementById('boot')?.textContent ?? '{}')

/** A sentence in the page's language, its `{names}` filled in. */
export function t(key: StringKey, values: { readonly [name: string]: string | number } = {}): string {
  return boot.strings[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

const plurals = new Intl.PluralRules(boot.language)

/** A sentence about a number of things: `one` and `other` stand in the table, divided by a bar. */
export function count(key: StringKey, n: number): string {
  const forms = boot.strings[key].split('|')
  const form = plurals.select(n) === 'one' ? forms[0] : (forms[1] ?? forms[0])
  return (form ?? '').replace('{n}', n.toLocaleString(boot.language))
}
