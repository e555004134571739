import type { Failure } from './failure.ts'
import type { Result } from './result.ts'
import type { RichContent } from './rich.ts'
import type { Page } from './rows.ts'

/** A message to be filled in: `{{name}}` in any of its texts stands for a variable. */
export type Template = {
  readonly id: string
  readonly name: string
  readonly content: RichContent
  /** What a variable is where a send does not say. */
  readonly defaults: Readonly<Record<string, string>>
  readonly createdAt: number
  readonly updatedAt: number
}

/** Templates of accounts. */
export interface TemplateStore {
  find(account: string, id: string): Promise<Template | null>
  /** Newest first. */
  page(
    account: string,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<Template>, Failure>>
  /** Writes it; false when the account has `most` others already. */
  put(account: string, template: Template, most: number): Promise<boolean>
  remove(account: string, id: string): Promise<boolean>
}

/** The form of a variable's name. */
export const VARIABLE = /^[A-Za-z][A-Za-z0-9_]{0,39}$/
const PLACEHOLDER = /\{\{\s*([A-Za-z][A-Za-z0-9_]{0,39})\s*\}\}/g

/** What came of filling a template in. */
export type Filled =
  | { readonly ok: true; readonly content: RichContent }
  | { readonly ok: false; readonly missing: readonly string[] }

/** Fills every text of a template in. Values are taken as they are: a placeholder in one is not filled again. */
export function fillTemplate(template: Template, values: Readonly<Record<string, string>>): Filled {
  const missing = new Set<string>()
  const text = (one: string): string =>
    one.replace(PLACEHOLDER, (_, name: string) => {
      if (Object.hasOwn(values, name)) return values[name] ?? ''
      if (Object.hasOwn(template.defaults, name)) return template.defaults[name] ?? ''
      missing.add(name)
      return ''
    })
  const fill = (one: unknown): unknown => {
    if (typeof one === 'string') return text(one)
    if (Array.isArray(one)) return one.map(fill)
    if (typeof one === 'object' && one !== null)
      return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, fill(value)]))
    return one
  }
  // Only texts change: the shape is the one that was checked when the template was written.
  const content = fill(template.content) as RichContent
  return missing.size > 0 ? { ok: false, missing: [...missing] } : { ok: true, content }
}

/** The variables that a template's texts name, each once, in their order. */
export const variablesOf = (content: RichContent): string[] => [
  ...new Set([...JSON.stringify(content).matchAll(PLACEHOLDER)].map((match) => match[1] ?? '')),
]
