import type { Failure } from '../domain/failure.ts'
import type { FitRequest, Fitted } from '../domain/fit.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { fit, type MediaType } from '../media/index.ts'
import { asFailure, asWarning } from './media-failure.ts'

/** Makes one file fit. Nothing of it is stored. */
export async function fitFile(source: Uint8Array, request: FitRequest): Promise<Result<Fitted, Failure>> {
  const { types, ...target } = request
  const fitted = await fit(source, {
    ...target,
    ...(types === undefined ? {} : { types: types as readonly MediaType[] }),
  })
  if (!fitted.ok) return fail(asFailure(fitted.failure, null))
  const { value } = fitted
  return ok({
    bytes: value.bytes,
    type: value.type,
    extension: value.extension,
    width: value.width ?? null,
    height: value.height ?? null,
    source: {
      type: value.source.type,
      bytes: value.source.bytes,
      width: value.source.width ?? null,
      height: value.source.height ?? null,
    },
    changed: value.changed,
    score: value.score ?? null,
    reason: value.reason,
    warnings: value.warnings.map((warning) => asWarning(warning, null)),
  })
}
