import { signal } from '@preact/signals'
import { api, ask, credentials } from './api.ts'
import { originals } from './attach.ts'
import { type Draft, type Outcome, setFile } from './draft.ts'
import { here, mediaUrl } from './media.ts'
import { requestOf } from './send.ts'
import { numbers } from './state.ts'
import type { Part, Remark } from './wire.ts'

/** What the gateway says of a draft before it is sent. */
export type Verdict = {
  readonly errors: readonly Remark[]
  readonly warnings: readonly Remark[]
  readonly channel: 'sms' | 'mms' | null
  readonly budget: number | null
  readonly wireBytes: number | null
}

/** The verdict on the draft that is shown; null while nobody has judged it. */
export const verdict = signal<Verdict | null>(null)
/** Whether the gateway is still asked. */
export const judging = signal(false)

/** Bytes of a message that are neither text nor files: headers and the presentation. */
const OVERHEAD = 2_500
/** What a message may take when nobody has said anything else. */
const SAFE = 300_000

type Checked = {
  readonly errors?: readonly Remark[]
  readonly warnings?: readonly Remark[]
  readonly channel?: 'sms' | 'mms'
  readonly budget?: number
}

type Previewed = Required<Pick<Checked, 'warnings' | 'channel' | 'budget'>> & {
  readonly wire_bytes: number
  readonly parts: readonly (Part & { readonly url: string; readonly score?: number | null })[]
}

/** The budget that a draft has, as far as the page knows it. */
export const budgetOf = (draft: Draft): number =>
  verdict.value?.budget ??
  Math.min(numbers.value.find((one) => one.number === draft.from)?.budget ?? SAFE, 5_000_000)

/** How often a busy gateway is asked again, and after how many milliseconds. */
const TRIES = 5
const PAUSE = 1_200
const pause = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, PAUSE))

/** Problems of the files themselves: fitting each alone would only say the same again. */
const OF_MEDIA = 'media'

const refused = (problem: Remark): Verdict => ({
  errors: [problem],
  warnings: [],
  channel: null,
  budget: null,
  wireBytes: null,
})

/** Judges a draft: may it be sent, and what will arrive. `stop` ends what a later change has made useless. */
export async function judge(draft: Draft, to: readonly string[], stop: AbortSignal): Promise<void> {
  judging.value = true
  const files = draft.files.filter((file) => file.media !== null && file.problem === null)
  const done = await (files.length > 0 && to.length > 0
    ? previewAll(draft, to, stop)
    : checkAll(draft, to, stop))
  if (!done && !stop.aborted) await fitAll(draft, stop)
  if (!stop.aborted) judging.value = false
}

/** Asks whether a text may be sent. True when nothing more is to be done. */
async function checkAll(draft: Draft, to: readonly string[], stop: AbortSignal): Promise<boolean> {
  if (to.length === 0) {
    verdict.value = null
    return false
  }
  const checked = await api<Checked>('/v1/messages:check', { json: requestOf(draft, to), signal: stop })
  if (stop.aborted) return true
  if (checked.ok) {
    const { errors = [], warnings = [], channel = null, budget = null } = checked.value
    verdict.value = { errors, warnings, channel, budget, wireBytes: null }
  } else
    verdict.value =
      checked.problem.status >= 400 && checked.problem.status < 500 ? refused(checked.problem) : null
  return draft.files.length === 0
}

