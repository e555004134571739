import { expect, test } from 'vitest'
import { describeMediaFailure, type MediaFailure } from '../../src/media/index.ts'

const type = 'image/png' as const
const failures: Record<MediaFailure['code'], MediaFailure> = {
  empty_media: { code: 'empty_media' },
  unknown_type: { code: 'unknown_type' },
  forbidden_type: { code: 'forbidden_type', kind: 'html' },
  not_yet_supported: { code: 'not_yet_supported', type },
  malformed_media: { code: 'malformed_media', type, detail: 'canary at 17' },
  unsupported_feature: { code: 'unsupported_feature', type, feature: 'arithmetic coding' },
  too_many_pixels: { code: 'too_many_pixels', type, width: 9, height: 8, limit: 7 },
  cannot_fit: { code: 'cannot_fit', type, reason: 'it is a picture', budget: 10, smallest: 20 },
  message_cannot_fit: { code: 'message_cannot_fit', parts: 3, budget: 10, smallest: 20 },
  type_not_accepted: { code: 'type_not_accepted', type, accepted: ['image/jpeg'] },
  out_of_memory: { code: 'out_of_memory', type },
  codec_failed: { code: 'codec_failed', type, detail: 'canary status 3' },
  media_busy: { code: 'media_busy', retryAfter: 5 },
  verification_failed: { code: 'verification_failed', type, detail: 'canary chunk' },
}

test.each(Object.values(failures))('$code says what to do and keeps its detail', (failure) => {
  const told = describeMediaFailure(failure)
  expect(told.message).toMatch(/^[A-Za-z].*\.$/)
  expect(told.message).not.toMatch(/canary|undefined|\[object/)
  expect(told.status).toBeGreaterThanOrEqual(400)
  expect(told.retryable).toBe(failure.code === 'media_busy')
})
