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

/**
 * Divides a message's budget among its attachments: what is small, and what cannot be made smaller, keeps its bytes,
 * and the rest is split evenly among those that want more. The sum on the wire is never over the budget.
 */
export function plan(input: PlanInput): Result<Plan, MediaFailure> {
  const { parts, encoding } = input
  const room = input.budget - input.overhead - input.perPart * parts.length
  const wants = parts.map((part) => wireSize(part.bytes, encoding))
  const granted = new Array<number>(parts.length).fill(0)
  const fixed = parts.flatMap((part, at) => (part.compressible ? [] : [at]))
  let left = room
  for (const at of fixed) {
    granted[at] = wants[at]!
    left -= wants[at]!
  }
  let open = parts
    .flatMap((part, at) => (part.compressible ? [at] : []))
    .sort((a, b) => wants[a]! - wants[b]!)
  // Smallest first: each either takes all it wants, or is where the even split begins.
  while (open.length > 0 && left >= 0) {
    const share = Math.floor(left / open.length)
    const at = open[0]!
    if (wants[at]! > share) {
      for (const large of open) granted[large] = share
      left -= share * open.length
      break
    }
    granted[at] = wants[at]!
    left -= wants[at]!
    open = open.slice(1)
  }
  const shares = granted.map((wire) => ({ budget: rawSize(wire, encoding) }))
  const starved = parts.some((part, at) => shares[at]!.budget < Math.min(part.bytes, LEAST_SHARE))
  if (left < 0 || starved) return tooMuch(input, wants, fixed)
  return ok({ shares, spare: left })
}

function tooMuch(
  input: PlanInput,
  wants: readonly number[],
  fixed: readonly number[],
): Result<Plan, MediaFailure> {
  const compressible = input.parts.length - fixed.length
  const whole = fixed.reduce((sum, at) => sum + wants[at]!, 0)
  const smallest =
    input.overhead +
    input.perPart * input.parts.length +
    whole +
    compressible * wireSize(LEAST_SHARE, input.encoding)
  return fail({ code: 'message_cannot_fit', parts: input.parts.length, budget: input.budget, smallest })
}
