import type { Facts } from './facts.ts'
import type { MediaFailure } from './failure.ts'
import type { Draft } from './rendition.ts'
import type { Result } from './result.ts'
import type { Target } from './target.ts'

/** Makes of a file of one format what the target asks, or says why not. Does not wait in the queue. */
export type Renderer = (
  source: Uint8Array,
  facts: Facts,
  target: Target,
) => Promise<Result<Draft, MediaFailure>>
