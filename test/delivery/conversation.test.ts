import { describe, expect, it } from 'vitest'
import type { SubmitOutcome } from '../../src/vendors/contract.ts'
import { onStage } from './stage.ts'

const MINUTE = 60_000
const down: SubmitOutcome = {
  kind: 'later',
  reason: 'vendor_unavailable',
  vendorCode: '503',
  vendorText: null,
  retryAfter: null,
}

describe('order', () => {
  it('submits in the order of the sequence numbers, one at a time', () =>
    onStage(async (stage) => {
      let open = 0
      stage.answer = async (submission) => {
        expect(++open).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, 1))
        open--
        return { kind: 'accepted', vendorId: submission.reference }
      }
      const envelopes = Array.from({ length: 30 }, () => stage.envelope())
      const accepted = await Promise.all(
        envelopes.map((one) => stage.object.accept(stage.conversation, stage.thread, one)),
      )
      for (let i = 0; i < 500 && stage.submissions.length < 30; i++)
        await new Promise((resolve) => setTimeout(resolve, 10))
      const bySequence = accepted.map((one) => one!.message).sort((a, b) => a.sequence - b.sequence)
      expect(stage.submissions.map((one) => one.id)).toEqual(bySequence.map((one) => one.id))
      expect(bySequence.map((one) => one.sequence)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    }))

  it('holds what is behind a retrying message for two minutes, then lets it pass and says so', () =>
    onStage(async (stage) => {
      const started = stage.now
      const bad = stage.envelope()
      stage.answer = (submission) =>
        submission.reference === bad.id ? down : { kind: 'accepted', vendorId: 'x' }
      await stage.object.accept(stage.conversation, stage.thread, bad)
      await stage.rest()
      const second = await stage.send()
      for (let s = 0; s < 115; s += 5) await stage.later(5_000)
      expect(stage.submissions.some((one) => one.id === second)).toBe(false)
      for (let s = 0; s < 15; s += 5) await stage.later(5_000)
      const passed = stage.submissions.find((one) => one.id === second)
      expect(passed!.at - started).toBeGreaterThanOrEqual(2 * MINUTE)
      expect((await stage.find(second)).timeline.map((one) => one.event)).toContain('passed')
    }))

  it('takes the same message twice as one', () =>
    onStage(async (stage) => {
      const envelope = stage.envelope()
      const [first, second] = await Promise.all([
        stage.object.accept(stage.conversation, stage.thread, envelope),
        stage.object.accept(stage.conversation, stage.thread, envelope),
      ])
      await stage.rest()
      expect([first!.duplicate, second!.duplicate].sort()).toEqual([false, true])
      expect(stage.submissions).toHaveLength(1)
    }))

  it('belongs to one account', () =>
    onStage(async (stage) => {
      const id = await stage.send()
      expect(
        await stage.object.accept(
          stage.conversation,
          { ...stage.thread, account: 'acc_other' },
          stage.envelope(),
        ),
      ).toBeNull()
      expect(await stage.object.message('acc_other', id)).toBeNull()
      expect(await stage.object.page('acc_other', null, 10)).toBeNull()
      expect(await stage.object.report('acc_other', stage.report(id, 'delivered'))).toBe('unknown_message')
    }))
})

