import type { Clock } from '../../domain/ports.ts'
import type { Scheduled } from './chaos.ts'
import type { Ledger } from './ledger.ts'
import { withPatience } from './patience.ts'
import { type HookEvent, SIMULATOR_ORIGIN, signHook, wrap } from './wire.ts'

/** The webhooks of a network: each is sent until it is answered with a 2xx, however often that takes. */

/** What sending a webhook needs of the world. */
export type OutboxPorts = {
  /** Posts to the gateway's own `/hooks/simulator/<account>`. */
  readonly deliver: (account: string, request: Request) => Promise<Response>
  readonly clock: Clock
  readonly secret: () => Promise<CryptoKey>
}

/** A report as it stands, for those who watch. */
export type OutboxEntry = {
  readonly event: HookEvent
  readonly due: number
  readonly attempts: number
  /** The last HTTP status; 0 when nobody answered. */
  readonly answer: number | null
  readonly deliveredAt: number | null
}

type Row = { id: number; message: string; lane: string; event: string; with_entity: number; attempts: number }

/** Requests at once: an object may hold six connections, and submits come in beside these. */
const LANES = 4
const BATCH = 64
const PATIENCE_MS = 10_000
/** Rounds an alarm works through before it yields to the next alarm. */
const ROUNDS = 50

/** Milliseconds before attempt `attempts + 1`: doubling from a second to five minutes. */
export const backoff = (attempts: number): number => Math.min(1000 * 2 ** (attempts - 1), 300_000)

/** The webhooks of a network. */
export type Outbox = ReturnType<typeof createOutbox>

/** Opens the outbox beside the ledger, which has made its table. */
export function createOutbox(sql: SqlStorage, ledger: Ledger, ports: OutboxPorts) {
  const due = (now: number): Row[] =>
    sql
      .exec<Row>(
        `SELECT id, message, lane, event, with_entity, attempts FROM outbox
        WHERE delivered_at IS NULL AND due <= ? ORDER BY due, id LIMIT ?`,
        now,
        BATCH,
      )
      .toArray()

  async function post(account: string, row: Row): Promise<number> {
    try {
      const entity = row.with_entity === 1 ? ledger.entity(row.message) : null
      const event = JSON.parse(row.event) as HookEvent
      const { contentType, body } = wrap(event, entity)
      const signature = await signHook(await ports.secret(), { id: event.event, at: ports.clock.now(), body })
      const request = new Request(`${SIMULATOR_ORIGIN}/hooks/simulator/${encodeURIComponent(account)}`, {
        method: 'POST',
        headers: { 'content-type': contentType, ...signature },
        body,
      })
      const response = await withPatience(PATIENCE_MS, () => ports.deliver(account, request))
      await response.body?.cancel()
      return response.status
    } catch {
      return 0
    }
  }

  async function send(account: string, row: Row): Promise<void> {
    const answer = await post(account, row)
    const now = ports.clock.now()
    const taken = answer >= 200 && answer < 300
    const attempts = row.attempts + 1
    sql.exec(
      'UPDATE outbox SET attempts = ?, answer = ?, delivered_at = ?, due = ? WHERE id = ?',
      attempts,
      answer,
      taken ? now : null,
      taken ? now : now + backoff(attempts),
      row.id,
    )
    // Its message may have been forgotten while it waited; then nobody else takes it out.
    sql.exec(
      `DELETE FROM outbox WHERE id = ? AND delivered_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = outbox.message)`,
      row.id,
    )
  }

  return {
    /** Keeps webhooks to be sent. Those of one lane are sent one after the other. */
    add(message: string, lane: string, withEntity: boolean, webhooks: readonly Scheduled<HookEvent>[]): void {
      for (const webhook of webhooks)
        sql.exec(
          'INSERT INTO outbox (message, lane, event, with_entity, due) VALUES (?, ?, ?, ?, ?)',
          message,
          lane,
          JSON.stringify(webhook.event),
          withEntity ? 1 : 0,
          webhook.due,
        )
    },

    /** When the next webhook is due, in milliseconds since 1970; null when none waits. */
    next(): number | null {
      return sql
        .exec<{ due: number | null }>('SELECT MIN(due) AS due FROM outbox WHERE delivered_at IS NULL')
        .one().due
    },

    /** Sends what is due. */
    async run(account: string): Promise<void> {
      for (let round = 0; round < ROUNDS; round++) {
        const rows = due(ports.clock.now())
        if (rows.length === 0) return
        const lanes = [...Map.groupBy(rows, (row) => row.lane).values()]
        await Promise.all(
          Array.from({ length: LANES }, async () => {
            for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift())
              for (const row of lane) await send(account, row)
          }),
        )
      }
    },

    /** The webhooks of a message, as they were made. */
    of(message: string): OutboxEntry[] {
      return sql
        .exec<{
          event: string
          due: number
          attempts: number
          answer: number | null
          delivered_at: number | null
        }>(
          'SELECT event, due, attempts, answer, delivered_at FROM outbox WHERE message = ? ORDER BY id',
          message,
        )
        .toArray()
        .map((row) => ({
          event: JSON.parse(row.event) as HookEvent,
          due: row.due,
          attempts: row.attempts,
          answer: row.answer,
          deliveredAt: row.delivered_at,
        }))
    },
  }
}
