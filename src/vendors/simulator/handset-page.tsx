import type { ChaosState, FaultKind } from './chaos.ts'
import type { DropCause, HandsetProfile } from './handset.ts'
import { PROFILE_KINDS, PROFILE_NAMES } from './handset.ts'
import type { PartFacts } from './message-facts.ts'
import { MessageInspector } from './message-inspector.tsx'
import type { MessageView, ThreadView } from './network-api.ts'
import {
  handsetHref,
  type PageFrame,
  PageLayout,
  readableBytes,
  readableNumber,
  Time,
} from './page-layout.tsx'

/** How long a slide stays where the message does not say, in milliseconds. */
const SLIDE_MS = 5000

/** How long each slide stays, in milliseconds, as the presentation says (SMIL 2.0, clause 10.3.1: seconds or milliseconds). */
function slideTimes(smil: string | null): number[] {
  return (smil ?? '')
    .split(/<par\b/i)
    .slice(1)
    .map((slide) => {
      const match = /^[^>]{0,200}?\bdur\s*=\s*["'](\d{1,6}(?:\.\d{1,3})?)(ms|s)?["']/i.exec(slide)
      const ms = Number(match?.[1] ?? 0) * (match?.[2] === 'ms' ? 1 : 1000)
      return ms >= 200 && ms <= 120_000 ? ms : SLIDE_MS
    })
}

/** What a phone shows of one conversation: phones keep a thread for each set of members. */
type Conversation = { readonly key: string; readonly ours: string; readonly members: readonly string[] }

/** Where a part's bytes are served. */
const partHref = (frame: PageFrame, number: string, message: MessageView, index: number): string =>
  `${handsetHref(frame, number)}/messages/${message.id}/parts/${index}`

function conversationOf(number: string, message: MessageView): Conversation {
  const ours = message.direction === 'outbound' ? message.from : message.to[0]!
  const members = [...new Set([message.from, ...message.to])]
    .filter((one) => one !== number && one !== ours)
    .sort()
  return { key: [ours, ...members].join(','), ours, members }
}

const WORDS: { readonly [C in DropCause]: string } = {
  too_many_bytes: 'too many bytes for this phone',
  too_many_pixels: 'too many pixels for this phone',
  type_not_taken: 'a type that this phone does not take',
  not_what_it_says: 'its bytes are not what its header says',
}

function Part(props: { frame: PageFrame; number: string; message: MessageView; index: number }) {
  const { frame, number, message, index } = props
  const part = message.facts.parts[index] as PartFacts
  const href = partHref(frame, number, message, index)
  const type = part.found ?? part.type
  if (part.text !== null) return <p class="bubble">{part.text}</p>
  if (type.startsWith('image/'))
    return (
      <a href={href}>
        <img src={href} alt={part.name ?? 'picture'} width={part.width ?? undefined} />
      </a>
    )
  // biome-ignore lint/a11y/useMediaCaption: what somebody sent has no captions
  if (type.startsWith('video/')) return <video src={href} controls preload="metadata" />
  // biome-ignore lint/a11y/useMediaCaption: what somebody sent has no captions
  if (type.startsWith('audio/')) return <audio src={href} controls preload="none" />
  return (
    <a class="file" href={href}>
      <b>{part.name ?? 'file'}</b>
      {part.type}, {readableBytes(part.bytes)}
    </a>
  )
}

function Bubbles(props: { frame: PageFrame; number: string; profile: HandsetProfile; message: MessageView }) {
  const { frame, number, profile, message } = props
  const { reception, facts } = message
  const times = slideTimes(facts.smil)
  const mine = message.direction === 'inbound' && message.from === number
  const drops = (reception?.drops ?? []).flatMap((cause, index) => (cause === null ? [] : [{ cause, index }]))
  const last = message.webhooks
    .filter((one) => one.event.type === 'message.status' && one.event.recipient === number)
    .at(-1)
  return (
    <li class={mine ? 'mine' : 'theirs'}>
      {message.to.length > 1 && !mine && <span class="meta">{readableNumber(message.from)}</span>}
      {reception === null || reception.outcome === 'delivered' ? (
        <>
          {facts.subject !== null && <p class="bubble subject">{facts.subject}</p>}
          {message.channel === 'sms' && <p class="bubble">{facts.text}</p>}
          {message.shown.map((slide, index) => (
            <div class="slide" data-ms={message.shown.length > 1 ? (times[index] ?? SLIDE_MS) : undefined}>
              {slide.map((index) => (
                <Part frame={frame} number={number} message={message} index={index} />
              ))}
            </div>
          ))}
          {drops.map(({ cause, index }) => (
            <p class="ghost bubble">
              {facts.parts[index]?.name ?? 'A part'} was taken out on the way: {WORDS[cause]}.
            </p>
          ))}
        </>
      ) : (
        <p class="ghost bubble">
          {reception.outcome === 'failed'
            ? `Never arrived: ${reception.cause}.`
            : `Dropped on the way: ${WORDS[reception.cause as DropCause]} (${readableBytes(facts.bytes)}, ${
                profile.reports ? 'reported' : 'in silence'
              }).`}
        </p>
      )}
      <span class="meta">
        <Time at={message.at} />
        {last !== undefined && last.event.type === 'message.status' && ` · ${last.event.state}`}
        {message.seen > 1 && ` · submitted ${message.seen} times, shown once`} ·{' '}
        <a href={`#m-${message.id}`}>{readableBytes(facts.bytes)}</a>
      </span>
    </li>
  )
}

function Compose(props: {
  frame: PageFrame
  number: string
  conversation: Conversation | null
  ours: readonly string[]
}) {
  const { frame, number, conversation, ours } = props
  return (
    <form
      class="compose"
      method="post"
      enctype="multipart/form-data"
      action={`${handsetHref(frame, number)}/reply${conversation === null ? '' : `?with=${encodeURIComponent(conversation.key)}`}`}
    >
      {conversation === null ? (
        <>
          <input
            name="to"
            required
            placeholder="To: a number of yours"
            list="ours"
            value={ours[0] ?? ''}
            aria-label="To"
          />
          <datalist id="ours">
            {ours.map((one) => (
              <option value={one} />
            ))}
          </datalist>
        </>
      ) : (
        <>
          <input type="hidden" name="to" value={conversation.ours} />
          <input type="hidden" name="members" value={conversation.members.join(',')} />
        </>
      )}
      <textarea name="text" placeholder="Text message" aria-label="Text message" />
      <div class="row">
        <input type="file" name="media" multiple aria-label="Pictures and files" />
        <button type="submit">Send</button>
      </div>
    </form>
  )
}

function ProfileForm(props: { frame: PageFrame; number: string; profile: HandsetProfile }) {
  const { frame, number, profile } = props
  return (
    <form class="row" method="post" action={`${handsetHref(frame, number)}/profile`}>
      <label>
        Phone{' '}
        <select name="kind">
          {PROFILE_KINDS.map((kind) => (
            <option value={kind} selected={kind === profile.kind}>
              {PROFILE_NAMES[kind]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <input type="checkbox" name="reports" value="true" checked={profile.reports} /> its network reports
        what it drops
      </label>
      <button type="submit" class="quiet">
        Change
      </button>
      <small>
        takes {readableBytes(profile.messageBytes)}, pictures up to {profile.longSide}x{profile.shortSide}
        {profile.smil ? '' : ', knows no SMIL'}
      </small>
    </form>
  )
}

/** The troubles that a phone's page offers, each always or never; the simulator's page has finer ones. */
const TROUBLES: readonly { readonly kind: FaultKind; readonly says: string }[] = [
  { kind: 'reject', says: 'The carrier refuses every message' },
  { kind: 'too_large', says: 'The carrier finds every message too large' },
  { kind: 'delay', says: 'Every report comes late' },
  { kind: 'duplicate', says: 'Every report comes twice' },
]

function TroubleForm(props: { frame: PageFrame; number: string; chaos: ChaosState }) {
  const { frame, number, chaos } = props
  return (
    <form class="row" method="post" action={`${frame.base}/simulator/chaos`}>
      <input type="hidden" name="back" value={number} />
      {TROUBLES.map(({ kind, says }) => (
        <label>
          <input
            type="checkbox"
            name={`${kind}.percent`}
            value="100"
            checked={chaos.faults.some((fault) => fault.kind === kind)}
          />{' '}
          {says}
        </label>
      ))}
      <button type="submit" class="quiet">
        Make it so
      </button>
    </form>
  )
}

/** A phone with its thread, and beside it what came over the wire. */
export function HandsetPage(props: {
  frame: PageFrame
  view: ThreadView
  version: string
  /** The conversation asked for; the latest unless it exists. */
  selected: string | null
  /** Numbers of the account, for a phone that writes first. */
  ours: readonly string[]
  problem?: string | undefined
  /** What goes wrong just now. */
  chaos: ChaosState
}) {
  const { frame, view, ours } = props
  const conversations = new Map<string, Conversation>()
  for (const message of view.messages.toReversed()) {
    const conversation = conversationOf(view.number, message)
    if (!conversations.has(conversation.key)) conversations.set(conversation.key, conversation)
  }
  const wantsNew = props.selected === 'new'
  const chosen = wantsNew
    ? null
    : (conversations.get(props.selected ?? '') ?? conversations.values().next().value ?? null)
  const messages = view.messages.filter((message) => conversationOf(view.number, message).key === chosen?.key)
  const title =
    chosen === null ? 'New message' : [chosen.ours, ...chosen.members].map(readableNumber).join(', ')
  const href = handsetHref(frame, view.number)
  return (
    <PageLayout
      frame={frame}
      title={`${readableNumber(view.number)} · Belino simulator`}
      version={props.version}
    >
      <header class="top">
        <h1>{readableNumber(view.number)}</h1>
        <span class="dim">a simulated phone</span>
        <a href={`${frame.base}/simulator`}>All phones</a>
      </header>
      {props.problem !== undefined && <p class="problem">{props.problem}</p>}
      <main class="handset">
        <section class="phone" data-kind={view.profile.kind} aria-label="The phone">
          <div class="screen">
            <div class="bar">
              <b>{title}</b>
              <span>
                {chosen === null ? 'nobody yet' : chosen.members.length > 0 ? 'group' : 'text and pictures'}
              </span>
            </div>
            <ol class="thread">
              {messages.length === 0 && (
                <li class="empty">No messages. Send one to this number, or write first.</li>
              )}
              {messages.map((message) => (
                <Bubbles frame={frame} number={view.number} profile={view.profile} message={message} />
              ))}
            </ol>
            <Compose frame={frame} number={view.number} conversation={chosen} ours={ours} />
          </div>
        </section>
        <section class="card">
          <nav class="threads" aria-label="Conversations">
            {[...conversations.values()].map((one) => (
              <a
                class="tag"
                href={`${href}?with=${encodeURIComponent(one.key)}`}
                aria-current={one.key === chosen?.key ? 'page' : undefined}
              >
                {[one.ours, ...one.members].map(readableNumber).join(', ')}
              </a>
            ))}
            {conversations.size > 0 && (
              <a class="tag" href={`${href}?with=new`} aria-current={wantsNew ? 'page' : undefined}>
                new message
              </a>
            )}
          </nav>
          <p class="row">
            <a class="tag" href={`${frame.base || '/'}?to=${encodeURIComponent(view.number)}`}>
              Write to this phone from the message center
            </a>
          </p>
          <ProfileForm frame={frame} number={view.number} profile={view.profile} />
          <TroubleForm frame={frame} number={view.number} chaos={props.chaos} />
          <h2 class="wire">On the wire</h2>
          {messages.length === 0 && <p class="dim">What is really submitted shows here, part by part.</p>}
          {messages.toReversed().map((message) => (
            <MessageInspector
              message={message}
              partHref={(index) => partHref(frame, view.number, message, index)}
              rawHref={`${href}/messages/${message.id}/raw`}
            />
          ))}
        </section>
      </main>
    </PageLayout>
  )
}
