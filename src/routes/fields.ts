import type { Context } from 'hono'
import * as v from 'valibot'
import type { Failure } from '../domain/failure.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { readJson } from './body.ts'
import type { ApiEnv } from './env.ts'
import { issueFailure } from './send-request.ts'

/** One line of text for people: whole characters, none that controls a terminal or a header. */
export const line = (most: number) =>
  v.pipe(
    v.string('Give it as text.'),
    v.maxLength(most, `Use at most ${most} characters.`),
    v.check(
      (value) => value.isWellFormed(),
      'It holds half a character (a lone surrogate). Send whole ones.',
    ),
    v.check((value) => !/\p{Cc}/u.test(value), 'It holds a control character. Leave it out.'),
  )

/** A whole number within bounds, both included. */
export const whole = (least: number, most: number) => {
  const words = `Give a whole number from ${least} to ${most}.`
  return v.pipe(v.number(words), v.integer(words), v.minValue(least, words), v.maxValue(most, words))
}

/** A number above `least`, up to `most`. */
export const positive = (most: number) => {
  const words = `Give a number above 0, up to ${most}.`
  return v.pipe(v.number(words), v.gtValue(0, words), v.maxValue(most, words))
}

/** A time as the wire has it, as milliseconds since 1970. */
export const time = v.pipe(
  v.string('Give a time like 2026-11-22T12:00:00Z.'),
  v.isoTimestamp('Give a time like 2026-11-22T12:00:00Z.'),
  v.transform((value) => Date.parse(value)),
)

/** Micro-units of money: up to a million units of a currency a message. */
export const money = whole(0, 1_000_000_000_000)

/** Reads a JSON body by its schema; the first thing that is wrong in words. */
export async function readBody<S extends v.GenericSchema>(
  c: Context<ApiEnv>,
  schema: S,
): Promise<Result<v.InferOutput<S>, Failure>> {
  const json = await readJson(c.req.raw, c.get('limits').json)
  if (!json.ok) return json
  const parsed = v.safeParse(schema, json.value)
  return parsed.success ? ok(parsed.output) : fail(issueFailure(parsed.issues[0]))
}
