import { expect, test } from 'vitest'
import { aliasesOf, extensionOf, findType, kindOf, MEDIA_TYPES } from '../../src/media/index.ts'

test.each([
  ['image/jpg', 'image/jpeg'],
  ['IMAGE/JPEG; name=x.jpg', 'image/jpeg'],
  ['text/vcard', 'text/x-vCard'],
  ['text/x-vcard; charset=utf-8', 'text/x-vCard'],
  ['audio/x-wav', 'audio/wav'],
  ['text/html', undefined],
  ['', undefined],
])('%s is %s', (name, type) => {
  expect(findType(name)).toBe(type)
})

test('no name means two types, and every row is whole', () => {
  const names = MEDIA_TYPES.flatMap((type) => [type.toLowerCase(), ...aliasesOf(type)])
  expect(new Set(names).size).toBe(names.length)
  for (const type of MEDIA_TYPES) {
    expect(extensionOf(type)).toMatch(/^[a-z0-9]{2,4}$/)
    expect(kindOf(type)).toBeTruthy()
    expect(findType(type)).toBe(type)
  }
})
