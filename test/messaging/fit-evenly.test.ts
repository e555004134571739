import { expect, test } from 'vitest'
import type { Failure } from '../../src/domain/failure.ts'
import { fail, ok, type Result } from '../../src/domain/result.ts'
import { fitEvenly } from '../../src/messaging/fit-evenly.ts'

type Made = { readonly bytes: number; readonly score?: number }

const sharers = [
  { bytes: 4_000, compressible: false },
  { bytes: 900_000, compressible: true },
  { bytes: 2_000_000, compressible: true },
]
const planned = { shares: [{ budget: 4_000 }, { budget: 150_000 }, { budget: 150_000 }], spare: 500 }
const HARDNESS = [0, 15, 60]

/** A fit whose score follows the bytes; it takes a little less than it may. */
const fitOne =
  (asked: number[][], refuses: (index: number, budget: number) => boolean = () => false) =>
  async (index: number, budget: number): Promise<Result<Made, Failure>> => {
    asked.push([index, budget])
    if (refuses(index, budget)) return fail({ code: 'cannot_fit', part: index + 1, reason: 'too small' })
    if (index === 0) return ok({ bytes: 4_000 })
    const bytes = Math.floor(budget * 0.99)
    return ok({ bytes, score: 100 - HARDNESS[index]! * (bytes / 1e5) ** -0.8 })
  }

test('the picture that needs more gets more, within the same bytes', async () => {
  const asked: number[][] = []
  const made = await fitEvenly(sharers, planned, 'binary', fitOne(asked))
  if (!made.ok) throw new Error('refused')
  const [contact, easy, hard] = made.value
  expect(contact?.bytes).toBe(4_000)
  expect(hard!.bytes).toBeGreaterThan(easy!.bytes * 2)
  expect(Math.abs(hard!.score! - easy!.score!)).toBeLessThan(3)
  expect(contact!.bytes + easy!.bytes + hard!.bytes).toBeLessThanOrEqual(304_500)
  expect(asked.filter(([index]) => index === 0)).toHaveLength(1)
  expect(asked.length).toBeLessThanOrEqual(7)
})

test('what grows when it is cleaned takes it from the pictures', async () => {
  const asked: number[][] = []
  const grows = async (index: number, budget: number) =>
    index === 0 ? ok({ bytes: 4_900 }) : await fitOne(asked)(index, budget)
  const made = await fitEvenly(sharers, { ...planned, spare: 0 }, 'binary', grows)
  if (!made.ok) throw new Error('refused')
  expect(made.value[0]!.bytes).toBe(4_900)
  expect(made.value.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(304_000)
})

test('the plan stands where a picture cannot be made smaller', async () => {
  const asked: number[][] = []
  const refuses = (index: number, budget: number) => index === 1 && budget < 140_000
  const made = await fitEvenly(sharers, planned, 'binary', fitOne(asked, refuses))
  if (!made.ok) throw new Error('refused')
  expect(made.value[1]!.bytes).toBeGreaterThan(140_000)
})

test('a file that does not fit at all is refused', async () => {
  const made = await fitEvenly(
    sharers,
    planned,
    'base64',
    fitOne([], (index) => index === 2),
  )
  expect(made).toMatchObject({ ok: false, failure: { code: 'cannot_fit', part: 3 } })
})
