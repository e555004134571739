import { describe, expect, it } from 'vitest'
import { describe as describeFailure, type Failure } from '../../src/domain/failure.ts'
import { FAILURE_EXAMPLES } from '../../src/domain/failure-examples.ts'

const examples = Object.values(FAILURE_EXAMPLES) as Failure[]

describe('every failure', () => {
  it.each(examples.map((failure) => [failure.code, failure] as const))(
    '%s says what to do',
    (code, failure) => {
      const said = describeFailure(failure)
      expect(said.code).toBe(failure.code === 'media_failure' ? failure.media.code : code)
      expect(said.status).toBeGreaterThanOrEqual(400)
      expect(said.status).toBeLessThanOrEqual(599)
      // A sentence for people: it begins, it ends, and nothing in it was forgotten to be filled in.
      expect(said.message).toMatch(/^[A-Z`+0-9].*\.$/)
      expect(said.message).not.toMatch(/undefined|null|NaN|\[object/)
      expect(said.message.length).toBeLessThanOrEqual(250)
    },
  )

  it("that may go away by itself is the server's, or says for how long", () => {
    for (const failure of examples) {
      const said = describeFailure(failure)
      if (said.retryAfter !== undefined) expect(said.retryable, said.code).toBe(true)
      if (said.status === 503 && failure.code !== 'not_configured')
        expect(said.retryAfter, said.code).toBeGreaterThan(0)
    }
  })

  it('of authentication gives one answer, whoever asks', () => {
    expect(describeFailure({ code: 'unauthorized' }).status).toBe(401)
    expect(describeFailure({ code: 'invalid_signature' }).status).toBe(401)
    expect(describeFailure({ code: 'not_found', what: 'message' }).status).toBe(404)
  })

  it('has a code of its own', () => {
    expect(new Set(examples.map((failure) => failure.code)).size).toBe(examples.length)
    for (const [key, failure] of Object.entries(FAILURE_EXAMPLES)) expect(failure.code).toBe(key)
  })
})

describe('words that come from outside', () => {
  it('are cut and quoted', () => {
    const said = describeFailure({ code: 'invalid_number', field: 'to', typed: `"\n${'9'.repeat(10_000)}` })
    expect(said.message.length).toBeLessThan(150)
    expect(said.message).not.toContain('\n')
    expect(said.field).toBe('to')
  })

  it('of the media library keep their code, status and advice', () => {
    const media = { code: 'media_busy', message: 'Wait.', status: 503, retryable: true }
    expect(describeFailure({ code: 'media_failure', media, part: 2 })).toMatchObject({
      code: 'media_busy',
      status: 503,
      retryable: true,
      message: 'Part 2: Wait.',
    })
    expect(describeFailure({ code: 'media_failure', media, part: null }).message).toBe('Wait.')
  })
})
