import type { Message } from '../../src/domain/message.ts'
import type { MediaClass, NewMedia } from '../../src/domain/ports.ts'

export const ACCOUNT = 'acc_0000000000000000000001'
export const STRANGER = 'acc_0000000000000000000002'

/** A conversation id from a few characters. */
export const conversation = (name: string): string => `cnv_${name.padStart(22, '0')}`

/** A message in one conversation, as its object would project it. */
export function message(change: Partial<Message> & { sequence: number }): Message {
  const thread = change.conversation ?? conversation('1')
  return {
    id: `msg_${thread.slice(4)}${String(change.sequence).padStart(22, '0')}`,
    account: ACCOUNT,
    conversation: thread,
    direction: 'outbound',
    channel: 'mms',
    vendor: 'simulator',
    from: '+14165550100',
    to: ['+14165550101'],
    subject: null,
    text: `text ${change.sequence}`,
    parts: [],
    budget: 300_000,
    wireBytes: 1000,
    warnings: [],
    state: 'accepted',
    certainty: null,
    reason: null,
    vendorCode: null,
    vendorText: null,
    vendorId: null,
    maybeDuplicate: false,
    recipients: [],
    createdAt: 1_000_000 + change.sequence,
    updatedAt: 1_000_000 + change.sequence,
    ...change,
  }
}

/** A file to store, from text. */
export const file = (text: string, change: Partial<NewMedia> = {}): NewMedia => ({
  account: ACCOUNT,
  class: 'upload' as MediaClass,
  type: 'text/plain',
  width: null,
  height: null,
  expiresAt: 1_000_000,
  chunks: [new TextEncoder().encode(text)],
  ...change,
})
