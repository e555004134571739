import { describe, expect, it } from 'vitest'
import type { Part } from '../../src/domain/message.ts'
import { numberOf } from '../../src/domain/number.ts'
import type { RefitRequest } from '../../src/domain/refit.ts'
import type { SubmitOutcome } from '../../src/vendors/contract.ts'
import { onStage, type Stage } from './stage.ts'

/** What is sent again otherwise than it was: smaller, from another number, to one member alone, or not at all. */

const part = (bytes: number): Part => ({
  media: 'med_0000000000000000000000',
  name: 'image1.jpg',
  type: 'image/jpeg',
  bytes,
  sha256: 'aa',
  state: 'stored',
})
const BIG = { parts: [part(500_000)], budget: 600_000, wireBytes: 510_000 }

const tooLarge: SubmitOutcome = {
  kind: 'refused',
  reason: 'too_large',
  vendorCode: '2560',
  vendorText: 'Message too large',
}
const accepted = (vendorId: string): SubmitOutcome => ({ kind: 'accepted', vendorId })

/** Halves of what is asked for, so that a wrong budget shows. */
function fitting(stage: Stage): RefitRequest[] {
  const asked: RefitRequest[] = []
  stage.ports.media.find = async (_account, id) => ({ id }) as never
  stage.ports.media.read = async () => new Uint8Array(1)
  stage.fit = async (request) => {
    asked.push(request)
    return {
      kind: 'fitted',
      pieces: request.pieces.map(() => ({
        parts: [part(request.budget / 2)],
        wireBytes: request.budget / 2,
      })),
    }
  }
  return asked
}

describe('too large', () => {
  it('in the answer: is made to fit one step less, and goes again under a new reference', () =>
    onStage(async (stage) => {
      const asked = fitting(stage)
      stage.answer = (submission) => (submission.parts[0]!.bytes > 200_000 ? tooLarge : accepted('v2'))
      const id = await stage.send(BIG)
      const message = await stage.find(id)
      expect(asked.map((one) => one.budget)).toEqual([300_000])
      expect(stage.submissions).toHaveLength(2)
      expect(stage.submissions[1]!.id).not.toBe(id)
      expect(stage.submissions[1]!.submission).toMatchObject({ text: 'Hello', parts: [{ bytes: 150_000 }] })
      expect(message).toMatchObject({
        state: 'submitted',
        vendorId: 'v2',
        budget: 300_000,
        wireBytes: 150_000,
      })
      expect(message.timeline.map((one) => one.event)).toEqual(
        'accepted submitting too_large refit submitting submitted'.split(' '),
      )
      await stage.object.report(
        stage.thread.account,
        stage.report(stage.submissions[1]!.id, 'delivered', { certainty: 'handset' }),
      )
      expect((await stage.find(id)).state).toBe('delivered')
    }))

  it('once: the second time it fails, in the words of the carrier', () =>
    onStage(async (stage) => {
      const asked = fitting(stage)
      stage.answer = () => tooLarge
      const id = await stage.send(BIG)
      expect(asked).toHaveLength(1)
      expect(stage.submissions).toHaveLength(2)
      expect(await stage.find(id)).toMatchObject({
        state: 'failed',
        reason: 'too_large',
        vendorCode: '2560',
        vendorText: 'Message too large',
      })
    }))

  it('in a report: goes again too, and late words about the first bytes change nothing', () =>
    onStage(async (stage) => {
      fitting(stage)
      stage.answer = (_submission) => accepted(`v${stage.submissions.length}`)
      const id = await stage.send(BIG)
      const failed = stage.report(id, 'failed', {
        reason: 'too_large',
        vendorCode: 'MEDIA_TOO_LARGE',
        vendorId: 'v1',
      })
      await stage.object.report(stage.thread.account, failed)
      await stage.rest()
      expect(stage.submissions).toHaveLength(2)
      expect(await stage.find(id)).toMatchObject({ state: 'submitted', vendorId: 'v2', wireBytes: 150_000 })
      const late = { reason: 'unreachable', vendorId: 'v1' } as const
      await stage.object.report(stage.thread.account, stage.report(id, 'failed', { ...late, claim: 'late' }))
      expect((await stage.find(id)).state).toBe('submitted')
      // By the vendor's id alone, as MM7 reports.
      const now = stage.report(id, 'delivered', { vendorId: 'v2', certainty: 'handset' })
      await stage.object.report(stage.thread.account, now)
      expect(await stage.find(id)).toMatchObject({ state: 'delivered', certainty: 'handset' })
    }))

  it('in a report that follows the second one: fails', () =>
    onStage(async (stage) => {
      fitting(stage)
      stage.answer = () => accepted(`v${stage.submissions.length}`)
      const id = await stage.send(BIG)
      for (const vendorId of ['v1', 'v2']) {
        const more = { reason: 'too_large', vendorId, claim: vendorId } as const
        await stage.object.report(stage.thread.account, stage.report(id, 'failed', more))
        await stage.rest()
      }
      expect(stage.submissions).toHaveLength(2)
      expect(await stage.find(id)).toMatchObject({ state: 'failed', reason: 'too_large' })
    }))

  it('after a crash while it was made smaller: is asked for again', () =>
    onStage(async (stage, restart) => {
      const asked = fitting(stage)
      const { fit } = stage
      stage.answer = (submission) => (submission.parts[0]!.bytes > 200_000 ? tooLarge : accepted('v2'))
      stage.fit = () => new Promise(() => {})
      const id = await stage.send(BIG)
      expect(stage.submissions).toHaveLength(1)
      restart()
      stage.fit = fit
      await stage.later(20_000)
      expect(asked).toHaveLength(1)
      expect(await stage.find(id)).toMatchObject({ state: 'submitted', vendorId: 'v2' })
    }))

  it('where it cannot be made smaller: fails with what the carrier said, and why', () =>
    onStage(async (stage) => {
      fitting(stage)
      stage.answer = () => tooLarge
      stage.fit = async () => ({ kind: 'cannot', why: 'No size fits.' })
      const id = await stage.send(BIG)
      const message = await stage.find(id)
      expect(message).toMatchObject({ state: 'failed', reason: 'too_large', vendorCode: '2560' })
      expect(message.timeline.find((one) => one.event === 'refit_failed')?.detail).toBe('No size fits.')
    }))

  it('is final for what has nothing to make smaller', () =>
    onStage(async (stage) => {
      const asked = fitting(stage)
      stage.answer = () => tooLarge
      const id = await stage.send({ parts: [], wireBytes: 400 })
      expect(asked).toHaveLength(0)
      expect((await stage.find(id)).state).toBe('failed')
    }))
})

