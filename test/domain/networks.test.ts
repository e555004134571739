import { describe, expect, it } from 'vitest'
import { NETWORKS, networkById, networkNamed, overridden } from '../../src/domain/networks.ts'

describe('networks', () => {
  it.each([
    ['AT&T Wireless', 'att'],
    ['NEW CINGULAR WIRELESS', 'att'],
    ['T-MOBILE USA, INC.', 't-mobile'],
    ['Metro by T-Mobile', 't-mobile'],
    ['Verizon Wireless:6006 - SVR/2', 'verizon'],
    ['CELLCO PARTNERSHIP DBA VERIZON', 'verizon'],
    ['Bell Mobility', 'bell'],
    ['Virgin Mobile Canada', 'bell'],
    ['Chatr (Rogers)', 'chatr'],
    ['Fido Solutions', 'fido'],
    ['Cricket Wireless - ATT - SVR', 'cricket'],
    ['Vidéotron Ltée', 'videotron'],
    ['U.S. Cellular', 'us-cellular'],
    ['0001470', 'att'],
  ])('%j is %s', (said, id) => {
    expect(networkNamed(said)?.id).toBe(id)
  })

  it.each(['', 'Belloria', 'Jack', 'Unknown', 'attorney', '1470', 'x'.repeat(100_000)])(
    '%j is none',
    (said) => {
      expect(networkNamed(said)).toBeNull()
    },
  )

  it('every row is one network within sense, and is found by each of its names', () => {
    expect(new Set(NETWORKS.map((row) => row.id)).size).toBe(NETWORKS.length)
    for (const row of NETWORKS) {
      expect(networkById(row.id)).toBe(row)
      expect(row.messageBytes).toBeGreaterThanOrEqual(300_000)
      expect(row.maxSide).toBeGreaterThanOrEqual(640)
      for (const name of row.known) expect(networkNamed(name)?.id).toBe(row.id)
    }
    expect(networkById('nobody')).toBeUndefined()
  })

  it("an account's word stands for the row's where it is given", () => {
    const bell = networkById('bell')!
    expect(overridden(bell, undefined)).toBe(bell)
    expect(overridden(bell, { messageBytes: 900_000, maxSide: null })).toEqual({
      ...bell,
      messageBytes: 900_000,
    })
    expect(overridden(bell, { messageBytes: null, maxSide: 1000 })).toEqual({ ...bell, maxSide: 1000 })
  })
})
