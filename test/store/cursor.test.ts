import { expect, test } from 'vitest'
import { readCursor, writeCursor } from '../../src/store/cursor.ts'

test('a cursor comes back as the position that it was', async () => {
  for (const position of [
    [0, 'cnv_1'],
    [1_800_000_000_000, `cnv_${'z'.repeat(22)}`],
  ] as const) {
    expect(await readCursor('list a', await writeCursor('list a', position))).toEqual(position)
  }
})

test('a cursor is of its own list only', async () => {
  const cursor = await writeCursor('conversations acc_1', [5, 'cnv_1'])
  expect(await readCursor('conversations acc_2', cursor)).toBeNull()
  expect(await readCursor('messages acc_1', cursor)).toBeNull()
})

test('a cursor with any one character changed, added or taken out is refused', async () => {
  const cursor = await writeCursor('list', [1_800_000_000_000, 'cnv_0000000000000000000001'])
  for (let i = 0; i < cursor.length; i++) {
    const other = cursor[i] === '1' ? '2' : '1'
    expect(await readCursor('list', cursor.slice(0, i) + other + cursor.slice(i + 1))).toBeNull()
    expect(await readCursor('list', cursor.slice(0, i) + cursor.slice(i + 1))).toBeNull()
    expect(await readCursor('list', cursor.slice(0, i) + other + cursor.slice(i))).toBeNull()
  }
})

test.each([
  '',
  '.',
  '..',
  'a.b',
  'null',
  "1.cnv_1' OR 1=1.0000000000",
  '-1.cnv_1.0000000000',
  'x'.repeat(5000),
])('%s is no cursor', async (typed) => {
  expect(await readCursor('list', typed)).toBeNull()
})
