/**
 * The one alarm of an object. Setting one is charged as writing a row, and lanes that start and end ask for it all the time: it
 * is set only where the one that is set would not do. What is set is known in memory; a new object knows nothing, and sets it.
 */
export class Alarm {
  readonly #storage: () => Pick<DurableObjectStorage, 'setAlarm' | 'deleteAlarm'>
  /** Milliseconds since 1970; null for none, undefined for not known. */
  #at: number | null | undefined

  constructor(storage: () => Pick<DurableObjectStorage, 'setAlarm' | 'deleteAlarm'>) {
    this.#storage = storage
  }

  /** It goes off now, so there is none any more. */
  wentOff(): void {
    this.#at = null
  }

  /** Makes sure that it goes off at a time or before. */
  async by(at: number, now: number): Promise<void> {
    if (this.#at == null || this.#at > at || this.#at < now) await this.set(at)
  }

  /** Sets it to exactly that time; null takes it away. */
  async set(at: number | null): Promise<void> {
    if (this.#at === at) return
    this.#at = at
    try {
      await (at === null ? this.#storage().deleteAlarm() : this.#storage().setAlarm(at))
    } catch (error) {
      this.#at = undefined
      throw error
    }
  }
}
