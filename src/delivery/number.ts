import { DurableObject } from 'cloudflare:workers'
import type { Address } from '../domain/address.ts'
import type { Pace } from '../domain/number.ts'
import type { Clock } from '../domain/ports.ts'
import { ask, EMPTY_LINE, GIVEN_UP, giveUp, type Line, pause, type Ticket, type Urgency } from './pacing.ts'

/** A message that wants to go. */
export type TurnRequest = {
  readonly account: string
  readonly number: Address
  readonly message: string
  /** Whether it answers somebody who wrote lately: replies go before the rest. */
  readonly reply: boolean
}

/** What a number's object answers; the stub has the same methods. */
export interface NumberObject {
  reserve(request: TurnRequest): Promise<number>
  pause(until: number): Promise<void>
}

/** What a number's object is given. */
export type NumberPorts = {
  readonly clock: Clock
  /** The pace that number, registration and vendor allow together. Throws `StorageError`. */
  readonly paceOf: (account: string, number: Address) => Promise<Pace>
}

/** The class of a number's object, built around its ports. */
export type NumberClass<Env> = new (ctx: DurableObjectState, env: Env) => DurableObject<Env> & NumberObject

/** How long a pace stands before it is looked up again, in milliseconds: what somebody changes holds soon. */
const PACE_STANDS = 10_000
/** Tickets given up a call, at most. */
const MOST_GIVEN_UP = 100

const SCHEMA = `
CREATE TABLE IF NOT EXISTS line (one INTEGER PRIMARY KEY CHECK (one = 1), state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tickets (
  message TEXT PRIMARY KEY, urgency TEXT NOT NULL, place INTEGER NOT NULL, promised INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tickets_promised ON tickets (promised);
`

/**
 * Makes the Durable Object class of numbers. An object is the line of one number: it says when each message may go, over
 * all conversations, and holds everything while the vendor wants a pause.
 *
 * @param portsOf builds the ports from the environment; called once an object
 */
export function createNumber<Env>(portsOf: (env: Env) => NumberPorts): NumberClass<Env> {
  return class NumberLine extends DurableObject<Env> implements NumberObject {
    readonly #ports: NumberPorts
    readonly #sql: SqlStorage
    #line: Line
    #kept: string
    #pace: { readonly value: Pace; readonly until: number } | null = null

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env)
      this.#ports = portsOf(env)
      this.#sql = ctx.storage.sql
      this.#sql.exec(SCHEMA)
      const row = this.#sql.exec<{ state: string }>('SELECT state FROM line').toArray()[0]
      this.#kept = row?.state ?? JSON.stringify(EMPTY_LINE)
      this.#line = JSON.parse(this.#kept) as Line
    }

    async reserve({ account, number, message, reply }: TurnRequest): Promise<number> {
      const pace = await this.#paceOf(account, number)
      const now = this.#ports.clock.now()
      this.#giveUp(now - GIVEN_UP)
      const held = this.#ticket(message)
      const turn = ask(this.#line, pace, held, reply ? 'reply' : 'bulk', now)
      if (turn.ticket !== null)
        this.#sql.exec(
          'INSERT OR REPLACE INTO tickets (message, urgency, place, promised) VALUES (?, ?, ?, ?)',
          message,
          turn.ticket.urgency,
          turn.ticket.place,
          turn.ticket.promised,
        )
      else if (held !== null) this.#sql.exec('DELETE FROM tickets WHERE message = ?', message)
      this.#keep(turn.line)
      return turn.notBefore
    }

    async pause(until: number): Promise<void> {
      this.#keep(pause(this.#line, until))
    }

    async #paceOf(account: string, number: Address): Promise<Pace> {
      const now = this.#ports.clock.now()
      if (this.#pace !== null && now < this.#pace.until) return this.#pace.value
      const value = await this.#ports.paceOf(account, number)
      this.#pace = { value, until: now + PACE_STANDS }
      return value
    }

    #ticket(message: string): Ticket | null {
      const row = this.#sql
        .exec<{ urgency: Urgency; place: number; promised: number }>(
          'SELECT urgency, place, promised FROM tickets WHERE message = ?',
          message,
        )
        .toArray()[0]
      return row ?? null
    }

    #giveUp(before: number): void {
      const lost = this.#sql
        .exec<{ message: string; urgency: Urgency }>(
          'SELECT message, urgency FROM tickets WHERE promised < ? ORDER BY promised LIMIT ?',
          before,
          MOST_GIVEN_UP,
        )
        .toArray()
      for (const { message, urgency } of lost) {
        this.#sql.exec('DELETE FROM tickets WHERE message = ?', message)
        this.#line = giveUp(this.#line, { urgency })
      }
    }

    /** A number without a pace leaves its line as it was, and costs no write. */
    #keep(line: Line): void {
      this.#line = line
      const state = JSON.stringify(line)
      if (state === this.#kept) return
      this.#sql.exec('INSERT OR REPLACE INTO line (one, state) VALUES (1, ?)', state)
      this.#kept = state
    }
  }
}
