import { describe, expect, it } from 'vitest'
import type { MediaFetcher } from '../../src/delivery/fetch-media.ts'
import { Log } from '../../src/delivery/log.ts'
import { takeIn } from '../../src/delivery/take-in.ts'
import type { Inbound } from '../../src/domain/ports.ts'
import { onStage, type Stage } from './stage.ts'

/** Picture messages whose files come one by one. */

const event = (name: string, at: number, key: string, isStored = false): Inbound => ({
  claim: `claim ${name}`,
  vendor: 'sinch',
  channel: 'mms',
  from: '+16135550123',
  to: ['+14165550100'],
  subject: null,
  text: 'Look',
  parts: [
    {
      source: isStored ? { media: `med_${name}` } : { url: `https://vendor.example/${name}` },
      part: { media: '', name: 'file1', type: 'image/jpeg', bytes: 0, sha256: '', state: 'pending' },
    },
  ],
  at,
  join: { key, within: 10_000 },
})

const receive = async (stage: Stage, inbound: Inbound): Promise<string> =>
  (await stage.object.receive(stage.conversation, stage.thread, inbound))!.message

/** The same order for the same seed (mulberry32). */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let a = seed
  const random = (): number => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return items
    .map((item) => ({ item, at: random() }))
    .sort((x, y) => x.at - y.at)
    .map(({ item }) => item)
}

describe('files that come one by one', () => {
  it('are shown at once, and grow into one message in the order in which they were accepted', () =>
    onStage(async (stage) => {
      const at = stage.now
      const second = await receive(stage, event('b', at + 1000, 'k'))
      expect((await stage.find(second)).parts).toHaveLength(1)
      expect(await receive(stage, event('c', at + 2000, 'k'))).toBe(second)
      expect(await receive(stage, event('a', at, 'k'))).toBe(second)
      // Again: nothing more.
      expect(await receive(stage, event('a', at, 'k'))).toBe(second)
      const message = await stage.find(second)
      expect(message.parts.map((part) => part.name)).toEqual(['file1', 'file2', 'file3'])
      expect(message.timeline.map((one) => one.event)).toEqual(['received', 'part_received', 'part_received'])
    }))

  it('are copied to their places, whatever came between while they were fetched', () =>
    onStage(async (stage) => {
      const at = stage.now
      const sizes: Record<string, number> = { a: 1, b: 2, c: 3 }
      const fetchMedia: MediaFetcher['fetchMedia'] = async (url) => {
        // The others come in meanwhile.
        await new Promise((resolve) => setTimeout(resolve, 5))
        const bytes = sizes[url.slice(-1)] ?? 0
        return { ok: true, value: { chunks: [new Uint8Array(bytes)], bytes, typeHint: null, nameHint: null } }
      }
      Object.assign(stage.ports.fetcher, { fetchMedia })
      const id = await receive(stage, event('c', at + 2000, 'k'))
      await receive(stage, event('b', at + 1000, 'k'))
      await receive(stage, event('a', at, 'k'))
      for (let i = 0; i < 5; i++) await stage.later(1000)
      const { parts } = await stage.find(id)
      expect(parts.map(({ state, bytes }) => [state, bytes])).toEqual([
        ['stored', 1],
        ['stored', 2],
        ['stored', 3],
      ])
    }))

  it('are copied once their URL works, however long it did not', () =>
    onStage(async (stage) => {
      const from = stage.now
      stage.media = () => ({ ok: stage.now >= from + 30_000 })
      const id = await receive(stage, event('a', from, 'k'))
      for (let s = 0; s < 29; s++) await stage.later(1000)
      expect((await stage.find(id)).parts).toMatchObject([{ state: 'pending' }])
      for (let s = 0; s < 40; s++) await stage.later(1000)
      expect((await stage.find(id)).parts).toMatchObject([{ state: 'stored' }])
    }))

  it(
    'stay two messages when their captions are equal and they are 30 s apart: 1,000 shuffles',
    () =>
      onStage(async (stage, _restart, state) => {
        const at = stage.now
        // Without the lanes, which would work for each of 14,000 events.
        const log = new Log(state.storage.sql)
        const take = (one: Inbound): string =>
          log.claimed(one.claim) ?? takeIn(log, stage.conversation, stage.thread, one, at)
        for (let run = 0; run < 1000; run++) {
          const key = `contact ${run}\nLook`
          const first = ['a', 'b', 'c'].map((name, n) => event(`${run}${name}`, at + n * 1500, key, true))
          const second = ['d', 'e', 'f'].map((name, n) =>
            event(`${run}${name}`, at + 30_000 + n * 1500, key, true),
          )
          const other = event(`${run}g`, at + 700, `contact ${run}\nAnother caption`, true)
          const all = [...first, ...second, other]
          const ids = new Map<Inbound, string>()
          // Each comes twice: vendors repeat what was answered late.
          for (const one of shuffled([...all, ...all], run)) ids.set(one, take(one))
          expect(new Set(ids.values()).size).toBe(3)
          expect(new Set(first.map((one) => ids.get(one))).size).toBe(1)
          expect(new Set(second.map((one) => ids.get(one))).size).toBe(1)
          for (const [one, count] of [
            [first[0]!, 3],
            [second[0]!, 3],
            [other, 1],
          ] as const)
            expect(log.find(ids.get(one)!)?.message.parts).toHaveLength(count)
        }
      }),
    300_000,
  )

  it('never take up more than the vendor says lie within one message', () =>
    onStage(async (stage) => {
      const at = stage.now
      const ids: string[] = []
      for (const seconds of [0, 6, 9, 12])
        ids.push(await receive(stage, event(`s${seconds}`, at + seconds * 1000, 'k')))
      expect(new Set(ids.slice(0, 3)).size).toBe(1)
      expect(ids[3]).not.toBe(ids[0])
    }))
})
