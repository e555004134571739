import { describe, expect, it } from 'vitest'
import { readSlides } from '../../src/domain/slides.ts'
import { buildSmil } from '../../src/domain/smil.ts'

const NAMES = [
  ['1', 'med_a', 'a.jpg'],
  ['2', 'med_b', 'b.mp3'],
  ['3', 'med_c', 'c.jpg'],
]
const read = (body: string) => {
  const said = readSlides(`<smil><body>${body}</body></smil>`, NAMES)
  if (!said.ok) throw new Error(said.problem)
  return said.order
}

describe('a presentation of the sender', () => {
  it('orders files by number, id or name, and keeps what shares a slide together', () => {
    expect(
      read('<par dur="3s"><img src="c.jpg"/><audio src="cid:med_b"/></par><par><img src="1"/></par>'),
    ).toEqual([
      { index: 2, slide: { at: 0, ms: 3000 } },
      { index: 1, slide: { at: 0, ms: 3000 } },
      { index: 0, slide: { at: 1 } },
    ])
  })

  it('gives what it leaves out slides of their own, at the end', () => {
    expect(read('<par><img src="3"/></par>').map((one) => [one.index, one.slide.at])).toEqual([
      [2, 0],
      [0, 1],
      [1, 2],
    ])
  })

  it('puts the text where it says; text alone goes with the next slide that has a file', () => {
    const order = read('<par><img src="1"/></par><par><text src="words.txt"/></par><par><img src="3"/></par>')
    expect(order.filter((one) => one.slide.text).map((one) => one.index)).toEqual([2])
  })

  it('takes lengths in the ways in which they are written, and none that no phone keeps', () => {
    const ms = (dur: string) => read(`<par dur="${dur}"><img src="1"/></par>`)[0]?.slide.ms
    expect(['5s', '2500ms', '7', '0.01s', '99999s', 'indefinite'].map(ms)).toEqual([
      5000,
      2500,
      7000,
      100,
      600_000,
      undefined,
    ])
  })

  it('takes media outside of slides as a slide each, and each file once', () => {
    expect(
      read('<seq><img src="1"/><img src="3"/><img src="1"/></seq>').map((one) => [one.index, one.slide.at]),
    ).toEqual([
      [0, 0],
      [2, 1],
      [1, 3],
    ])
  })

  it.each([
    ['no SMIL', 'hello'],
    ['a file that is none', '<smil><par><img src="nobody.jpg"/></par></smil>'],
    ['too much', `<smil>${' '.repeat(70_000)}</smil>`],
  ])('is refused in words: %s', (_what, smil) => {
    expect(readSlides(smil, NAMES)).toEqual({ ok: false, problem: expect.stringMatching(/\.$/) })
  })

  it('ends in time whatever it is', () => {
    for (const bad of [
      '<par '.repeat(13_000),
      `<img ${'src='.repeat(15_000)}`,
      `<img src="${'"'.repeat(60_000)}`,
    ])
      expect(readSlides(`<smil>${bad}`.slice(0, 65_000), NAMES)).toHaveProperty('ok')
  })
})

it('leaves as a presentation of ours: slides, lengths, words for who cannot see, the text in its place', () => {
  const smil = buildSmil(
    [
      { name: 'image1.jpg', type: 'image/jpeg', alt: 'A <cat> & "dog"', slide: { at: 0, ms: 3000 } },
      { name: 'audio2.mp3', type: 'audio/mpeg', slide: { at: 0, ms: 3000 } },
      { name: 'image3.jpg', type: 'image/jpeg', slide: { at: 1, text: true } },
    ],
    'text.txt',
  )
  expect(smil).toContain(
    '<body><par dur="3000ms"><img src="image1.jpg" alt="A &lt;cat&gt; &amp; &quot;dog&quot;" region="Image"/>' +
      '<audio src="audio2.mp3"/></par><par dur="5000ms"><img src="image3.jpg" region="Image"/>' +
      '<text src="text.txt" region="Text"/></par></body>',
  )
})
