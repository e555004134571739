import type { Address } from '../domain/address.ts'
import type { Thread } from '../domain/conversation.ts'
import { type AccountEvent, type EventType, eventOfState, newEvent } from '../domain/event.ts'
import type { Message } from '../domain/message.ts'

/** Numbers may come again once all before them are gone, which writes less than remembering the largest. */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS events (n INTEGER PRIMARY KEY, body TEXT NOT NULL);
`

/** Events of a conversation that wait to be handed to the account's log. Written with the change that they tell of. */
export class EventRows {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(SCHEMA)
  }

  add(event: AccountEvent): void {
    this.#sql.exec('INSERT INTO events (body) VALUES (?)', JSON.stringify(event))
  }

  /** Writes down that a message is new, and its thread with it where it is the first. */
  added(message: Message, thread: (Thread & { id: string }) | null, at: number): void {
    const number = thread?.own ?? null
    const conversation = message.conversation
    if (message.sequence === 1 && thread !== null)
      this.add(
        newEvent({
          type: 'conversation.created',
          at,
          number,
          conversation,
          data: { conversation: { own: thread.own, members: thread.members } },
        }),
      )
    const type = eventOfState(message.state)
    if (type !== null) this.add(newEvent({ type, at, number, conversation, data: { message } }))
  }

  /** Writes down what a change of a message means to others: a state reached, a certainty gained, media that came or never will. */
  changed(before: Message, after: Message, number: Address | null, at: number): void {
    const tell = (type: EventType, part?: number): void => {
      const data = { message: after, ...(part === undefined ? {} : { part }) }
      this.add(newEvent({ type, at, number, conversation: after.conversation, data }))
    }
    const moved = before.state !== after.state || before.certainty !== after.certainty
    const type = moved ? eventOfState(after.state) : null
    if (type !== null) tell(type)
    for (const [position, part] of after.parts.entries()) {
      const was = before.parts[position]?.state
      if (was === undefined || was === part.state || part.state === 'pending') continue
      tell(part.state === 'stored' ? 'media.stored' : 'media.unavailable', position)
    }
  }

  /** The oldest ones, in order, with the number of the last. */
  next(limit: number): { readonly events: AccountEvent[]; readonly last: number } | null {
    const rows = this.#sql.exec('SELECT n, body FROM events ORDER BY n LIMIT ?', limit).toArray()
    const last = rows.at(-1)
    return last === undefined
      ? null
      : { events: rows.map((row) => JSON.parse(row.body as string)), last: last.n as number }
  }

  /** Forgets those up to a number: they are in the account's log now. */
  done(last: number): void {
    this.#sql.exec('DELETE FROM events WHERE n <= ?', last)
  }

  waiting(): boolean {
    return this.#sql.exec('SELECT 1 FROM events LIMIT 1').toArray().length > 0
  }
}
