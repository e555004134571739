import * as v from 'valibot'

/**
 * Misbehaviour on demand. Each fault has its own sequence of dice, drawn from a seed, so that the same seed and the same
 * number of events give the same accidents.
 */

/** What can go wrong. The first five act on a submit, the others on webhooks. */
export const FAULT_KINDS = [
  'reject',
  'too_large',
  'timeout',
  'lost_answer',
  'duplicate',
  'reorder',
  'delay',
] as const
/** What can go wrong. */
export type FaultKind = (typeof FAULT_KINDS)[number]

/** One setting. */
export const Fault = v.object({
  kind: v.picklist(FAULT_KINDS),
  /** From never (0) to always (1). */
  probability: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  /** The HTTP status of a rejection; 400 without one. */
  code: v.optional(v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599))),
  /** How long a time-out stays silent (15 s without one), or by how much a webhook is late (3 s). */
  ms: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(120_000))),
  /** Whether a time-out took the message before it went silent. */
  accept: v.optional(v.boolean()),
})
/** One setting. */
export type Fault = v.InferOutput<typeof Fault>

/** All settings of an account, and the seed of their dice. */
export const Chaos = v.object({
  faults: v.pipe(v.array(Fault), v.maxLength(20)),
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff))),
})
/** All settings of an account. */
export type Chaos = v.InferOutput<typeof Chaos>

/** Settings with how often each fault's dice were thrown. */
export type ChaosState = { readonly faults: readonly Fault[]; readonly seed: number; rolls: number[] }

/** The state in which nothing goes wrong. */
export const CALM: ChaosState = { faults: [], seed: 0, rolls: [] }

/** The state after new settings; `fallbackSeed` is used where they name none. */
export const startChaos = (chaos: Chaos, fallbackSeed: number): ChaosState => ({
  faults: chaos.faults,
  seed: chaos.seed ?? fallbackSeed,
  rolls: chaos.faults.map(() => 0),
})

/** A number from 0 to below 1 that is always the same for the same three; a 32-bit avalanche of multiplications and shifts. */
export function dice(seed: number, fault: number, roll: number): number {
  let hash = (seed ^ Math.imul(fault + 1, 0x9e3779b1) ^ Math.imul(roll + 1, 0x85ebca77)) >>> 0
  for (const factor of [0x7feb352d, 0x846ca68b]) {
    hash = Math.imul(hash ^ (hash >>> 16), factor)
    hash ^= hash >>> 15
  }
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** Throws the dice of every fault of the given kinds, and returns those that strike, in the order of the settings. */
export function strike(state: ChaosState, kinds: readonly FaultKind[]): Fault[] {
  return state.faults.filter((fault, index) => {
    if (!kinds.includes(fault.kind)) return false
    const roll = state.rolls[index] ?? 0
    state.rolls[index] = roll + 1
    return dice(state.seed, index, roll) < fault.probability
  })
}

/** A webhook with when it is due, in milliseconds since 1970. */
export type Scheduled<T> = { readonly event: T; readonly due: number }

/** Applies the faults of webhooks to a sequence of them. */
export function disturb<T>(state: ChaosState, sequence: readonly Scheduled<T>[]): Scheduled<T>[] {
  const last = Math.max(...sequence.map((one) => one.due))
  return sequence.flatMap((one) => {
    const faults = strike(state, ['duplicate', 'reorder', 'delay'])
    const twice = faults.some((fault) => fault.kind === 'duplicate')
    let due = one.due
    for (const fault of faults) {
      // Late enough that whatever followed has passed it.
      if (fault.kind === 'reorder') due = Math.max(due, last) + 500
      if (fault.kind === 'delay') due += fault.ms ?? 3000
    }
    const copy = { event: one.event, due }
    return twice ? [copy, { event: one.event, due: due + 50 }] : [copy]
  })
}