describe('a group whose carrier takes one request a member', () => {
  const MEMBERS = ['+16135550123', '+16135550124', '+16135550125']
  const group = (stage: Stage): void => {
    stage.byMember = true
    Object.assign(stage.thread, { members: MEMBERS })
  }

  it('has ids, reports and failures of each', () =>
    onStage(async (stage) => {
      group(stage)
      stage.answer = (submission) =>
        submission.to[0] === MEMBERS[1]
          ? { kind: 'refused', reason: 'invalid_recipient', vendorCode: '2002', vendorText: null }
          : accepted(`v-${submission.to[0]}`)
      const id = await stage.send({ to: MEMBERS })
      expect(stage.submissions.map(({ submission: { to, others } }) => [to, others])).toEqual([
        [[MEMBERS[0]], [MEMBERS[1], MEMBERS[2]]],
        [[MEMBERS[1]], [MEMBERS[0], MEMBERS[2]]],
        [[MEMBERS[2]], [MEMBERS[0], MEMBERS[1]]],
      ])
      expect(new Set(stage.submissions.map((one) => one.id)).size).toBe(3)
      const after = await stage.find(id)
      expect(after.state).toBe('submitted')
      expect(after.recipients.map((one) => one.state)).toEqual(['submitted', 'failed', 'submitted'])
      await stage.later(10)
      expect(stage.projected.get(id)?.vendorIds).toEqual([`v-${MEMBERS[0]}`, `v-${MEMBERS[2]}`])
      // By the vendor's id alone, and without a word of the recipient.
      for (const n of [2, 0])
        await stage.object.report(
          stage.thread.account,
          stage.report(id, 'delivered', { vendorId: `v-${MEMBERS[n]}`, certainty: 'handset', claim: `${n}` }),
        )
      expect(await stage.find(id)).toMatchObject({
        state: 'delivered',
        recipients: [
          { state: 'delivered', certainty: 'handset' },
          { state: 'failed', reason: 'invalid_recipient' },
          { state: 'delivered', certainty: 'handset' },
        ],
      })
    }))

  it('asks about the one whose outcome is unknown, and sends nobody a second copy', () =>
    onStage(async (stage) => {
      group(stage)
      stage.answer = (submission) =>
        submission.to[0] === MEMBERS[1]
          ? { kind: 'unknown', detail: 'timed out' }
          : accepted(`v-${submission.to[0]}`)
      stage.queryAnswer = () => ({ kind: 'found', vendorId: 'v-found' })
      const id = await stage.send({ to: MEMBERS })
      await stage.later(5_000)
      expect(stage.submissions).toHaveLength(3)
      expect(stage.queries).toEqual([stage.submissions[1]!.id])
      expect(await stage.find(id)).toMatchObject({ state: 'submitted', maybeDuplicate: false })
    }))

  it('makes smaller what one of them could not take, for that one', () =>
    onStage(async (stage) => {
      group(stage)
      fitting(stage)
      stage.answer = (submission) => accepted(`v-${submission.to[0]}-${stage.submissions.length}`)
      const id = await stage.send({ ...BIG, to: MEMBERS })
      const failed = { reason: 'too_large', vendorId: `v-${MEMBERS[1]}-2`, recipient: MEMBERS[1]! } as const
      await stage.object.report(stage.thread.account, stage.report(id, 'failed', failed))
      await stage.rest()
      expect(stage.submissions).toHaveLength(4)
      expect(stage.submissions[3]!.submission).toMatchObject({
        to: [MEMBERS[1]],
        parts: [{ bytes: 150_000 }],
      })
      expect((await stage.find(id)).recipients.map((one) => one.state)).toEqual(Array(3).fill('submitted'))
    }))
})

