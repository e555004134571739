import { describe, expect, it } from 'vitest'
import type { KeywordRule } from '../../src/domain/keyword.ts'
import { isMailAddress, type Mail } from '../../src/domain/mail.ts'
import { applyKeywords, createKeywords } from '../../src/messaging/keywords.ts'
import type { MessagingPorts } from '../../src/messaging/ports.ts'
import type { Received } from '../../src/messaging/received.ts'

/** What is forwarded to a mailbox. Who takes the e-mail here is made up: it only writes down what it got. */

const picture = Uint8Array.of(0xff, 0xd8, 1, 2, 3)
const received = {
  id: 'msg_1',
  conversation: 'cnv_1',
  number: { account: 'acc_1', address: '+14165550100', vendor: 'simulator' },
  channel: 'mms',
  from: '+16135550190',
  text: 'Look at this',
  subject: null,
  media: ['med_1', 'med_gone'],
  at: 0,
} as unknown as Received

function stage({ refuses = false, mail = true } = {}) {
  const sent: Mail[] = []
  const logged: string[] = []
  const claims = new Map<string, string | null>()
  const rules: KeywordRule[] = []
  const ports = {
    clock: { now: () => 1000 },
    claims: {
      take: async ({ key, subject }: { key: string; subject: string }) => {
        const before = claims.get(key)
        if (before != null) return { kind: 'answered', body: before }
        claims.set(key, null)
        return { kind: 'taken', subject, resumed: false }
      },
      answer: async (_account: string, key: string, body: string) => void claims.set(key, body),
      release: async (_account: string, key: string) => void claims.delete(key),
    },
    media: {
      find: async (_account: string, id: string) =>
        id === 'med_1'
          ? {
              id,
              class: 'message',
              type: 'image/jpeg',
              bytes: picture.length,
              deletedAt: null,
              expiresAt: 2000,
            }
          : null,
      read: async () => picture,
    },
    keywords: {
      list: async () => rules,
      put: async (_account: string, rule: KeywordRule) => rules.push(rule) > 0,
    },
    numbers: { list: async () => [received.number] },
    mailer: mail
      ? {
          send: async (one: Mail) => {
            if (refuses) throw new Error('destination address is not verified')
            sent.push(one)
          },
        }
      : null,
    log: (event: string) => void logged.push(event),
  } as unknown as MessagingPorts
  const add = (request: object) =>
    createKeywords(ports).put({ account: 'acc_1', key: 'key_1', scopes: ['admin'], test: false }, null, {
      match: 'any',
      ...request,
    } as never)
  return { ports, sent, logged, add }
}

describe('a forward by e-mail', () => {
  it('I16 brings who wrote, the words and the files, once however often the webhook comes', async () => {
    const { ports, sent, add } = stage()
    expect(await add({ forward_email: 'desk@example.com' })).toMatchObject({ ok: true })
    await applyKeywords(ports, received)
    await applyKeywords(ports, received)
    expect(sent).toEqual([
      {
        to: 'desk@example.com',
        subject: 'Message from +16135550190 to +14165550100',
        text: 'Look at this\n\nNot attached, and kept here: med_gone',
        files: [{ name: 'file1.jpg', type: 'image/jpeg', bytes: picture }],
      },
    ])
  })

  it('that is refused is written down, and hinders nothing', async () => {
    const { ports, sent, logged, add } = stage({ refuses: true })
    await add({ forward_email: 'desk@example.com' })
    await applyKeywords(ports, received)
    expect([sent, logged]).toEqual([[], ['mail_forward_failed']])
  })

  it('is refused in words where no e-mail is set up, and to what is no address', async () => {
    expect(await stage({ mail: false }).add({ forward_email: 'desk@example.com' })).toMatchObject({
      ok: false,
      failure: { field: 'forward_email', problem: expect.stringContaining('BELINO_MAIL_FROM') },
    })
    expect(await stage().add({ forward_email: 'desk' })).toMatchObject({
      ok: false,
      failure: { field: 'forward_email' },
    })
  })

  it.each([
    ['desk@example.com', true],
    ["o'neil+mms@mail.example.co.uk", true],
    ['desk', false],
    ['desk@example', false],
    ['a@b.c\r\nBcc: x@y.z', false],
    ['a b@example.com', false],
    ['a@b@example.com', false],
    [`${'a'.repeat(250)}@example.com`, false],
  ])('%j is an address: %s', (text, is) => {
    expect(isMailAddress(text)).toBe(is)
  })
})

it('a forward never forwards a forward', async () => {
  const { ports, sent, logged, add } = stage()
  const rule = await add({ forward_to: '+16135550191' })
  expect(rule.ok).toBe(true)
  await applyKeywords(ports, { ...received, text: '+16135550177: Look at this' })
  await applyKeywords(ports, { ...received, text: '+16135550177:' })
  expect([sent, logged]).toEqual([[], []])
})
