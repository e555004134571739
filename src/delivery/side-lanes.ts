import type { Address } from '../domain/address.ts'
import { joinBytes } from '../domain/bytes.ts'
import type { Part } from '../domain/message.ts'
import type { Report } from '../domain/ports.ts'
import { isBlocked } from '../domain/profile.ts'
import { advance, isFinal } from '../domain/state.ts'
import { inspect } from '../media/index.ts'
import type { Log } from './log.ts'
import type { LoggedMessage } from './log-rows.ts'
import type { DeliveryPorts } from './ports.ts'
import { copyWait } from './schedule.ts'
import { advanceAll, standingOf } from './standing.ts'

/** Messages written to the index at once: their rows fit one batch of D1. */
const BATCH = 20
/** Inbound media is taken up to this size, in bytes; carriers stop far below. */
const INBOUND_LIMIT = 25_000_000

/**
 * A change waits for those that follow it, in milliseconds: a message is accepted, submitted and often delivered within a
 * moment, and the index needs to know how that ended. Watched over by the alarm, like the lane itself.
 */
const GATHER = 300

/** How the index stands: what we are is `closed` in it, it may still be `open`, or it did not answer. */
export type Kept = 'closed' | 'open' | 'unanswered'

/**
 * Brings the index up to what happened here, and takes up what it had parked for us, until there is nothing of either.
 *
 * @param resting says when there was no other work, so that the same transaction may close the conversation; null while there is
 */
export async function keepIndex(
  log: Log,
  ports: DeliveryPorts,
  apply: (report: Report) => void,
  resting: () => { readonly conversation: string; readonly seenAt: number } | null,
): Promise<Kept> {
  for (let kept: Kept = 'open'; ; ) {
    const changed = log.unprojected(BATCH).length
    if (changed === 0 && log.toUnpark(1).length === 0) return kept
    const gather = ports.gather ?? GATHER
    if (changed < BATCH && gather > 0) await new Promise((resolve) => setTimeout(resolve, gather))
    const unparked = await unpark(log, ports, apply)
    const waiting = log.unprojected(BATCH)
    const rest = unparked && waiting.length < BATCH ? resting() : null
    if (!(await project(log, ports, waiting, rest)) || !unparked) return 'unanswered'
    kept = rest === null ? 'open' : 'closed'
  }
}

/** Writes what changed into the index. Resolves to false when the index did not take it. */
async function project(
  log: Log,
  ports: DeliveryPorts,
  waiting: readonly LoggedMessage[],
  rest: ReturnType<Parameters<typeof keepIndex>[3]>,
): Promise<boolean> {
  if (waiting.length === 0) return true
  try {
    await ports.index.project(
      waiting.map(({ message, revision, projected }) => {
        const vendorIds = log.pieces.vendorIds(message.id)
        return { message, revision, known: projected > 0, ...(vendorIds.length === 0 ? {} : { vendorIds }) }
      }),
      rest,
    )
  } catch (error) {
    ports.log('projection_failed', { error: String(error).slice(0, 200) })
    return false
  }
  for (const { message, revision } of waiting) log.projected(message.id, revision)
  return true
}

/** Takes up events that overtook the answer to our submit and were parked under the vendor's id. False when the index did not answer. */
async function unpark(log: Log, ports: DeliveryPorts, apply: (report: Report) => void): Promise<boolean> {
  for (const { message } of log.toUnpark(BATCH)) {
    const ids = new Set(log.pieces.vendorIds(message.id))
    if (message.vendorId !== null) ids.add(message.vendorId)
    try {
      for (const id of ids)
        for (const parked of await ports.index.parkedFor(message.vendor, id)) {
          if (parked.account !== null && parked.account !== message.account) continue
          apply({ ...(JSON.parse(parked.body) as Report), message: message.id })
          await ports.index.unpark(parked.vendor, parked.eventId)
        }
    } catch (error) {
      ports.log('unpark_failed', { error: String(error).slice(0, 200) })
      return false
    }
    log.unparked(message.id)
  }
  return true
}

/** Submitted messages without any report by the end of their validity are `unconfirmed`, not failed: carriers stay silent about what arrived. */
export function confirm(log: Log, ports: DeliveryPorts): void {
  const now = ports.clock.now()
  for (const { message } of log.unreported(now, 100)) {
    const silent = isFinal(message.state) ? null : ({ state: 'unconfirmed' } as const)
    log.change(
      message.id,
      {
        confirmAt: null,
        ...(silent && {
          standing: advance(standingOf(message), silent),
          recipients: advanceAll(message.recipients, silent),
          entry: {
            event: 'unconfirmed',
            detail: 'No report came by the end of its validity.',
            attempt: null,
            vendorCode: null,
          },
        }),
      },
      now,
    )
  }
}

/** Copies inbound media from where the vendor offers it. One part that cannot be copied never holds back the rest. */
export async function copyMedia(log: Log, ports: DeliveryPorts): Promise<void> {
  for (const copy of log.dueCopies(ports.clock.now(), 10)) {
    const account = log.thread()?.account
    const logged = log.find(copy.message)
    if (account === undefined || logged === null) {
      log.endCopy(copy.message, copy.position)
      continue
    }
    const stored = await copyOne(ports, account, logged.message.to[0] ?? '', copy.url)
    const now = ports.clock.now()
    const parts = [...(log.find(copy.message)?.message.parts ?? [])]
    const position = log.joins.positionOf(copy.message, copy.url) ?? copy.position
    const part = parts[position]
    if (part === undefined) {
      log.endCopy(copy.message, position)
      continue
    }
    if (stored !== null) {
      parts[position] = { ...part, ...stored }
      log.change(
        copy.message,
        {
          parts,
          entry: {
            event: stored.state === 'blocked' ? 'media_blocked' : 'media_stored',
            detail: part.name,
            attempt: null,
            vendorCode: null,
          },
        },
        now,
      )
      log.endCopy(copy.message, position)
      continue
    }
    const wait = copyWait(copy.tries + 1)
    if (wait !== null) {
      log.postponeCopy(copy.message, position, copy.tries + 1, now + wait)
      continue
    }
    parts[position] = { ...part, state: 'unavailable' }
    log.change(
      copy.message,
      { parts, entry: { event: 'media_unavailable', detail: part.name, attempt: null, vendorCode: null } },
      now,
    )
    log.endCopy(copy.message, position)
  }
}

async function copyOne(
  ports: DeliveryPorts,
  account: string,
  number: Address,
  url: string,
): Promise<Partial<Part> | null> {
  const fetched = await ports.fetcher.fetchMedia(url, { account, limit: INBOUND_LIMIT, remember: false })
  if (!fetched.ok) return null
  const now = ports.clock.now()
  try {
    const profile = await ports.profiles.of(account, number)
    const chunks = fetched.value.chunks
    const facts = inspect(joinBytes(chunks))
    const known = facts.ok ? facts.value : null
    const media = await ports.media.put(
      {
        account,
        class: 'inbound',
        chunks,
        type: known?.type ?? 'application/octet-stream',
        width: known?.width ?? null,
        height: known?.height ?? null,
        expiresAt: await ports.keepInboundUntil(account, now),
      },
      now,
    )
    return {
      media: media.id,
      type: media.type,
      bytes: media.bytes,
      sha256: media.sha256,
      ...(media.width === null ? {} : { width: media.width }),
      ...(media.height === null ? {} : { height: media.height }),
      state: isBlocked(profile, media.type) ? 'blocked' : 'stored',
    }
  } catch (error) {
    ports.log('inbound_copy_failed', { error: String(error).slice(0, 200) })
    return null
  }
}
