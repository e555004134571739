import type { EventType } from '../domain/event.ts'
import { fail, ok } from '../domain/result.ts'
import type { SwitchedOff, Webhook, WebhookStore } from '../domain/webhook.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { createDatabase, type Row, type Value } from './database.ts'
import type { Retry } from './retry.ts'

const COLUMNS = `id, account, url, description, types, numbers, attachments, strict_order, shards, revision, generation,
  previous_until, enabled, active_since, disabled_at, disabled_reason, failing_since, last_success_at, created_at, updated_at`

/** Rows a page, at most. */
const MOST_ROWS = 200
/** After every position: the first page starts here. */
const START = [Number.MAX_SAFE_INTEGER, '~'] as const

const list = <T>(text: Value): T[] | null => (text === null ? null : (JSON.parse(text as string) as T[]))

const webhookOf = (row: Row): Webhook => ({
  id: row.id as string,
  account: row.account as string,
  url: row.url as string,
  description: row.description as string | null,
  types: list<EventType>(row.types ?? null),
  numbers: list<string>(row.numbers ?? null) as Webhook['numbers'],
  attachments: row.attachments as Webhook['attachments'],
  strictOrder: row.strict_order === 1,
  shards: row.shards as number,
  revision: row.revision as number,
  generation: row.generation as number,
  previousUntil: row.previous_until as number | null,
  enabled: row.enabled === 1,
  activeSince: row.active_since as number,
  disabledAt: row.disabled_at as number | null,
  disabledReason: row.disabled_reason as SwitchedOff | null,
  failingSince: row.failing_since as number | null,
  lastSuccessAt: row.last_success_at as number | null,
  createdAt: row.created_at as number,
  updatedAt: row.updated_at as number,
})

const valuesOf = (webhook: Webhook): Value[] => [
  webhook.id,
  webhook.account,
  webhook.url,
  webhook.description,
  webhook.types && JSON.stringify(webhook.types),
  webhook.numbers && JSON.stringify(webhook.numbers),
  webhook.attachments,
  webhook.strictOrder ? 1 : 0,
  webhook.shards,
  webhook.revision,
  webhook.generation,
  webhook.previousUntil,
  webhook.enabled ? 1 : 0,
  webhook.activeSince,
  webhook.disabledAt,
  webhook.disabledReason,
  webhook.failingSince,
  webhook.lastSuccessAt,
  webhook.createdAt,
  webhook.updatedAt,
]

/** The endpoints of accounts, in D1. */
export function createWebhookStore(options: { db: D1Database; retry?: Retry }): WebhookStore {
  const db = createDatabase(options.db, options.retry)

  const find = async (account: string, id: string): Promise<Webhook | null> => {
    const row = await db.first<Row>(
      `SELECT ${COLUMNS} FROM webhooks WHERE id = ?2 AND account = ?1`,
      account,
      id,
    )
    return row && webhookOf(row)
  }

  return {
    find,

    async insert(webhook, most) {
      const changed = await db.run(
        `INSERT INTO webhooks (${COLUMNS})
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20
         WHERE (SELECT COUNT(*) FROM webhooks WHERE account = ?2) < ?21
         ON CONFLICT DO NOTHING`,
        ...valuesOf(webhook),
        most,
      )
      // None: there are too many, or an attempt whose answer was lost had added it.
      return changed > 0 || (await find(webhook.account, webhook.id)) !== null
    },

    async list(account, page) {
      const name = `webhooks ${account}`
      const limit = Math.min(Math.max(1, Math.floor(page.limit)), MOST_ROWS)
      const from = page.cursor === null ? START : await readCursor(name, page.cursor)
      if (from === null) return fail({ code: 'invalid_cursor' })
      const rows = await db.all<Row>(
        `SELECT ${COLUMNS} FROM webhooks WHERE account = ?1 AND (created_at, id) < (?2, ?3)
         ORDER BY created_at DESC, id DESC LIMIT ?4`,
        account,
        from[0],
        from[1],
        limit + 1,
      )
      const items = rows.slice(0, limit).map(webhookOf)
      const last = items.at(-1)
      const next = rows.length > limit && last ? await writeCursor(name, [last.createdAt, last.id]) : null
      return ok({ items, next })
    },

    async active(account) {
      const rows = await db.all<Row>(
        `SELECT ${COLUMNS} FROM webhooks WHERE account = ?1 AND enabled = 1`,
        account,
      )
      return rows.map(webhookOf)
    },

    async replace(webhook) {
      const changed = await db.run(
        `UPDATE webhooks SET url = ?3, description = ?4, types = ?5, numbers = ?6, attachments = ?7, strict_order = ?8,
           shards = ?9, revision = ?10, generation = ?11, previous_until = ?12, enabled = ?13, active_since = ?14,
           disabled_at = ?15, disabled_reason = ?16, failing_since = ?17, last_success_at = ?18, updated_at = ?20
         WHERE id = ?1 AND account = ?2 AND created_at = ?19 AND revision = ?10 - 1`,
        ...valuesOf(webhook),
      )
      if (changed > 0) return true
      // An attempt whose answer was lost may have done it.
      const now = await find(webhook.account, webhook.id)
      return now !== null && JSON.stringify(now) === JSON.stringify(webhook)
    },

    async remove(account, id) {
      await db.run('DELETE FROM webhooks WHERE id = ?2 AND account = ?1', account, id)
    },

    async health(account, id, revision, { failingSince, lastSuccessAt, switchedOff }) {
      await db.run(
        `UPDATE webhooks SET failing_since = ?4, last_success_at = nullif(max(coalesce(last_success_at, 0), ?5), 0),
           enabled = CASE WHEN ?6 IS NULL THEN enabled ELSE 0 END,
           disabled_reason = coalesce(?6, disabled_reason), disabled_at = coalesce(?7, disabled_at)
         WHERE id = ?2 AND account = ?1 AND revision = ?3 AND enabled = 1`,
        account,
        id,
        revision,
        failingSince,
        lastSuccessAt ?? 0,
        switchedOff?.reason ?? null,
        switchedOff?.at ?? null,
      )
    },
  }
}