describe('an outcome that nobody can tell', () => {
  it('of marketing: is never sent again', () =>
    onStage(async (stage) => {
      stage.answer = () => ({ kind: 'unknown', detail: 'timed out' })
      stage.queryAnswer = () => ({ kind: 'unsupported' })
      const said = { programme: null, state: 'in', source: 'api', at: stage.now } as const
      stage.ports.consents.of = async (_account, addresses) =>
        new Map(addresses.map((address) => [address, [{ ...said, address }]]))
      const id = await stage.send({ purpose: 'marketing' })
      for (let i = 0; i < 5; i++) await stage.later(60_000)
      expect(stage.submissions).toHaveLength(1)
      expect(await stage.find(id)).toMatchObject({ state: 'failed', maybeDuplicate: false })
    }))
})

describe('another number of the account', () => {
  const other = (more = {}) =>
    numberOf({ account: 'acc_stage', address: '+14165550199', vendor: 'simulator', failover: true, ...more })
  const refused: SubmitOutcome = {
    kind: 'refused',
    reason: 'sender_not_allowed',
    vendorCode: '403',
    vendorText: null,
  }

  it('sends once where the own one may not, and the message says so', () =>
    onStage(async (stage) => {
      stage.others.push(other())
      stage.answer = (submission) => (submission.from === stage.thread.own ? refused : accepted('v'))
      const id = await stage.send()
      const message = await stage.find(id)
      expect(stage.submissions.map((one) => one.submission.from)).toEqual([stage.thread.own, '+14165550199'])
      expect(message).toMatchObject({ state: 'submitted', from: stage.thread.own, via: '+14165550199' })
      expect(message.warnings).toMatchObject([{ code: 'sent_from_other_number' }])
      expect(message.timeline.map((one) => one.event)).toContain('failover')
    }))

  it('sends after an outage of two minutes, and not before', () =>
    onStage(async (stage) => {
      stage.others.push(other())
      stage.answer = (submission) =>
        submission.from === stage.thread.own
          ? { ...refused, kind: 'later', reason: 'vendor_unavailable', retryAfter: null }
          : accepted('v')
      await stage.send()
      for (let s = 0; s < 100; s += 10) await stage.later(10_000)
      expect(stage.submissions.every((one) => one.submission.from === stage.thread.own)).toBe(true)
      for (let s = 0; s < 120; s += 10) await stage.later(10_000)
      expect(stage.submissions.at(-1)!.submission.from).toBe('+14165550199')
    }))

  it.each([
    ['is not set to', { failover: false }],
    ['is of another kind', { address: '+18885550199', type: 'toll-free' }],
    ['has another registration', { registration: { kind: '10dlc', state: 'active', id: 'C1', caps: {} } }],
    ['has no MMS', { capabilities: { sms: 'active', mms: 'off' } }],
    ['is in another country', { address: '+12025550199', country: 'US' }],
    ['allows fewer bytes', { budget: 999 }],
  ])('does not where it %s', (_, more) =>
    onStage(async (stage) => {
      stage.others.push(other(more as never))
      stage.answer = () => refused
      const id = await stage.send()
      expect(stage.submissions).toHaveLength(1)
      expect(await stage.find(id)).toMatchObject({ state: 'failed', reason: 'sender_not_allowed' })
    }),
  )

  it('is not asked for what another number would not cure', () =>
    onStage(async (stage) => {
      stage.others.push(other())
      stage.answer = () => ({ ...refused, reason: 'invalid_recipient' })
      await stage.send()
      expect(stage.submissions).toHaveLength(1)
    }))
})

