import { type Address, parseAddress } from '../domain/address.ts'
import { type Consent, judgeConsent, PROGRAMME, type Purpose } from '../domain/consent.ts'
import type { Failure } from '../domain/failure.ts'
import type { Caller, ConsentStore, Page } from '../domain/ports.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { MessagingPorts } from './ports.ts'
import { forbidden, lacks } from './scopes.ts'
import { tellConsents } from './tell-consents.ts'

/** A consent as somebody tells it: by API, or as a line of a file. */
export type ToldConsent = {
  readonly address: string
  readonly state: 'in' | 'out'
  readonly programme?: string | undefined
  readonly at?: number | undefined
}

/** What an import did, with what was wrong by line. */
export type Imported = {
  readonly written: number
  readonly refused: readonly { readonly line: number; readonly problem: string }[]
}

/** Lines of one import; more go in several files. */
export const IMPORT_LINES = 10_000

/** Recipients of a message that may not get it, as the failure that says so; null when all may. */
export async function consentFailure(
  consents: ConsentStore,
  account: string,
  to: readonly Address[],
  message: { purpose: Purpose; programme: string | null },
): Promise<Failure | null> {
  const said = await consents.of(account, to)
  const verdicts = to.map((address) => judgeConsent(said.get(address) ?? [], message))
  const out = verdicts.filter((one) => one === 'opted_out').length
  if (out > 0) return { code: 'recipients_opted_out', count: out, of: to.length }
  const missing = verdicts.filter((one) => one === 'no_opt_in').length
  return missing > 0 ? { code: 'opt_in_missing', count: missing, of: to.length } : null
}

/** Writes down what recipients said, told by the account. */
async function recordConsents(
  ports: MessagingPorts,
  caller: Caller,
  told: readonly ToldConsent[],
  source: 'api' | 'import',
): Promise<Imported> {
  const now = ports.clock.now()
  const good: (Consent & { address: Address })[] = []
  const refused: { line: number; problem: string }[] = []
  for (const [index, one] of told.entries()) {
    const address = parseAddress(one.address)
    if (!address.ok)
      refused.push({
        line: index + 1,
        problem: `${JSON.stringify(one.address.slice(0, 40))} is no phone number.`,
      })
    else if (one.programme !== undefined && !PROGRAMME.test(one.programme))
      refused.push({
        line: index + 1,
        problem: 'A programme is named by 1 to 40 lower-case letters, digits and underscores.',
      })
    else if (one.at !== undefined && !(one.at > 0 && one.at <= now))
      refused.push({ line: index + 1, problem: 'The time lies in the future or is none.' })
    else
      good.push({
        address: address.value,
        programme: one.programme ?? null,
        state: one.state,
        source,
        at: one.at ?? now,
      })
  }
  await ports.consents.set(caller.account, good)
  await tellConsents(ports.events, caller.account, good)
  return { written: good.length, refused }
}

/** Reads a CSV of consents: a header line naming `address`, `state` (in, out) and, if wanted, `programme` and `at` (ISO 8601). */
export function parseConsentsCsv(text: string): Result<ToldConsent[], Failure> {
  const bad = (problem: string): Result<never, Failure> =>
    fail({ code: 'invalid_field', field: 'file', problem })
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  const header = (lines[0] ?? '').split(',').map((cell) => unquoted(cell).toLowerCase())
  const column = (name: string): number => header.indexOf(name)
  const [address, state, programme, at] = ['address', 'state', 'programme', 'at'].map(column) as [
    number,
    number,
    number,
    number,
  ]
  if (address < 0 || state < 0)
    return bad('The first line must name the columns address and state, and may name programme and at.')
  const told: ToldConsent[] = []
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue
    if (told.length >= IMPORT_LINES)
      return bad(`At most ${IMPORT_LINES} lines fit one import. Split the file.`)
    const cells = line.split(',').map(unquoted)
    const said = (cells[state] ?? '').toLowerCase()
    if (said !== 'in' && said !== 'out') return bad(`Line ${index + 1}: the state is in or out.`)
    const time = at < 0 ? '' : (cells[at] ?? '')
    if (time !== '' && Number.isNaN(Date.parse(time)))
      return bad(
        `Line ${index + 1}: ${JSON.stringify(time.slice(0, 30))} is no time. Write it as 2026-01-31T12:00:00Z.`,
      )
    told.push({
      address: cells[address] ?? '',
      state: said,
      ...(programme < 0 || cells[programme] === '' ? {} : { programme: cells[programme] }),
      ...(time === '' ? {} : { at: Date.parse(time) }),
    })
  }
  return told.length === 0 ? bad('The file has no lines after its header.') : ok(told)
}

const unquoted = (cell: string): string =>
  cell
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim()

/** Consents as the API sees them. */
export type ConsentsService = {
  list(
    caller: Caller,
    page: { cursor: string | null; limit: number },
  ): Promise<Result<Page<Consent>, Failure>>
  record(caller: Caller, told: readonly ToldConsent[]): Promise<Result<Imported, Failure>>
  importCsv(caller: Caller, text: string): Promise<Result<Imported, Failure>>
}

/** Builds the consents of the API. Reading takes the scope `read`, writing `send`. */
export function createConsents(ports: MessagingPorts): ConsentsService {
  return {
    async list(caller, page) {
      return lacks(caller, 'read') ? forbidden('read') : await ports.consents.list(caller.account, page)
    },
    async record(caller, told) {
      return lacks(caller, 'send') ? forbidden('send') : ok(await recordConsents(ports, caller, told, 'api'))
    },
    async importCsv(caller, text) {
      if (lacks(caller, 'send')) return forbidden('send')
      const told = parseConsentsCsv(text)
      return told.ok ? ok(await recordConsents(ports, caller, told.value, 'import')) : told
    },
  }
}
