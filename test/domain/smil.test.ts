import { describe, expect, it } from 'vitest'
import { buildSmil, type SlidePart } from '../../src/domain/smil.ts'

const part = (name: string, type: string): SlidePart => ({ name, type })
const slidesOf = (smil: string): string[] =>
  [...smil.matchAll(/<par [^>]*>(.*?)<\/par>/g)].map((match) => match[1] ?? '')

describe('buildSmil', () => {
  it('gives every part a slide, in order, and the text to the first', () => {
    const parts = [
      part('image1.jpg', 'image/jpeg'),
      part('video2.mp4', 'video/mp4'),
      part('audio3.mp3', 'audio/mpeg'),
      part('text4.txt', 'text/plain'),
      part('contact5.vcf', 'text/vcard'),
    ]
    expect(slidesOf(buildSmil(parts, 'text.txt'))).toEqual([
      '<img src="image1.jpg" region="Image"/><text src="text.txt" region="Text"/>',
      '<video src="video2.mp4" region="Image"/>',
      '<audio src="audio3.mp3"/>',
      '<text src="text4.txt" region="Text"/>',
      '<ref src="contact5.vcf"/>',
    ])
  })

  it('needs no parts, and no text', () => {
    expect(slidesOf(buildSmil([], 'text.txt'))).toEqual(['<text src="text.txt" region="Text"/>'])
    expect(slidesOf(buildSmil([part('image1.jpg', 'image/jpeg')], null))).toEqual([
      '<img src="image1.jpg" region="Image"/>',
    ])
    expect(slidesOf(buildSmil([], null))).toEqual([''])
  })

  it('never puts two texts on one slide: their region holds one (OMA MMS conformance)', () => {
    const slides = slidesOf(
      buildSmil([part('text1.txt', 'text/plain'), part('image2.jpg', 'image/jpeg')], 'text.txt'),
    )
    expect(slides).toEqual([
      '<text src="text.txt" region="Text"/>',
      '<text src="text1.txt" region="Text"/>',
      '<img src="image2.jpg" region="Image"/>',
    ])
  })

  it('names only regions that its layout has', () => {
    const smil = buildSmil([part('a.jpg', 'image/jpeg')], 'text.txt')
    const declared = [...smil.matchAll(/<region id="([^"]+)"/g)].map((match) => match[1])
    const used = [...smil.matchAll(/ region="([^"]+)"/g)].map((match) => match[1])
    expect(declared).toEqual(['Image', 'Text'])
    expect(used.every((one) => declared.includes(one))).toBe(true)
  })

  it('lets no name break out of its attribute', () => {
    expect(buildSmil([part('"/><x a="&.jpg', 'image/jpeg')], null)).toContain(
      'src="&quot;/&gt;&lt;x a=&quot;&amp;.jpg"',
    )
  })
})