describe('taking back', () => {
  it('asks the carrier once it was submitted', () =>
    onStage(async (stage) => {
      const asked: string[] = []
      stage.takenBack = (vendorId) => {
        asked.push(vendorId)
        return { kind: asked.length === 1 ? 'too_late' : 'canceled' }
      }
      const id = await stage.send()
      expect(await stage.object.cancel(stage.thread.account, id)).toBe('too_late')
      expect((await stage.find(id)).state).toBe('submitted')
      expect(await stage.object.cancel(stage.thread.account, id)).toBe('canceled')
      expect(asked).toEqual([`v-${id}`, `v-${id}`])
      expect((await stage.find(id)).state).toBe('canceled')
    }))
})

describe('replacing', () => {
  const content = { subject: null, text: 'Better', parts: [], wireBytes: 900, warnings: [], otherwise: null }

  it('gives what waits its new content, and nothing of the old one', () =>
    onStage(async (stage) => {
      const id = await stage.send({
        sendAt: stage.now + 60_000,
        otherwise: 'Hello\nhttps://gateway.example/l/page',
        offers: [{ title: 'Yes', postback: 'y' }] as never,
      })
      expect(await stage.object.replace('acc_other', id, content)).toBe('unknown_message')
      expect(await stage.object.replace(stage.thread.account, id, content)).toBe('replaced')
      const message = await stage.find(id)
      expect(message).toMatchObject({ state: 'accepted', text: 'Better', wireBytes: 900 })
      expect(message.otherwise ?? message.offers).toBeUndefined()
      expect(message.timeline.at(-1)?.event).toBe('replaced')
      await stage.later(60_000)
      expect(stage.submissions.map(({ submission }) => submission.text)).toEqual(['Better'])
    }))

  it.each([
    ['replaced', 'Better', 'replaced', 'replaced'],
    ['refused', 'Hello', 'submitted', 'refused'],
    ['later', 'Hello', 'replace_unknown', 'silent'],
  ] as const)('asks the carrier once it was submitted, which says %s', (kind, text, event, outcome) =>
    onStage(async (stage) => {
      const asked: unknown[] = []
      stage.replaced = (submission, vendorId) => {
        asked.push([submission.text, vendorId])
        return { kind }
      }
      const id = await stage.send()
      expect(await stage.object.replace(stage.thread.account, id, content)).toBe(outcome)
      expect(asked).toEqual([['Better', `v-${id}`]])
      const message = await stage.find(id)
      expect(message).toMatchObject({ state: 'submitted', text })
      expect(message.timeline.at(-1)?.event).toBe(event)
    }),
  )

  it('comes too late for what was delivered', () =>
    onStage(async (stage) => {
      stage.replaced = () => ({ kind: 'replaced' })
      const id = await stage.send()
      await stage.object.report(stage.thread.account, stage.report(id, 'delivered'))
      expect(await stage.object.replace(stage.thread.account, id, content)).toBe('too_late')
      expect((await stage.find(id)).text).toBe('Hello')
    }))
})

