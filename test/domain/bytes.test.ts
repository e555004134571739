import { describe, expect, it } from 'vitest'
import { joinBytes } from '../../src/domain/bytes.ts'

describe('joinBytes', () => {
  it('puts pieces after each other', () => {
    expect(joinBytes([Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)])).toEqual(
      Uint8Array.of(1, 2, 3),
    )
    expect(joinBytes([])).toEqual(new Uint8Array(0))
  })

  it('hands a single piece through, a view as the view that it is', () => {
    const view = Uint8Array.of(1, 2, 3, 4).subarray(1, 3)
    expect(joinBytes([view])).toBe(view)
    expect(joinBytes([view, Uint8Array.of(9)])).toEqual(Uint8Array.of(2, 3, 9))
  })
})
