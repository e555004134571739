import { fail, ok, type Result } from './result.ts'

/**
 * An address on the phone network: E.164 with its plus sign (`+14165550123`), or a short code of 5 or 6 digits.
 */
export type Address = string

/** Why a typed address was not understood. */
export type AddressProblem = { readonly code: 'invalid_address'; readonly typed: string }

/** E.164 allows 15 digits at most; fewer than 8 reach no mobile subscriber (ITU-T E.164, clause 6.2.1). */
const E164 = /^\+[1-9]\d{7,14}$/
const SHORT_CODE = /^\d{5,6}$/
/** North American numbering plan: area code and exchange both start with 2 to 9, and no area code ends in 11. */
const NANP = /^\+1[2-9](?!11)\d{2}[2-9]\d{6}$/

/** What people put between digits: spaces of all kinds, dashes, dots, slashes, parentheses. Anything else is a mistake, not formatting. */
const FORMATTING = /[\s\u00a0\u2000-\u200f\u202f\u2010-\u2015\-.()/]/g

/**
 * Reads an address as people type it: 10 digits, 11 digits, with spaces, dashes and parentheses, with `tel:` or MM7's
 * `/TYPE=PLMN` (3GPP TS 23.140 clause 7.1.1), or a short code.
 */
export function parseAddress(typed: string): Result<Address, AddressProblem> {
  const bare = typed
    .trim()
    .replace(/^tel:/i, '')
    .replace(/\/TYPE=PLMN$/i, '')
    .normalize('NFKC')
    .replace(FORMATTING, '')
  if (SHORT_CODE.test(bare)) return ok(bare)
  let number = bare
  if (/^[2-9]\d{9}$/.test(bare)) number = `+1${bare}`
  else if (/^1[2-9]\d{9}$/.test(bare)) number = `+${bare}`
  if (!E164.test(number)) return fail({ code: 'invalid_address', typed })
  if (number.startsWith('+1') && !NANP.test(number)) return fail({ code: 'invalid_address', typed })
  return ok(number)
}

/** Whether the address is a short code. */
export const isShortCode = (address: Address): boolean => SHORT_CODE.test(address)
