import { t } from './page.ts'

/** What somebody typed as a recipient: the address it means, or why it means none. */
export type Typed = { readonly typed: string; readonly address: string; readonly problem: string | null }

const FORMATTING = /[\s\u00a0\u2000-\u200f\u202f\u2010-\u2015\-.()/]/g

/** Reads a recipient as people type it. The gateway judges again; this is for the eye. */
export function readAddress(typed: string): Typed {
  const bare = typed.trim().replace(/^tel:/i, '').normalize('NFKC').replace(FORMATTING, '')
  const is = (address: string): Typed => ({
    typed,
    address,
    problem:
      address.startsWith('+1') || !address.startsWith('+') ? null : t('outsideArea', { number: address }),
  })
  if (/^\d{5,6}$/.test(bare)) return is(bare)
  if (/^[2-9]\d{2}[2-9]\d{6}$/.test(bare)) return is(`+1${bare}`)
  if (/^\+?1[2-9]\d{2}[2-9]\d{6}$/.test(bare)) return is(`+${bare.replace('+', '')}`)
  if (/^\+(?!1)\d{8,15}$/.test(bare)) return is(bare)
  return { typed, address: typed, problem: t('notANumber', { typed }) }
}
