import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const folder = new URL('../../wasm/decoders/', import.meta.url)

it('carries the decoders that build.sh makes, byte for byte', () => {
  const sums = readFileSync(new URL('SHA256SUMS', folder), 'utf8').trim().split('\n')
  expect(sums).toHaveLength(2)
  for (const line of sums) {
    const [sum, name = ''] = line.split(/\s+/)
    expect(
      createHash('sha256')
        .update(readFileSync(new URL(name, folder)))
        .digest('hex'),
      name,
    ).toBe(sum)
  }
})