describe('faults of the far side', () => {
  it('F-3: five server errors, then success: the gaps are 5 s, 30 s, 2 min, 10 min, 30 min', () =>
    onStage(async (stage) => {
      stage.answer = (submission, nth) =>
        nth <= 5 ? down : { kind: 'accepted', vendorId: submission.reference }
      const id = await stage.send()
      for (let minute = 0; minute < 50 && (await stage.find(id)).state !== 'submitted'; minute += 1 / 12)
        await stage.later(5_000)
      const times = stage.submissions.map((one) => one.at)
      const gaps = times.slice(1).map((at, i) => (at - times[i]!) / 1000)
      for (const [i, wanted] of [5, 30, 120, 600, 1800].entries()) {
        expect(gaps[i]).toBeGreaterThanOrEqual(wanted * 0.8)
        expect(gaps[i]).toBeLessThanOrEqual(wanted * 1.2 + 5)
      }
      expect((await stage.find(id)).state).toBe('submitted')
    }))

  it('F-3: gives up after ten hours, with the reason', () =>
    onStage(async (stage) => {
      stage.answer = () => down
      const id = await stage.send({ validUntil: stage.now + 20 * 3_600_000 })
      for (let hour = 0; hour < 11; hour += 0.25) await stage.later(15 * MINUTE)
      const message = await stage.find(id)
      expect(message).toMatchObject({ state: 'failed', reason: 'vendor_unavailable', vendorCode: '503' })
      expect(stage.submissions.at(-1)!.at - stage.submissions[0]!.at).toBeLessThanOrEqual(10 * 3_600_000)
    }))

  it.each([1, 60, 3600])('F-4: a pause of %i s that the vendor asks for is kept', (seconds) =>
    onStage(async (stage) => {
      stage.answer = (submission, nth) =>
        nth === 1
          ? { ...down, reason: 'rate_limited', retryAfter: seconds * 1000 }
          : { kind: 'accepted', vendorId: submission.reference }
      await stage.send()
      await stage.later(seconds * 1000 - 1)
      expect(stage.submissions).toHaveLength(1)
      await stage.later(1)
      expect(stage.submissions).toHaveLength(2)
    }),
  )

  it('F-5: a refusal for good is not retried', () =>
    onStage(async (stage) => {
      stage.answer = () => ({
        kind: 'refused',
        reason: 'invalid_recipient',
        vendorCode: '40001',
        vendorText: 'Not routable',
      })
      const id = await stage.send()
      await stage.later(24 * 3_600_000)
      expect(stage.submissions).toHaveLength(1)
      expect(await stage.find(id)).toMatchObject({
        state: 'failed',
        reason: 'invalid_recipient',
        vendorCode: '40001',
        vendorText: 'Not routable',
      })
    }))

  it('F-2: a lost answer is resolved by asking, not by sending again', () =>
    onStage(async (stage) => {
      stage.answer = () => ({ kind: 'unknown', detail: 'timed out' })
      stage.queryAnswer = () => ({ kind: 'found', vendorId: 'v-1' })
      const id = await stage.send()
      await stage.later(5_000)
      expect(stage.submissions).toHaveLength(1)
      expect(stage.queries).toEqual([id])
      expect(await stage.find(id)).toMatchObject({
        state: 'submitted',
        vendorId: 'v-1',
        maybeDuplicate: false,
      })
    }))

  it('F-2: what the vendor never got is sent again', () =>
    onStage(async (stage) => {
      stage.answer = (submission, nth) =>
        nth === 1
          ? { kind: 'unknown', detail: 'timed out' }
          : { kind: 'accepted', vendorId: submission.reference }
      const id = await stage.send()
      await stage.later(5_000)
      expect(stage.submissions).toHaveLength(2)
      expect(await stage.find(id)).toMatchObject({ state: 'submitted', maybeDuplicate: false })
    }))

  it('F-2: where nobody can be asked it is sent once more, marked, and then never again', () =>
    onStage(async (stage) => {
      stage.answer = () => ({ kind: 'unknown', detail: 'timed out' })
      stage.queryAnswer = () => ({ kind: 'unsupported' })
      const id = await stage.send()
      for (let i = 0; i < 30; i++) await stage.later(MINUTE)
      expect(stage.submissions).toHaveLength(2)
      expect(await stage.find(id)).toMatchObject({
        state: 'failed',
        reason: 'outcome_unknown',
        maybeDuplicate: true,
      })
    }))

  it('an attempt cut by a crash is resolved by asking', () =>
    onStage(async (stage, restart) => {
      stage.answer = () => new Promise(() => {})
      const envelope = stage.envelope()
      await stage.object.accept(stage.conversation, stage.thread, envelope)
      await stage.rest()
      expect(stage.submissions).toHaveLength(1)
      restart()
      stage.queryAnswer = () => ({ kind: 'found', vendorId: 'v-9' })
      await stage.later(20_000)
      expect(stage.submissions).toHaveLength(1)
      expect(await stage.find(envelope.id)).toMatchObject({ state: 'submitted', vendorId: 'v-9' })
    }))

  it('a carrier that throws leaves the outcome unknown, not the message lost', () =>
    onStage(async (stage) => {
      stage.answer = (submission, nth) => {
        if (nth === 1) throw new Error('a bug')
        return { kind: 'accepted', vendorId: submission.reference }
      }
      const id = await stage.send()
      await stage.later(5_000)
      expect(await stage.find(id)).toMatchObject({ state: 'submitted' })
    }))
})

