import { BULK } from '../domain/policy.ts'
import { releaseUnclaimed } from './credit.ts'
import type { MessagingPorts } from './ports.ts'

/** Conversations woken a run: each takes a call, and a run has about a minute. */
const WOKEN = 200
/** A conversation with work is left alone for this long: its own alarm is the first to act. */
const UNTOUCHED = 2 * 60_000
const PARKED = 24 * 3_600_000

/** What the cron does each minute: wakes conversations that sleep over work, deletes what has expired, lets go of old claims. */
export async function sweep(
  ports: Pick<
    MessagingPorts,
    'index' | 'conversations' | 'media' | 'clock' | 'log' | 'credit' | 'quota' | 'recipients'
  >,
): Promise<void> {
  const now = ports.clock.now()
  await guarded(ports, 'wake', async () => {
    for (const conversation of await ports.index.stale(now - UNTOUCHED, now, WOKEN))
      await guarded(ports, 'wake_one', () => ports.conversations.wake(conversation))
  })
  await guarded(ports, 'media', async () => {
    await ports.media.sweep(now, 500)
  })
  await guarded(ports, 'index', async () => {
    await ports.index.sweep(now - PARKED, now)
  })
  await guarded(ports, 'credit', () => releaseUnclaimed(ports))
  await guarded(ports, 'counts', async () => {
    await ports.quota.sweep(now)
    await ports.recipients.sweep(now - BULK.within)
  })
}

/** One part of the sweep that fails must not keep the others from their work. */
async function guarded(
  ports: Pick<MessagingPorts, 'log'>,
  step: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    ports.log('sweep_failed', { step, error: String(error).slice(0, 200) })
  }
}
