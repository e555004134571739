import { describe, expect, test } from 'vitest'
import { ok } from '../../src/media/index.ts'
import { Queue } from '../../src/media/queue.ts'

/** A job that ends when told to. */
function held() {
  let end = () => {}
  const running = new Promise<void>((resolve) => {
    end = resolve
  })
  return { end, job: () => running.then(() => ok('done')) }
}

describe('the queue', () => {
  test('runs one job at a time, in order', async () => {
    const queue = new Queue()
    const seen: string[] = []
    const job = (name: string) => async () => {
      seen.push(`${name} in`)
      await new Promise((resolve) => setTimeout(resolve, 1))
      seen.push(`${name} out`)
      return ok(name)
    }
    await Promise.all(['a', 'b', 'c'].map((name) => queue.run(1, job(name))))
    expect(seen).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
  })

  test('refuses what does not fit beside those that wait', async () => {
    const queue = new Queue(100)
    const first = held()
    const running = queue.run(60, first.job)
    expect(await queue.run(41, async () => ok('late'))).toMatchObject({
      ok: false,
      failure: { code: 'media_busy' },
    })
    const second = queue.run(40, async () => ok('in time'))
    first.end()
    expect(await running).toEqual(ok('done'))
    expect(await second).toEqual(ok('in time'))
  })

  test('lets one file in that is larger than the limit', async () => {
    expect(await new Queue(100).run(5_000, async () => ok('large'))).toEqual(ok('large'))
  })

  test('goes on behind a job that failed or threw', async () => {
    const queue = new Queue()
    const thrown = queue.run(1, async () => {
      throw new Error('a bug')
    })
    await expect(thrown).rejects.toThrow('a bug')
    expect(await queue.run(1, async () => ok('next'))).toEqual(ok('next'))
  })

  test('passes a job that holds its turn too long', async () => {
    const queue = new Queue(100, 20)
    const stuck = held()
    void queue.run(60, stuck.job)
    const started = Date.now()
    expect(await queue.run(10, async () => ok('next'))).toEqual(ok('next'))
    expect(Date.now() - started).toBeGreaterThanOrEqual(15)
    // The place of the stuck one is free as well.
    expect(await queue.run(100, async () => ok('whole'))).toEqual(ok('whole'))
  })
})
