import { expect, test } from 'vitest'
import type { IndexStore, Projection } from '../../src/domain/ports.ts'
import { onStage, type Stage } from './stage.ts'

/** What the index was told, call by call, while changes wait for each other. */
function told(stage: Stage): { readonly calls: Projection[][]; readonly rests: unknown[] } {
  const calls: Projection[][] = []
  const rests: unknown[] = []
  const { project } = stage.ports.index
  const index: Partial<IndexStore> = {
    ...stage.ports.index,
    project: async (projections, rest) => {
      calls.push([...projections])
      rests.push(rest)
      await project(projections, rest)
    },
  }
  Object.assign(stage.ports, { index, gather: 40 })
  return { calls, rests }
}

const settled = async (look: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 500 && !look(); tries++) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('the index is told once of what happens within a moment, and that nothing is left to do', () =>
  onStage(async (stage) => {
    const { calls, rests } = told(stage)
    const id = await stage.send()
    await settled(() => calls.length > 0)
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject([{ message: { id, state: 'submitted' }, known: false }])
    expect(rests).toEqual([{ conversation: stage.conversation, seenAt: stage.now }])

    // Later changes say that the index has the message.
    await stage.object.report(stage.thread.account, stage.report(id, 'delivered'))
    await settled(() => calls.length > 1)
    expect(calls[1]).toMatchObject([{ message: { id, state: 'delivered' }, known: true }])
  }))

test('made again from nothing, everything is new to it', () =>
  onStage(async (stage) => {
    const { calls } = told(stage)
    await stage.send()
    await stage.send()
    await settled(() => calls.flat().length >= 2)
    calls.length = 0
    await stage.object.rebuild()
    await settled(() => calls.flat().length >= 2)
    expect(calls.flat().map(({ known }) => known)).toEqual([false, false])
  }))
