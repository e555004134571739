import { expect, it } from 'vitest'
import { EVERYTHING, isBlocked, TYPE_PATTERN } from '../../src/domain/profile.ts'

it.each([
  [EVERYTHING, 'application/x-strange', false],
  [{ allow: ['image/*'], block: [] }, 'image/png', false],
  [{ allow: ['image/*'], block: [] }, 'imagery/png', true],
  [{ allow: ['*'], block: ['text/x-vCard'] }, 'text/x-vcard', true],
  [{ allow: ['image/png'], block: ['image/*'] }, 'image/png', true],
  [{ allow: [], block: [] }, 'image/png', true],
])('%j %s', (profile, type, blocked) => {
  expect(isBlocked(profile, type)).toBe(blocked)
})

it.each(['*', 'image/*', 'image/svg+xml', 'application/vnd.a.b-c'])('%s is a pattern', (pattern) => {
  expect(pattern).toMatch(TYPE_PATTERN)
})
it.each(['', 'image', '*/*', '*/png', 'image/', 'image/p*', 'a b/c'])('%s is none', (pattern) => {
  expect(pattern).not.toMatch(TYPE_PATTERN)
})
