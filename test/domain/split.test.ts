import { expect, it } from 'vitest'
import { cut, isSplit, standingOfPieces } from '../../src/domain/split.ts'

it.each([
  [undefined, 3, 3, false],
  [undefined, 4, 3, true],
  [undefined, 10, 3, true],
  [undefined, 11, 3, false],
  [undefined, 11, 10, false],
  [true, 11, 10, true],
  [true, 10, 10, false],
  [false, 4, 3, false],
])('asked %s: %i attachments where %i are carried', (asked, attachments, carried, splits) => {
  expect(isSplit(asked, attachments, carried)).toBe(splits)
})

it('keeps the order, and makes one message of none', () => {
  const media = ['a', 'b', 'c', 'd'].map((id) => ({ id }))
  expect(cut(media, 3)).toEqual([[{ id: 'a' }, { id: 'b' }, { id: 'c' }], [{ id: 'd' }]])
  expect(cut([], 3)).toEqual([[]])
})

it('a lost piece is a lost whole; else the slowest says how far it is', () => {
  const delivered = { state: 'delivered', certainty: 'handset' } as const
  const vague = { state: 'delivered', certainty: 'carrier' } as const
  expect(standingOfPieces([delivered, { state: 'failed', reason: 'too_large' }])).toMatchObject({
    state: 'failed',
  })
  expect(standingOfPieces([delivered, { state: 'submitted' }])).toEqual({ state: 'submitted' })
  expect(standingOfPieces([delivered, vague])).toEqual(vague)
})
