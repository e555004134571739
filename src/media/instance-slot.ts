import { slimCore } from './codec.ts'

/** An instance of somebody else's decoder. */
export type ForeignInstance = {
  /** All of its memory, as it lies now. */
  readonly memory: () => Uint8Array
}

/** An instance whose memory grew past this is dropped after its file: memory never shrinks. */
const KEPT_MEMORY = 20 * 2 ** 20

type Kept = { readonly kind: string; readonly instance: ForeignInstance }

let kept: Kept | undefined
/** The memory of each instance as it was before its first file, up to the last byte that is not 0. */
const beginnings = new WeakMap<ForeignInstance, Uint8Array>()

/**
 * Takes an instance of a decoder out of the isolate's one place for them, or makes it. There is one place for all
 * kinds: an instance takes 16 MB and more, and the next file may be of any kind.
 */
export async function takeInstance<T extends ForeignInstance>(
  kind: string,
  make: () => Promise<T>,
): Promise<T> {
  const there = kept
  // Whoever takes it either gives it back or leaves it in a state that nobody knows.
  kept = undefined
  slimCore()
  if (there?.kind === kind) return there.instance as T
  const instance = await make()
  const memory = instance.memory()
  let end = memory.length
  while (end > 0 && memory[end - 1] === 0) end--
  beginnings.set(instance, memory.slice(0, end))
  return instance
}

/**
 * Keeps an instance for the next file, unless it has become too large for that. Its memory is made what it was before
 * the first file, so that nothing of one file can be seen in another, whatever the decoder leaves unwritten.
 */
export function keepInstance(kind: string, instance: ForeignInstance): void {
  const fresh = beginnings.get(instance)
  const memory = instance.memory()
  if (fresh === undefined || memory.length > KEPT_MEMORY) return
  memory.fill(0)
  memory.set(fresh)
  kept = { kind, instance }
}

/** Bytes of memory of the instance that is kept. */
export function keptBytes(): number {
  return kept?.instance.memory().length ?? 0
}
