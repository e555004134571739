import type { Failure } from '../domain/failure.ts'
import type { Caller, Scope } from '../domain/ports.ts'
import { fail, type Result } from '../domain/result.ts'

/** Whether a key may not do what takes this scope; `admin` may everything. */
export const lacks = (caller: Caller, scope: Scope): boolean =>
  !caller.scopes.includes(scope) && !caller.scopes.includes('admin')

/** The refusal that goes with it. */
export const forbidden = (scope: Scope): Result<never, Failure> => fail({ code: 'insufficient_scope', scope })
