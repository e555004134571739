import { expect, it } from 'vitest'
import { createDialectTokens } from '../../src/messaging/dialect-tokens.ts'
import { createVault } from '../../src/messaging/vault.ts'

const NOW = Date.UTC(2026, 0, 2)
const at = (now: number, roots = ['a root key']) =>
  createDialectTokens({ vault: createVault(roots), clock: { now: () => now } })

it('carries the key for an hour, and says when its time is over', async () => {
  const { token, expiresIn } = await at(NOW).issue('bk_live_key')
  expect(expiresIn).toBe(3600)
  expect(token).not.toContain('bk_live_key')
  expect(await at(NOW + 3_599_000).open(token)).toEqual({ apiKey: 'bk_live_key' })
  expect(await at(NOW + 3_600_000).open(token)).toBe('expired')
})

it('tells a client by the form of a JWT when to ask for another', async () => {
  const [, claims = ''] = (await at(NOW).issue('key')).token.split('.')
  const read = new TextDecoder().decode(Uint8Array.fromBase64(claims, { alphabet: 'base64url' }))
  expect(JSON.parse(read)).toEqual({ iat: NOW / 1000, exp: NOW / 1000 + 3600 })
})

it('opens nothing that was changed, moved or made elsewhere', async () => {
  const { token } = await at(NOW).issue('key')
  const [head = '', claims = '', seal = ''] = token.split('.')
  const later = btoa(JSON.stringify({ iat: NOW / 1000, exp: NOW / 1000 + 36_000 })).replace(/=+$/, '')
  const other = (await at(NOW + 1000).issue('key')).token.split('.')
  for (const forged of [
    '',
    'key',
    `${head}.${later}.${seal}`,
    `${head}.${other[1]}.${seal}`,
    `${head}.${claims}.${seal.slice(0, -2)}`,
    `${claims}.${head}.${seal}`,
    `${head}.${claims}.`,
    `${head}.${claims}.!!`,
  ])
    expect(await at(NOW).open(forged), forged).toBeNull()
  expect(await at(NOW, ['another root key']).open(token)).toBeNull()
  expect(await at(NOW, ['a new root key', 'a root key']).open(token)).toEqual({ apiKey: 'key' })
})
