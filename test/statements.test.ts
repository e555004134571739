import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PAGES, STATEMENTS } from './features/index.ts'

const root = new URL('..', import.meta.url)
const folder = new URL('test/features/', root)
/** Ids at the beginning of a test's name, as in `'G7, C10: ten attachments'`. */
const NAMED = /(?:\b(?:it|describe)(?:\.each[^\n]*)?\(|\[)\s*["'`]((?:[GCVIS]\d{1,2}\b[,: ]+(?:and )?)+)/g

const named = new Set(
  readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => [...readFileSync(new URL(name, folder), 'utf8').matchAll(NAMED)])
    .flatMap(([, ids = '']) => ids.match(/[GCVIS]\d{1,2}/g) ?? []),
)

it('accounts for every statement, and for nothing else', () => {
  const all = Object.entries(PAGES).flatMap(([page, count]) =>
    Array.from({ length: count }, (_, index) => `${page}${index + 1}`),
  )
  expect(all).toHaveLength(124)
  expect(Object.keys(STATEMENTS).sort()).toEqual(all.sort())
})

it('has a test over HTTP for each that is said to pass', () => {
  const passing = Object.entries(STATEMENTS).filter(([, verdict]) => verdict.is === 'pass')
  expect(passing.map(([id]) => id).filter((id) => !named.has(id))).toEqual([])
})

it('says why of what comes later or is none of ours', () => {
  for (const [id, verdict] of Object.entries(STATEMENTS)) {
    if (verdict.is !== 'pass') expect(verdict.why.split(' ').length, id).toBeGreaterThanOrEqual(1)
    if (verdict.is === 'n/a') expect(named.has(id), id).toBe(false)
  }
})

it('refers to pages that are tested', () => {
  for (const [id, verdict] of Object.entries(STATEMENTS))
    if (verdict.is === 'pass' && verdict.page !== undefined)
      expect(existsSync(new URL(verdict.page, root)), id).toBe(true)
})
