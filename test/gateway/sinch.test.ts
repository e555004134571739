import { afterAll, beforeAll, expect, it } from 'vitest'
import { exerciseSinch } from '../../scripts/lib/sinch-exercise.mjs'
import { DEV_KEY, type Gateway, startGateway } from './harness.ts'
import { photo } from './photo.ts'

/** The Conversation API over HTTP, used by the vendor's own client library as it is. */

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway?.close())

it('is taken for Sinch by Sinch\u2019s own library', { timeout: 300_000 }, async () => {
  const { lines, problems, callbacks } = await exerciseSinch({
    origin: gateway.url.origin,
    key: DEV_KEY,
    picture: await photo(320, 240),
  })
  expect(problems).toEqual([])
  expect(lines).toHaveLength(13)
  // Every message that was sent is submitted, and delivered or failed, once.
  expect(callbacks).toMatchObject({ MESSAGE_SUBMIT: 11, MESSAGE_DELIVERY: 12, OPT_OUT: 1, OPT_IN: 1 })
})
