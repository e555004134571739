import type { Context } from 'hono'
import * as v from 'valibot'
import type { Failure } from '../domain/failure.ts'
import type { ReplaceRequest } from '../domain/replacement.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { readJson } from './body.ts'
import type { ApiEnv } from './env.ts'
import { issueFailure, SendBody } from './send-request.ts'

const { subject, text, media } = SendBody.entries

/** The body of `POST /v1/messages/:id/replace`: the fields of a send that make its content. */
export const ReplaceBody = v.strictObject({ subject, text, media })

/** Reads a request to replace a message's content. */
export async function readReplace(c: Context<ApiEnv>): Promise<Result<ReplaceRequest, Failure>> {
  const json = await readJson(c.req.raw, c.get('limits').json)
  if (!json.ok) return json
  const parsed = v.safeParse(ReplaceBody, json.value)
  if (!parsed.success) return fail(issueFailure(parsed.issues[0]))
  return ok({ ...parsed.output, media: parsed.output.media ?? [] })
}
