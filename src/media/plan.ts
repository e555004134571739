import { demandOf } from './demand.ts'
import type { MediaFailure } from './failure.ts'
import { fail, ok, type Result } from './result.ts'
import type { MediaKind } from './types.ts'
import { rawSize, type WireEncoding, wireSize } from './wire-size.ts'

/** One attachment as the plan sees it. */
export type PlanPart = {
  /** Bytes of the file as it came. */
  readonly bytes: number
  readonly kind: MediaKind
  /** Pixels as seen, where it has any. */
  readonly width?: number
  readonly height?: number
  /** Whether fewer bytes can be had by a loss that is acceptable: pictures, not contacts or text. */
  readonly compressible: boolean
  /** Bytes at which it looks good, from its facts; estimated from its bytes and pixels unless said. */
  readonly demand?: number
}

/** A message before its media is fitted. Every number is in bytes. */
export type PlanInput = {
  /** What the whole message may take on the wire. */
  readonly budget: number
  /** What the message takes without its attachments: headers, SMIL, text, the last boundary. */
  readonly overhead: number
  /** What each attachment takes besides its bytes: boundary, part headers, line ends. */
  readonly perPart: number
  readonly encoding: WireEncoding
  readonly parts: readonly PlanPart[]
}

/** How many bytes each file may become. */
export type Plan = {
  /** In the order of the parts; a budget is of the file itself, before base64. */
  readonly shares: readonly { readonly budget: number }[]
  /** Bytes on the wire that nobody needs: at least this much stays free. */
  readonly spare: number
}

/** Under this no picture is worth sending; the plan refuses rather than hand out less. */
const LEAST_SHARE = 2_000
/** What phones write, as libjpeg counts quality: taken where nobody looked. */
const USUAL_QUALITY = 91

/**
 * Divides a message's budget among its attachments so that the worst-looking one looks as good as it can. What cannot
 * be made smaller keeps its bytes; the others get the same multiple of what each demands, and never more than they
 * have, so that small files stay whole. The sum on the wire is never over the budget.
 *
 * @example
 * const planned = plan({ budget: 300_000, overhead: 1_200, perPart: 180, encoding: 'base64', parts })
 */
export function plan(input: PlanInput): Result<Plan, MediaFailure> {
  const { parts, encoding } = input
  const room = input.budget - input.overhead - input.perPart * parts.length
  const asks = parts.map((part) => askOf(part, encoding))
  const least = asks.reduce((sum, ask) => sum + ask.least, 0)
  if (least > room)
    return fail({
      code: 'message_cannot_fit',
      parts: parts.length,
      budget: input.budget,
      smallest: input.budget - room + least,
    })
  const granted = divide(keepSmall(asks, room), room)
  const shares = granted.map((wire) => ({ budget: rawSize(wire, encoding) }))
  return ok({ shares, spare: room - granted.reduce((sum, wire) => sum + wire, 0) })
}

/** What an attachment may get, in bytes on the wire. */
type Ask = { readonly least: number; readonly most: number; readonly demand: number }

function askOf(part: PlanPart, encoding: WireEncoding): Ask {
  const most = wireSize(part.bytes, encoding)
  if (!part.compressible) return { least: most, most, demand: most }
  const demand = part.demand ?? demandOf(part, USUAL_QUALITY)
  return { least: Math.min(most, wireSize(LEAST_SHARE, encoding)), most, demand: Math.max(1, demand) }
}

/**
 * A file that takes less than half an even share stays whole, and no other gets less than a quarter of one: to squeeze
 * a small file gains nothing that a large one would show. Both always fit, since the rest of each share is to be had.
 */
function keepSmall(asks: readonly Ask[], room: number): readonly Ask[] {
  const open = asks.filter(({ least, most }) => least < most)
  const taken = asks.reduce((sum, { least }) => sum + least, 0)
  const even = (room - taken) / Math.max(1, open.length)
  return asks.map((ask) => {
    const raised = ask.most - ask.least <= even / 2 ? ask.most : ask.least + Math.floor(even / 4)
    return { ...ask, least: Math.min(ask.most, raised) }
  })
}

/** The largest shares that are the same multiple of each demand, within what each may get, and together fit. */
function divide(asks: readonly Ask[], room: number): number[] {
  const at = (multiple: number) =>
    asks.map(({ least, most, demand }) => Math.floor(Math.min(most, Math.max(least, multiple * demand))))
  const sum = (multiple: number) => at(multiple).reduce((total, wire) => total + wire, 0)
  let low = 0
  let high = Math.max(0, ...asks.map(({ most, demand }) => most / demand)) + 1
  if (sum(high) <= room) return at(high)
  // Sixty halvings are finer than a byte; the sum only grows with the multiple.
  for (let turn = 0; turn < 60; turn++) {
    const middle = (low + high) / 2
    if (sum(middle) <= room) low = middle
    else high = middle
  }
  return at(low)
}
