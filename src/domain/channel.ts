import type { Channel } from './message.ts'

/** What a request says of its channel: `auto` leaves it to what the message is. */
export const CHANNEL_CHOICES = ['auto', 'sms', 'mms'] as const
/** What a request says of its channel. */
export type ChannelChoice = (typeof CHANNEL_CHOICES)[number]

/** What decides how a message travels. */
export type ChannelFacts = {
  readonly asked: ChannelChoice
  readonly media: number
  readonly hasSubject: boolean
  readonly recipients: number
  /** Segments of the text as SMS. */
  readonly segments: number
  readonly sender: { readonly sms: boolean; readonly mms: boolean; readonly smsMaxSegments: number }
  /** Whether a recipient is known to take no MMS. */
  readonly someoneWithoutMms: boolean
}

/** The channel of a message, and why the one that was asked for cannot carry it; null when it can. */
export type ChannelDecision = { readonly channel: Channel; readonly problem: string | null }

/**
 * Decides between SMS and MMS. What only MMS carries goes as MMS; a long text does where both ends can, because it arrives
 * in one piece, and else as SMS in several segments.
 */
export function decideChannel(facts: ChannelFacts): ChannelDecision {
  const { asked, sender } = facts
  if (asked === 'mms') return { channel: 'mms', problem: null }
  const only = onlyByMms(facts)
  if (asked === 'sms')
    return {
      channel: 'sms',
      problem: only === null ? null : `SMS carries no ${only}. Leave that out, or choose auto or mms.`,
    }
  if (only !== null) return { channel: 'mms', problem: null }
  if (!sender.sms) return { channel: 'mms', problem: null }
  const isLong = facts.segments > sender.smsMaxSegments
  return { channel: isLong && sender.mms && !facts.someoneWithoutMms ? 'mms' : 'sms', problem: null }
}

/** What a message has that only MMS carries, in words. */
function onlyByMms({ media, hasSubject, recipients }: ChannelFacts): string | null {
  if (media > 0) return 'media'
  if (hasSubject) return 'subject'
  return recipients > 1 ? 'group' : null
}
