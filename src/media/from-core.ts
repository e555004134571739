import type { CoreFailure } from './core/core-failure.ts'
import type { Facts } from './facts.ts'
import type { MediaFailure } from './failure.ts'
import type { JpegFitFailure } from './formats/jpeg/fit.ts'
import type { Target } from './target.ts'

/** A failure of the core's fit job in the words of this library. */
export function fromCore(failure: JpegFitFailure, facts: Facts, target: Target): MediaFailure {
  const { type, width = 0, height = 0 } = facts
  switch (failure.code) {
    case 'not_jpeg':
    case 'malformed':
    case 'truncated':
    case 'empty':
      return { code: 'malformed_media', type, detail: `the core says ${failure.code}` }
    case 'too_large':
      return { code: 'too_many_pixels', type, width, height, limit: width * height - 1 }
    case 'too_many_scans':
      return { code: 'unsupported_feature', type, feature: 'more than 100 scans' }
    case 'unsupported':
      return { code: 'unsupported_feature', type, feature: failure.feature satisfies Feature }
    case 'out_of_memory':
      return { code: 'out_of_memory', type }
    case 'trapped':
      return { code: 'codec_failed', type, detail: `status ${failure.status}` }
    case 'cannot_fit': {
      const { smallest } = failure
      const reason = 'smaller than that it would no longer be a picture'
      return { code: 'cannot_fit', type, reason, budget: target.budget, smallest }
    }
  }
}

type Feature = Extract<CoreFailure, { code: 'unsupported' }>['feature']
