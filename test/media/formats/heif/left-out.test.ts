import { beforeAll, expect, test, vi } from 'vitest'
import { buildCore } from '../../../../scripts/build-core.mjs'
import { fit as fitMedia } from '../../../../src/media/index.ts'
import { samplesOf, single } from './pictures.ts'

vi.mock('#libheif', () => import('../../../../src/media/left-out.ts'))

beforeAll(() => buildCore('release'), 120_000)

test('a build without the decoder of HEIC says so, each time', async () => {
  for (const _ of [1, 2])
    expect(await fitMedia(single(samplesOf(32, 32)), { budget: 1e5 })).toMatchObject({
      ok: false,
      failure: { code: 'not_yet_supported', type: 'image/heic' },
    })
})