describe('consent', () => {
  it('S-13: an opt-out is honoured for what is queued already', () =>
    onStage(async (stage) => {
      stage.answer = (_submission, nth) => (nth === 1 ? down : { kind: 'accepted', vendorId: 'x' })
      const id = await stage.send()
      stage.out.add('+16135550123')
      await stage.later(10_000)
      expect(stage.submissions).toHaveLength(1)
      expect(await stage.find(id)).toMatchObject({ state: 'failed', reason: 'opted_out' })
    }))

  it('S-13: nothing goes out while consent cannot be looked up', () =>
    onStage(async (stage) => {
      stage.consentsDown = true
      const id = await stage.send()
      await stage.later(10_000)
      expect(stage.submissions).toHaveLength(0)
      stage.consentsDown = false
      await stage.later(60_000)
      expect(stage.submissions).toHaveLength(1)
      expect((await stage.find(id)).state).toBe('submitted')
    }))

  it('the answer to an opt-out itself goes out', () =>
    onStage(async (stage) => {
      stage.out.add('+16135550123')
      await stage.send({ automatic: 'consent' })
      expect(stage.submissions).toHaveLength(1)
    }))
})

describe('alarms', () => {
  it('F-10: rung twice at once and again an hour later, one submit', () =>
    onStage(async (stage) => {
      await stage.send()
      await Promise.all([stage.object.alarm(), stage.object.alarm()])
      await stage.later(3_600_000)
      expect(stage.submissions).toHaveLength(1)
    }))

  it('F-11: a body that fails ten times neither throws nor loses the work', () =>
    onStage(async (stage) => {
      stage.indexDown = true
      const id = await stage.send()
      for (let i = 0; i < 10; i++) await expect(stage.later(MINUTE)).resolves.toBeUndefined()
      expect(stage.projected.size).toBe(0)
      stage.indexDown = false
      await stage.later(MINUTE)
      expect(stage.projected.get(id)!.message.state).toBe('submitted')
      expect(stage.settled).toBeGreaterThan(0)
    }))

  it('expires what could not be handed over in time, without handing it over', () =>
    onStage(async (stage) => {
      stage.answer = () => down
      const id = await stage.send({ validUntil: stage.now + 20_000 })
      await stage.later(MINUTE)
      expect(await stage.find(id)).toMatchObject({ state: 'expired', reason: 'expired' })
      expect(stage.submissions).toHaveLength(1)
    }))

  it('calls silence by the end of validity unconfirmed, and believes a late report', () =>
    onStage(async (stage) => {
      const id = await stage.send()
      await stage.later(10 * 3_600_000 + 1)
      expect((await stage.find(id)).state).toBe('unconfirmed')
      await stage.object.report(stage.thread.account, stage.report(id, 'delivered', { certainty: 'handset' }))
      expect(await stage.find(id)).toMatchObject({ state: 'delivered', certainty: 'handset' })
    }))
})

