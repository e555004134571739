import { describe, expect, it } from 'vitest'
import { isGroup, threadKey, threadMembers } from '../../src/domain/conversation.ts'

const [ANN, BOB, OWN, OWN2] = ['+14165550111', '+14165550122', '+14165550100', '+14165550101']
const own = new Set([OWN, OWN2])

describe('threadMembers', () => {
  it.each([
    [[ANN], [ANN]],
    [
      [BOB, ANN, BOB],
      [ANN, BOB],
    ],
    [[OWN, ANN, OWN2], [ANN]],
    [[], []],
    [[OWN], []],
  ])('%j are %j', (others, members) => {
    expect(threadMembers(others, own)).toEqual(members)
  })
})

describe('threadKey', () => {
  const thread = (members: string[], from = OWN) => ({ account: 'acc_1', own: from, members })

  it('does not depend on the order of the members', () => {
    expect(threadKey(thread([ANN, BOB]))).toBe(threadKey(thread([BOB, ANN])))
  })

  it('tells threads apart', () => {
    const keys = [thread([ANN]), thread([BOB]), thread([ANN, BOB]), thread([ANN], OWN2), thread([])].map(
      threadKey,
    )
    expect(new Set(keys).size).toBe(5)
  })
})

describe('isGroup', () => {
  it('begins with the second other phone', () => {
    expect([[], [ANN], [ANN, BOB]].map((members) => isGroup({ members }))).toEqual([false, false, true])
  })
})
