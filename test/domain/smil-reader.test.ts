import { expect, it } from 'vitest'
import { inShownOrder, shownNames } from '../../src/domain/smil-reader.ts'

it.each([
  [
    '<smil><body><par><img src="b.jpg"/><text src="t.txt"/></par><par><img src="a.jpg"/></par></body></smil>',
    ['b.jpg', 't.txt', 'a.jpg'],
  ],
  ["<SMIL:par><IMG region='x' SRC = 'a &amp; b.jpg'></par>", ['a & b.jpg']],
  ['<img src="cid:&lt;one&gt;"/><img src="cid:two"/><img src="cid:two"/>', ['one', 'two']],
  ['<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><img src="&e;.jpg"/>', ['&e;.jpg']],
  ['<image src="no"/><img><img src=bare/>', []],
  ['', []],
])('%s', (smil, names) => {
  expect(shownNames(smil)).toEqual(names)
})

it('what a presentation leaves out comes last, in its own order', () => {
  const parts = ['x', 'a', 'y', 'b', null]
  expect(inShownOrder(parts, '<img src="b"/><img src="a"/><img src="gone"/>', (name) => name)).toEqual([
    'b',
    'a',
    'x',
    'y',
    null,
  ])
})
