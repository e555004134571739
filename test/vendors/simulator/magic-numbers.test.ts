import { describe, expect, it } from 'vitest'
import { REASON_NAMES } from '../../../src/domain/reason.ts'
import { MAGIC_NUMBERS } from '../../../src/vendors/simulator/magic-numbers.ts'
import type { HandsetsView } from '../../../src/vendors/simulator/network-api.ts'
import { PHONE, submission, withNetwork } from './far-side.ts'

describe('magic numbers', () => {
  it('are one for each reason, fictitious, and listed', () =>
    withNetwork(async (far) => {
      const view = await (await far.http('/handsets')).json<HandsetsView>()
      expect(view.magic.map((magic) => magic.reason)).toEqual(REASON_NAMES)
      expect(new Set(view.magic.map((magic) => magic.number)).size).toBe(REASON_NAMES.length)
      for (const magic of view.magic) expect(magic.number).toMatch(/^\+161355501\d\d$/)
    }))

  it.each(MAGIC_NUMBERS.map((magic) => [magic.reason, magic] as const))('%s shows', (reason, magic) =>
    withNetwork(async (far) => {
      const sent = submission({ to: [magic.number] })
      const outcome = await far.carrier.submit(sent)
      await far.pass(60_000)
      const reported = far.hooks.flatMap((hook) => (hook.ok ? hook.events : []))
      switch (magic.shows) {
        case 'refused':
          expect(outcome).toMatchObject({ kind: 'refused', reason, vendorCode: reason })
          break
        case 'later':
          expect(outcome).toMatchObject({ kind: 'later', reason, retryAfter: 2000 })
          break
        case 'silence':
          expect(outcome).toMatchObject({ kind: 'unknown' })
          expect(far.waits).toEqual([15_000])
          expect(await far.carrier.query(sent)).toEqual({ kind: 'later' })
          break
        case 'report':
          expect(outcome.kind).toBe('accepted')
          expect(reported.at(-1)).toMatchObject({
            kind: 'receipt',
            state: reason === 'expired' ? 'expired' : 'failed',
            reason,
          })
      }
      if (magic.shows !== 'report') expect(reported).toEqual([])
    }),
  )

  it.each(MAGIC_NUMBERS.filter((magic) => magic.mmsOnly).map((magic) => [magic.reason, magic] as const))(
    '%s takes text',
    (_reason, magic) =>
      withNetwork(async (far) => {
        const sent = submission({ to: [magic.number], channel: 'sms', text: 'Hi', parts: [] })
        expect((await far.carrier.submit(sent)).kind).toBe('accepted')
        await far.pass(60_000)
        expect(far.hooks.at(-1)).toMatchObject({ ok: true, events: [{ state: 'delivered' }] })
      }),
  )

  it('fail alone in a group, unless they speak of the carrier itself', () =>
    withNetwork(async (far) => {
      const numberOf = (reason: string) => MAGIC_NUMBERS.find((magic) => magic.reason === reason)!.number
      const mixed = await far.carrier.submit(submission({ to: [PHONE, numberOf('invalid_recipient')] }))
      expect(mixed.kind).toBe('accepted')
      await far.pass(60_000)
      const finals = far.hooks
        .flatMap((hook) => (hook.ok ? hook.events : []))
        .flatMap((event) => (event.kind === 'receipt' && event.state !== 'submitted' ? [event] : []))
      expect(finals.map((event) => [event.recipient, event.state, event.reason])).toEqual([
        [PHONE, 'delivered', null],
        [numberOf('invalid_recipient'), 'failed', 'invalid_recipient'],
      ])
      const paused = await far.carrier.submit(submission({ to: [PHONE, numberOf('rate_limited')] }))
      expect(paused).toMatchObject({ kind: 'later', reason: 'rate_limited' })
    }))
})
