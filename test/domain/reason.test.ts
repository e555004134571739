import { describe, expect, it } from 'vitest'
import { REASON_NAMES, REASONS } from '../../src/domain/reason.ts'

describe('every reason of a failed delivery', () => {
  it.each(REASON_NAMES)('%s has a sentence that says what happened', (name) => {
    expect(REASONS[name].meaning).toMatch(/^[A-Z].*\.$/)
    expect(name).toMatch(/^[a-z_]+$/)
  })

  it('that is tried again by itself says so, and no other does', () => {
    const promised = REASON_NAMES.filter((name) => /tried again by itself/.test(REASONS[name].meaning))
    expect(promised.length).toBeGreaterThan(0)
    for (const name of promised) expect(REASONS[name].retryable, name).toBe(true)
  })

  it('that is final for the recipient is never retried', () => {
    for (const name of REASON_NAMES)
      if (REASONS[name].optOut || REASONS[name].noMms) expect(REASONS[name].retryable, name).toBe(false)
    expect(REASON_NAMES.filter((name) => REASONS[name].refit)).toEqual(['too_large'])
    expect(REASON_NAMES.filter((name) => REASONS[name].optOut)).toEqual(['opted_out'])
  })
})
