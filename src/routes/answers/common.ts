import * as v from 'valibot'
import type { Failure } from '../../domain/failure.ts'
import { FAILURE_EXAMPLES } from '../../domain/failure-examples.ts'
import { VENDOR_NAMES } from '../../domain/number.ts'

/** Words that the answers of the API are described with. */

type Frozen<T> = T extends readonly (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T

/** What a schema describes, as it is made here: nobody changes an answer. A field that no schema has does not compile. */
export type Told<S extends v.GenericSchema> = Frozen<v.InferOutput<S>>

/** A time in ISO 8601, in UTC, to the millisecond. */
export const moment = v.pipe(v.string(), v.isoTimestamp())
/** Text, or null where there is none. */
export const textOrNull = v.nullable(v.string())
/** A number, or null where there is none. */
export const numberOrNull = v.nullable(v.number())
/** Whole, from 0. */
export const count = v.pipe(v.number(), v.integer(), v.minValue(0))
/** Where a message travels. */
export const vendor = v.picklist(VENDOR_NAMES)
/** SMS or MMS. */
export const channel = v.picklist(['sms', 'mms'])

/** A remark that does not stop a message. */
export const Warning = v.strictObject({
  code: v.string(),
  message: v.string(),
  field: v.optional(v.string()),
})

/** A page of a list: `next` is the cursor of the page after, null on the last. */
export const pageOf = <const N extends string, S extends v.GenericSchema>(name: N, item: S) =>
  v.strictObject({
    ...({ [name]: v.array(item) } as Record<N, v.ArraySchema<S, undefined>>),
    next: textOrNull,
  })

const CODES = Object.keys(FAILURE_EXAMPLES) as [Failure['code'], ...Failure['code'][]]

/** What went wrong, as every error of the API has it. */
export const Problem = v.strictObject({
  code: v.picklist(CODES),
  message: v.string(),
  retryable: v.boolean(),
  docs: v.pipe(v.string(), v.url()),
  field: v.optional(v.string()),
})

/** The body of every error. */
export const ErrorAnswer = v.strictObject({ error: Problem })
