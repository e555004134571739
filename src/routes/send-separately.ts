import type { Context } from 'hono'
import { describe } from '../domain/failure.ts'
import { failed } from './answer.ts'
import type { ApiEnv } from './env.ts'
import { idempotencyOf } from './idempotency.ts'
import { representMessage } from './represent.ts'
import type { ReadSend } from './send-request.ts'

/** Answers `POST /v1/messages` with `group: "separate"`: a message for each recipient, and who got none. */
export async function sendSeparately(c: Context<ApiEnv>, { request, bodyHash }: ReadSend): Promise<Response> {
  const sent = await c.get('sendSeparately')(c.get('caller'), request, idempotencyOf(c, bodyHash))
  if (!sent.ok) return failed(c, sent.failure)
  const { batch, messages, failures } = sent.value
  return c.json(
    {
      batch,
      messages: messages.map(({ message, warnings }) => ({ ...representMessage(message), warnings })),
      failures: failures.map(({ address, failure }) => {
        const { code, message, retryable } = describe(failure)
        return { address, error: { code, message, retryable } }
      }),
    },
    202,
  )
}
