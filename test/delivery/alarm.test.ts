import { expect, test } from 'vitest'
import { Alarm } from '../../src/delivery/alarm.ts'

/** A storage that remembers what it was asked. */
function remembering() {
  const asked: (number | null)[] = []
  let broken = false
  const storage = {
    setAlarm: async (at: number | Date) => {
      if (broken) throw new Error('Network connection lost')
      asked.push(Number(at))
    },
    deleteAlarm: async () => void asked.push(null),
  }
  return { alarm: new Alarm(() => storage), asked, fails: (does: boolean) => (broken = does) }
}

test('is set once for many who want it by about the same time', async () => {
  const { alarm, asked } = remembering()
  for (let now = 1_000; now < 2_000; now += 100) await alarm.by(now + 3_000, now)
  expect(asked).toEqual([4_000])
  await alarm.by(3_500, 2_000)
  expect(asked).toEqual([4_000, 3_500])
})

test('one that lies behind is none', async () => {
  const { alarm, asked } = remembering()
  await alarm.by(4_000, 1_000)
  await alarm.by(9_000, 4_001)
  alarm.wentOff()
  await alarm.by(12_000, 9_000)
  expect(asked).toEqual([4_000, 9_000, 12_000])
})

test('an exact time is set anew, and the same one is not', async () => {
  const { alarm, asked } = remembering()
  await alarm.set(5_000)
  await alarm.set(5_000)
  await alarm.set(90_000)
  await alarm.set(null)
  await alarm.set(null)
  expect(asked).toEqual([5_000, 90_000, null])
})

test('what is not known is set: by a new object, and after a failure', async () => {
  const { alarm, asked, fails } = remembering()
  await alarm.set(null)
  fails(true)
  await expect(alarm.set(5_000)).rejects.toThrow('lost')
  fails(false)
  await alarm.by(5_000, 1_000)
  expect(asked).toEqual([null, 5_000])
})