describe('no MMS', () => {
  const noMms: SubmitOutcome = { kind: 'refused', reason: 'no_mms', vendorCode: '4406', vendorText: 'No MMS' }
  const TEXT = 'Hello\nhttps://gateway.example/l/page'
  const bySms = (stage: Stage): void => {
    fitting(stage)
    stage.answer = (submission) => (submission.channel === 'mms' ? noMms : accepted('v2'))
  }

  it('in the answer: what may go as a text goes as one, under a new reference', () =>
    onStage(async (stage) => {
      bySms(stage)
      const id = await stage.send({ ...BIG, channel: 'mms', subject: 'S', otherwise: TEXT })
      expect(stage.submissions).toHaveLength(2)
      const { submission, id: reference } = stage.submissions[1]!
      expect(reference).not.toBe(id)
      expect(submission).toMatchObject({ channel: 'sms', subject: null, text: TEXT, parts: [] })
      const message = await stage.find(id)
      expect(message).toMatchObject({
        state: 'submitted',
        channel: 'sms',
        text: TEXT,
        parts: [],
        vendorId: 'v2',
      })
      expect(message.warnings.map((one) => one.code)).toContain('sent_as_sms')
      expect(message.timeline.map((one) => one.event)).toEqual(
        'accepted submitting channel_fallback submitting submitted'.split(' '),
      )
      await stage.object.report(
        stage.thread.account,
        stage.report(reference, 'delivered', { certainty: 'handset' }),
      )
      expect((await stage.find(id)).state).toBe('delivered')
    }))

  it('in a report: the same, and what is said of the MMS later changes nothing', () =>
    onStage(async (stage) => {
      fitting(stage)
      stage.answer = (_submission, nth) => accepted(`v${nth}-${stage.submissions.length}`)
      const id = await stage.send({ ...BIG, channel: 'mms', otherwise: TEXT })
      const { vendorId } = await stage.find(id)
      const said = { reason: 'no_mms', vendorId } as const
      await stage.object.report(stage.thread.account, stage.report(id, 'failed', said))
      await stage.rest()
      expect(stage.submissions).toHaveLength(2)
      expect(await stage.find(id)).toMatchObject({ state: 'submitted', channel: 'sms', text: TEXT })
      await stage.object.report(stage.thread.account, stage.report(id, 'failed', { ...said, claim: 'late' }))
      expect((await stage.find(id)).state).toBe('submitted')
    }))

  it('fails where nobody asked for a text, where a text would fail too, and where the text does', () =>
    onStage(async (stage) => {
      bySms(stage)
      const plain = await stage.send({ ...BIG, channel: 'mms' })
      expect(await stage.find(plain)).toMatchObject({ state: 'failed', reason: 'no_mms', channel: 'mms' })
      stage.answer = () => ({ ...noMms, reason: 'invalid_recipient' })
      const nobody = await stage.send({ ...BIG, channel: 'mms', otherwise: TEXT })
      expect(await stage.find(nobody)).toMatchObject({ state: 'failed', reason: 'invalid_recipient' })
      stage.answer = () => noMms
      const twice = await stage.send({ ...BIG, channel: 'mms', otherwise: TEXT })
      expect(await stage.find(twice)).toMatchObject({ state: 'failed', reason: 'no_mms', channel: 'sms' })
      expect(stage.submissions).toHaveLength(4)
    }))

  it('what no size makes acceptable goes as a text too', () =>
    onStage(async (stage) => {
      fitting(stage)
      stage.fit = async () => ({ kind: 'cannot', why: 'No size fits.' })
      stage.answer = (submission) => (submission.channel === 'mms' ? tooLarge : accepted('v2'))
      const id = await stage.send({ ...BIG, channel: 'mms', otherwise: TEXT })
      expect(await stage.find(id)).toMatchObject({ state: 'submitted', channel: 'sms', text: TEXT })
    }))
})