/** Asks what would be received. True when every file has an answer. */
async function previewAll(draft: Draft, to: readonly string[], stop: AbortSignal): Promise<boolean> {
  const files = draft.files.filter((file) => file.media !== null)
  for (const file of files)
    if (file.outcome === null && file.problem === null) setFile(file.key, { state: 'fitting' })
  for (let attempt = 1; ; attempt++) {
    const made = await api<Previewed>('/v1/messages:preview', { json: requestOf(draft, to), signal: stop })
    if (stop.aborted) return true
    if (!made.ok && made.problem.code === 'busy' && attempt < TRIES) {
      await pause()
      continue
    }
    if (!made.ok) {
      verdict.value = refused(made.problem)
      const at = Number(/^Part (\d+):/.exec(made.problem.message)?.[1])
      const bad = files[at - 1]
      if (bad !== undefined)
        setFile(bad.key, {
          state: 'failed',
          problem: made.problem.message.replace(/^Part \d+: /, ''),
          outcome: null,
        })
      return made.problem.field === OF_MEDIA && bad !== undefined && files.length === 1
    }
    const { parts, warnings, channel, budget, wire_bytes: wireBytes } = made.value
    verdict.value = { errors: [], warnings, channel, budget, wireBytes }
    const shown = parts.filter((part) => part.source !== null || parts.length === files.length)
    for (const [index, file] of files.entries()) {
      const part = shown[index]
      if (part === undefined) continue
      const outcome: Outcome = {
        type: part.type,
        bytes: part.bytes,
        width: part.width,
        height: part.height,
        url: here(part.url),
        changed: part.source !== null,
        reason: part.reason,
        score: part.score ?? null,
        warnings: [],
      }
      setFile(file.key, { state: 'ready', outcome, problem: null })
    }
    return true
  }
}

/** Fits each file to its share, as the message's planner would with files of one kind. */
async function fitAll(draft: Draft, stop: AbortSignal): Promise<void> {
  const files = draft.files.filter((file) => file.media !== null && file.state !== 'failed')
  if (files.length === 0) return
  const room = budgetOf(draft) - OVERHEAD - new TextEncoder().encode(draft.text).length
  const share = Math.floor(room / files.length)
  for (const file of files) {
    if (stop.aborted) return
    const key = `${file.media} ${share}`
    if (file.state === 'ready' && fitted.get(file.key) === key) continue
    setFile(file.key, { state: 'fitting' })
    const outcome = await fitOne(file.key, file.media ?? '', share, stop)
    if (stop.aborted) return
    if (typeof outcome === 'string') setFile(file.key, { state: 'failed', problem: outcome })
    else {
      fitted.set(file.key, key)
      setFile(file.key, { state: 'ready', outcome, problem: null })
    }
  }
}

/** Which file was fitted to which share. */
const fitted = new Map<string, string>()

/** The bytes of a file: those here, or the gateway's. */
async function bytesOf(key: string, media: string): Promise<Blob | null> {
  const here = originals.get(key)
  if (here !== undefined) return here
  const url = mediaUrl(media)
  for (let i = 0; url.value === null && i < 50; i++) await new Promise((resolve) => setTimeout(resolve, 100))
  if (!url.value) return null
  const answer = await fetch(url.value, { headers: credentials() }).catch(() => null)
  return answer?.ok ? answer.blob() : null
}

const sizeOf = (text: string | null): [number | null, number | null] => {
  const match = /^(\d+)x(\d+)$/.exec(text ?? '')
  return match === null ? [null, null] : [Number(match[1]), Number(match[2])]
}

async function fitOne(
  key: string,
  media: string,
  share: number,
  stop: AbortSignal,
): Promise<Outcome | string> {
  const body = await bytesOf(key, media)
  if (body === null) return ''
  for (let attempt = 0; ; attempt++) {
    const answer = await ask(`/v1/fit?budget=${Math.max(1000, share)}`, {
      method: 'POST',
      body,
      signal: stop,
    })
    if (answer === null) return ''
    if (answer.status === 503 && attempt < TRIES) {
      await pause()
      continue
    }
    if (!answer.ok) {
      const said = (await answer.json().catch(() => null)) as { error?: { message?: string } } | null
      return said?.error?.message ?? ''
    }
    const blob = await answer.blob().catch(() => null)
    if (blob === null || stop.aborted) return ''
    const [width, height] = sizeOf(answer.headers.get('belino-size'))
    return {
      type: blob.type,
      bytes: blob.size,
      width,
      height,
      url: URL.createObjectURL(blob),
      changed: answer.headers.get('belino-changed') === 'true',
      reason: answer.headers.get('belino-reason'),
      score: Number(answer.headers.get('belino-score')) || null,
      warnings: (answer.headers.get('belino-warnings') ?? '').split(', ').filter((one) => one !== ''),
    }
  }
}
