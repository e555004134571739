/** Why a job of the core gave nothing. */
export type CoreFailure =
  | { readonly code: 'not_jpeg' | 'malformed' | 'truncated' | 'empty' | 'too_large' | 'too_many_scans' }
  | { readonly code: 'unsupported'; readonly feature: CoreFeature }
  /** The picture needs more memory than the core may have. */
  | { readonly code: 'out_of_memory' }
  /** An assumption of the core did not hold; `status` is its status word. The instance is gone, the next job is fine. */
  | { readonly code: 'trapped'; readonly status: number }

/** What JPEG has and the core does not. */
export type CoreFeature =
  | '12-bit samples'
  | 'lossless coding'
  | 'arithmetic coding'
  | 'hierarchical coding'
  | 'this number of components'

const failures: Readonly<Record<number, CoreFailure>> = {
  [-1]: { code: 'not_jpeg' },
  [-2]: { code: 'malformed' },
  [-3]: { code: 'truncated' },
  [-4]: { code: 'empty' },
  [-5]: { code: 'too_large' },
  [-6]: { code: 'too_many_scans' },
  [-10]: { code: 'unsupported', feature: '12-bit samples' },
  [-11]: { code: 'unsupported', feature: 'lossless coding' },
  [-12]: { code: 'unsupported', feature: 'arithmetic coding' },
  [-13]: { code: 'unsupported', feature: 'hierarchical coding' },
  [-14]: { code: 'unsupported', feature: 'this number of components' },
}

/** The failure that a negative outcome of a step stands for; `wasm/jpeg/decode/outcome.ts` has the same list. */
export function coreFailure(outcome: number): CoreFailure {
  return failures[outcome] ?? { code: 'malformed' }
}

/** The failure that a status word stands for, read after a trap. */
export function trapFailure(status: number): CoreFailure {
  if (status === 1) return { code: 'out_of_memory' }
  if (status === 2) return { code: 'malformed' }
  return { code: 'trapped', status }
}
