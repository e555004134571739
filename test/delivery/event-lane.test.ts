import { describe, expect, it } from 'vitest'
import { onStage, type Stage } from './stage.ts'

const types = (stage: Stage) => stage.events.map((one) => one.type)

describe('what a conversation tells its account', () => {
  it('a message on its way, each state once, with the message as it then stood', () =>
    onStage(async (stage) => {
      const id = await stage.send()
      await stage.object.report(stage.thread.account, stage.report(id, 'delivered', { certainty: 'carrier' }))
      await stage.object.report(stage.thread.account, stage.report(id, 'delivered', { certainty: 'carrier' }))
      await stage.object.report(stage.thread.account, stage.report(id, 'delivered', { certainty: 'handset' }))
      await stage.later(1000)
      expect(types(stage)).toEqual([
        'conversation.created',
        'message.accepted',
        'message.submitted',
        'message.delivered',
        'message.delivered',
      ])
      expect(stage.events.slice(1).map((one) => one.data.message?.state)).toEqual([
        'accepted',
        'submitted',
        'delivered',
        'delivered',
      ])
      expect(stage.events.map((one) => one.data.message?.certainty ?? null)).toEqual([
        null,
        null,
        null,
        'carrier',
        'handset',
      ])
      expect(stage.events[0]).toMatchObject({
        number: stage.thread.own,
        conversation: stage.conversation,
        data: { conversation: { members: stage.thread.members } },
      })
      expect(new Set(stage.events.map((one) => one.id)).size).toBe(5)
    }))

  it.each([
    ['refused by the vendor', 'message.failed'],
    ['never taken until its validity ended', 'message.expired'],
    ['never reported', 'message.unconfirmed'],
  ])('a message that was %s: %s', (how, type) =>
    onStage(async (stage) => {
      if (how.startsWith('refused'))
        stage.answer = () =>
          ({ kind: 'refused', reason: 'carrier_rejected', vendorCode: '1', vendorText: null }) as const
      if (how.startsWith('never taken'))
        stage.answer = () => ({
          kind: 'later',
          reason: 'vendor_unavailable',
          vendorCode: null,
          vendorText: null,
          retryAfter: null,
        })
      await stage.send({ validUntil: stage.now + 60_000 })
      for (let i = 0; i < 40; i++) await stage.later(5_000)
      expect(types(stage).at(-1)).toBe(type)
      expect(types(stage).filter((one) => one === type)).toHaveLength(1)
    }),
  )

  it('what came in, and its media when it was copied or never will be', () =>
    onStage(async (stage) => {
      stage.media = (url) => (url.endsWith('good') ? { ok: true } : { ok: false })
      const part = {
        media: '',
        name: 'file1',
        type: 'image/jpeg',
        bytes: 0,
        sha256: '',
        state: 'pending',
      } as const
      await stage.object.receive(stage.conversation, stage.thread, {
        claim: 'simulator:message:1',
        vendor: 'simulator',
        channel: 'mms',
        from: '+16135550123',
        to: [stage.thread.own],
        subject: null,
        text: 'Look',
        parts: [
          { source: { url: 'https://carrier.example/good' }, part },
          { source: { url: 'https://carrier.example/bad' }, part },
        ],
        at: stage.now,
      })
      await stage.rest()
      for (let i = 0; i < 140; i++) await stage.later(30_000)
      expect(types(stage)).toEqual([
        'conversation.created',
        'message.received',
        'media.stored',
        'media.unavailable',
      ])
      expect(stage.events.map((one) => one.data.part)).toEqual([undefined, undefined, 0, 1])
    }))

  it('is told later when the account does not answer: in order, nothing lost, and no message waits for it', () =>
    onStage(async (stage, restart) => {
      stage.eventsDown = true
      const first = await stage.send()
      const second = await stage.send()
      expect(stage.submissions.map((one) => one.id)).toEqual([first, second])
      expect(stage.events).toEqual([])
      restart()
      stage.eventsDown = false
      await stage.later(120_000)
      expect(stage.events.map((one) => [one.type, one.data.message?.id])).toEqual([
        ['conversation.created', undefined],
        ['message.accepted', first],
        ['message.submitted', first],
        ['message.accepted', second],
        ['message.submitted', second],
      ])
    }))

  it('keeps the conversation open while something is untold', () =>
    onStage(async (stage) => {
      stage.eventsDown = true
      await stage.send()
      await stage.later(1000)
      expect(stage.settled).toBe(0)
      stage.eventsDown = false
      await stage.later(120_000)
      await stage.later(1000)
      expect(stage.settled).toBeGreaterThan(0)
    }))
})