describe('reports', () => {
  it('F-12: duplicated tenfold and shuffled, the final state is the same', () =>
    onStage(async (stage) => {
      for (let run = 0; run < 300; run++) {
        const envelope = stage.envelope()
        await stage.object.accept(stage.conversation, stage.thread, envelope)
        const reports = [
          stage.report(envelope.id, 'submitted'),
          stage.report(envelope.id, 'delivered', { certainty: 'handed-off' }),
          stage.report(envelope.id, 'delivered', { certainty: 'carrier' }),
          stage.report(envelope.id, 'delivered', { certainty: 'handset' }),
        ]
        const shuffled = Array.from({ length: 10 }, () => reports)
          .flat()
          .map((one) => ({ one, at: Math.random() }))
          .sort((a, b) => a.at - b.at)
        const results: string[] = []
        for (const { one } of shuffled) results.push(await stage.object.report(stage.thread.account, one))
        expect(results.filter((one) => one === 'applied')).toHaveLength(4)
        expect(await stage.find(envelope.id)).toMatchObject({ state: 'delivered', certainty: 'handset' })
      }
    }))

  it('a report that overtakes the answer to the submit wins, and the message is not sent again', () =>
    onStage(async (stage) => {
      let answered!: (outcome: SubmitOutcome) => void
      stage.answer = () => new Promise((resolve) => (answered = resolve))
      const envelope = stage.envelope()
      await stage.object.accept(stage.conversation, stage.thread, envelope)
      await stage.rest()
      await stage.object.report(
        stage.thread.account,
        stage.report(envelope.id, 'delivered', { certainty: 'handset' }),
      )
      answered({ kind: 'unknown', detail: 'the answer got lost' })
      await stage.rest()
      await stage.later(3_600_000)
      expect(stage.submissions).toHaveLength(1)
      expect(await stage.find(envelope.id)).toMatchObject({ state: 'delivered', certainty: 'handset' })
    }))

  it('a parked report is taken up when the submit returns its id', () =>
    onStage(async (stage) => {
      stage.parked.push({
        vendor: 'simulator',
        account: null,
        eventId: 'e1',
        vendorId: 'v-early',
        body: JSON.stringify(stage.report('', 'delivered', { certainty: 'handset', claim: 'early' })),
        at: stage.now,
      })
      stage.answer = () => ({ kind: 'accepted', vendorId: 'v-early' })
      const id = await stage.send()
      await stage.later(1_000)
      expect(await stage.find(id)).toMatchObject({ state: 'delivered', certainty: 'handset' })
      expect(stage.parked).toHaveLength(0)
    }))

  it('keeps recipients of a group apart', () =>
    onStage(async (stage) => {
      const to = ['+16135550123', '+16135550124']
      const id = await stage.send({ to })
      await stage.object.report(
        stage.thread.account,
        stage.report(id, 'delivered', { recipient: to[0]!, certainty: 'handset', claim: 'a' }),
      )
      expect(await stage.find(id)).toMatchObject({ state: 'submitted' })
      await stage.object.report(
        stage.thread.account,
        stage.report(id, 'failed', { recipient: to[1]!, reason: 'unreachable', claim: 'b' }),
      )
      const message = await stage.find(id)
      expect(message.recipients).toEqual([
        { address: to[0], state: 'delivered', certainty: 'handset' },
        { address: to[1], state: 'failed', reason: 'unreachable' },
      ])
      expect(message.state).toBe('delivered')
    }))
})

describe('inbound', () => {
  const part = {
    media: '',
    name: 'file1',
    type: 'image/jpeg',
    bytes: 0,
    sha256: '',
    state: 'pending',
  } as const
  const inbound = (claim: string, now: number) => ({
    claim,
    vendor: 'simulator' as const,
    channel: 'mms' as const,
    from: '+16135550123',
    to: ['+14165550100'],
    subject: null,
    text: 'Look',
    parts: [{ source: { url: 'https://carrier.example/1' }, part }],
    at: now,
  })

  it('F-12: the same event ten times is one message', () =>
    onStage(async (stage) => {
      const all = await Promise.all(
        Array.from({ length: 10 }, () =>
          stage.object.receive(stage.conversation, stage.thread, inbound('e1', stage.now)),
        ),
      )
      expect(new Set(all.map((one) => one!.message)).size).toBe(1)
      expect(all.filter((one) => !one!.duplicate)).toHaveLength(1)
    }))

  it('F-13: the message is there at once, its media when it can be fetched', () =>
    onStage(async (stage) => {
      const readyAt = stage.now + 30_000
      stage.media = () => ({ ok: stage.now >= readyAt })
      const { message } = (await stage.object.receive(
        stage.conversation,
        stage.thread,
        inbound('e1', stage.now),
      ))!
      await stage.rest()
      expect((await stage.find(message)).parts[0]).toMatchObject({ state: 'pending' })
      for (let i = 0; i < 12; i++) await stage.later(5_000)
      expect((await stage.find(message)).parts[0]).toMatchObject({
        state: 'stored',
        media: 'med_stored0000000000000000',
      })
    }))

  it('F-13: media that never comes is given up after ten tries, and the message stays', () =>
    onStage(async (stage) => {
      let tries = 0
      stage.media = () => {
        tries++
        return { ok: false }
      }
      const { message } = (await stage.object.receive(
        stage.conversation,
        stage.thread,
        inbound('e1', stage.now),
      ))!
      for (let i = 0; i < 400; i++) await stage.later(20_000)
      expect(tries).toBe(10)
      expect(await stage.find(message)).toMatchObject({ text: 'Look', parts: [{ state: 'unavailable' }] })
    }))
})
