/** Bytes that a whole message may take on the wire. Decimal on purpose: a kilobyte of either reading fits. */
export const BUDGETS = {
  /** Every operator and phone takes it; the default. */
  safe: 300_000,
  /** The largest that every AT&T, T-Mobile and Verizon cell takes, toll-free binding. */
  'everywhere-us': 600_000,
  /** Most US and CA handset configurations. */
  recommended: 1_000_000,
  /** The ceiling of gateways. "Under 5 MB" is meant literally by some of them. */
  hard: 4_999_999,
} as const

/** A budget by name. */
export type BudgetName = keyof typeof BUDGETS

/** The smallest budget worth planning for: SMIL and headers alone take about 2 kB. */
export const SMALLEST_BUDGET = 10_000

/** Where a message's budget came from, for the report. */
export type BudgetChoice = {
  readonly bytes: number
  readonly bound: 'request' | 'number' | 'vendor' | 'network' | 'default'
  readonly networkUnknown: boolean
}

/** What may bound a message, in bytes; undefined where nothing is known or asked. */
export type BudgetBounds = {
  readonly requested?: number | undefined
  readonly number?: number | null | undefined
  readonly vendor: number
  readonly network?: number | undefined
}

/**
 * The budget of one message: the smallest of request, number, vendor cell and network. While the recipient's network is
 * unknown the default is `safe`, and a budget that the request states holds up to the vendor's cell.
 */
export function chooseBudget(bounds: BudgetBounds): BudgetChoice {
  const networkUnknown = bounds.network === undefined
  const candidates: { bytes: number; bound: BudgetChoice['bound'] }[] = [
    { bytes: bounds.vendor, bound: 'vendor' },
  ]
  if (bounds.network !== undefined) candidates.push({ bytes: bounds.network, bound: 'network' })
  if (bounds.requested !== undefined) candidates.push({ bytes: bounds.requested, bound: 'request' })
  else if (networkUnknown) candidates.push({ bytes: BUDGETS.safe, bound: 'default' })
  if (bounds.number != null) candidates.push({ bytes: bounds.number, bound: 'number' })
  const smallest = candidates.reduce((least, next) => (next.bytes < least.bytes ? next : least))
  return { ...smallest, networkUnknown }
}

/** What a message is made to fit next where a carrier called it too large: the named budgets, and what the smallest configurations of phones take. */
const STEPS = [BUDGETS.recommended, BUDGETS['everywhere-us'], BUDGETS.safe, 100_000] as const

/** The next step below a message of so many bytes; null where there is none. */
export const stepBelow = (bytes: number): number | null => STEPS.find((step) => step < bytes) ?? null
