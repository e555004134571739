import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('the vendor that is shown as an example has fewer than 100 lines', () => {
  const text = readFileSync(new URL('../examples/vendor-acme.ts', import.meta.url), 'utf8')
  expect(text.trimEnd().split('\n').length).toBeLessThan(100)
})
