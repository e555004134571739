import type { MediaFailure } from './failure.ts'
import { fail, type Result } from './result.ts'

/** Bytes of input that may wait for the codecs; their memory is what the gate protects. */
export const WAITING_LIMIT = 25_000_000

/**
 * How long a job may hold its turn before the next one stops waiting for it, in milliseconds. A caller that was
 * cancelled in the middle of its job never gives its turn back; without this its queue would stand still for ever.
 */
export const TURN_LIMIT = 60_000

type Ticket = { readonly bytes: number; heldSince: number; wake: () => void }

/** A line of jobs, one at a time, first come first served, with a limit on the bytes that wait in it. */
export class Queue {
  readonly #line: Ticket[] = []
  readonly #limit: number
  readonly #turn: number

  constructor(limit = WAITING_LIMIT, turn = TURN_LIMIT) {
    this.#limit = limit
    this.#turn = turn
  }

  /** Runs `job` when its turn comes, or refuses at once when the line is full. One file alone is always let in. */
  async run<T>(bytes: number, job: () => Promise<Result<T, MediaFailure>>): Promise<Result<T, MediaFailure>> {
    const waiting = this.#line.reduce((sum, ticket) => sum + ticket.bytes, 0)
    if (this.#line.length > 0 && waiting + bytes > this.#limit)
      return fail({ code: 'media_busy', retryAfter: 5 })
    const ticket: Ticket = { bytes, heldSince: 0, wake: () => {} }
    this.#line.push(ticket)
    try {
      while (this.#line[0] !== ticket) await this.#wait(ticket)
      ticket.heldSince = Date.now()
      return await job()
    } finally {
      this.#leave(ticket)
    }
  }

  /** Sleeps until woken by whoever leaves, or until the job at the head has held its turn too long. */
  async #wait(ticket: Ticket): Promise<void> {
    const head = this.#line[0]!
    const left = head.heldSince === 0 ? this.#turn : head.heldSince + this.#turn - Date.now()
    let timer: ReturnType<typeof setTimeout> | undefined
    const timedOut = await new Promise<boolean>((resolve) => {
      ticket.wake = () => resolve(false)
      timer = setTimeout(() => resolve(true), Math.max(0, left))
    })
    if (timer !== undefined) clearTimeout(timer)
    if (timedOut && this.#line[0] === head) this.#leave(head)
  }

  #leave(ticket: Ticket): void {
    const place = this.#line.indexOf(ticket)
    if (place < 0) return
    this.#line.splice(place, 1)
    for (const other of this.#line) other.wake()
  }
}
