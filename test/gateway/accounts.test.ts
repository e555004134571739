import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Gateway, startGateway } from './harness.ts'

const ROOT = 'root-key-of-this-test-0123456789abcdef'
let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway({ vars: { BELINO_ROOT_KEY: ROOT } })
})
afterAll(() => gateway?.close())

it('the root key makes an account with a live and a test key; both work, nobody else makes one', async () => {
  expect((await gateway.json('/v1/accounts', { json: { name: 'Bakery' } })).status).toBe(401)
  expect((await gateway.json('/v1/accounts', { json: { name: 'Bakery' }, key: 'wrong' })).status).toBe(401)
  const made = await gateway.json('/v1/accounts', { json: { name: 'Bakery' }, key: ROOT })
  expect(made.status).toBe(201)
  const [live, test] = made.body.keys
  expect(live.key).toMatch(/^bel_live_[0-9A-Za-z]{32}$/)
  expect(test.key).toMatch(/^bel_test_[0-9A-Za-z]{32}$/)
  expect(await gateway.json('/v1/account', { key: live.key })).toMatchObject({
    status: 200,
    body: { id: made.body.id, name: 'Bakery', retention_days: null },
  })
  const listed = await gateway.json('/v1/keys', { key: live.key })
  expect(listed.body.keys.map((one: { id: string }) => one.id).sort()).toEqual([live.id, test.id].sort())
  expect(JSON.stringify(listed.body)).not.toContain(live.key)

  const reader = await gateway.json('/v1/keys', { json: { name: 'Reader', scopes: ['read'] }, key: live.key })
  expect(reader.status).toBe(201)
  expect((await gateway.json('/v1/conversations', { key: reader.body.key })).status).toBe(200)
  expect((await gateway.json('/v1/keys', { key: reader.body.key })).body.error.code).toBe(
    'insufficient_scope',
  )
  expect(
    (await gateway.json('/v1/keys', { json: { name: 'Escape', test: false }, key: test.key })).status,
  ).toBe(403)
  expect((await gateway.api(`/v1/keys/${reader.body.id}`, { method: 'DELETE', key: live.key })).status).toBe(
    204,
  )
  expect((await gateway.json('/v1/conversations', { key: reader.body.key })).status).toBe(401)
  expect((await gateway.api(`/v1/keys/${live.id}`, { method: 'DELETE' })).status).toBe(404)

  expect(
    (await gateway.json('/v1/account', { method: 'PATCH', json: { retention_days: 0 }, key: live.key }))
      .status,
  ).toBe(400)
  expect(
    (await gateway.json('/v1/account', { method: 'PATCH', json: { retention_days: 30 }, key: live.key })).body
      .retention_days,
  ).toBe(30)
})
