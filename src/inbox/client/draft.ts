import { signal } from '@preact/signals'
import { numbers } from './state.ts'

/** What became of an attachment, as the recipient will get it. */
export type Outcome = {
  readonly type: string
  readonly bytes: number
  readonly width: number | null
  readonly height: number | null
  /** Where it can be looked at. */
  readonly url: string | null
  readonly changed: boolean
  readonly reason: string | null
  readonly score: number | null
  readonly warnings: readonly string[]
}

/** A file on its way into a message. */
export type Attachment = {
  readonly key: string
  readonly name: string
  readonly type: string
  readonly size: number
  readonly state: 'uploading' | 'fitting' | 'ready' | 'failed'
  /** From 0 to 1, while it is uploaded. */
  readonly progress: number
  readonly media: string | null
  /** The file as it is here, as a URL of this page. */
  readonly local: string | null
  readonly outcome: Outcome | null
  readonly problem: string | null
  readonly alt: string
}

/** A message that is being written. */
export type Draft = {
  readonly from: string
  readonly text: string
  readonly files: readonly Attachment[]
  /** What is rarely said: a title, and how large the message may get, by the name of a budget. */
  readonly subject?: string
  readonly budget?: string
}

const KEY = 'belino.drafts'

type Kept = { readonly [place: string]: Draft }

function restored(): Map<string, Draft> {
  try {
    return new Map(Object.entries(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept))
  } catch {
    return new Map()
  }
}

/** Drafts by the conversation that they belong to; `new` for one that has none yet. */
export const drafts = signal<ReadonlyMap<string, Draft>>(restored())

let saving: number | undefined

/** Keeps drafts across reloads: texts, and files that the gateway has already. */
function save(): void {
  clearTimeout(saving)
  saving = window.setTimeout(() => {
    const kept = [...drafts.value]
      .filter(([, draft]) => !isEmpty(draft))
      .slice(-50)
      .map(([place, draft]) => [
        place,
        {
          ...draft,
          files: draft.files
            .filter((file) => file.media !== null)
            .map((file) => ({ ...file, local: null, state: 'fitting', outcome: null })),
        },
      ])
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(kept)))
  }, 200)
}

/** The draft of a place; an empty one from `from` where there is none. */
export function draftOf(place: string, from: string): Draft {
  const standard = numbers.value.find((one) => one.default) ?? numbers.value[0]
  const draft = drafts.value.get(place)
  // One that was begun before the numbers were known has none yet.
  const number = draft?.from || from || (standard?.number ?? '')
  return { text: '', files: [], ...draft, from: number }
}

/** Whether there is nothing in it to lose. */
export const isEmpty = (draft: Draft): boolean =>
  draft.text === '' && draft.files.length === 0 && !draft.subject

/** Changes a draft. */
export function setDraft(place: string, draft: Draft | null): void {
  const next = new Map(drafts.value)
  if (draft === null) next.delete(place)
  else next.set(place, draft)
  drafts.value = next
  save()
}

/** Changes one file of a draft, wherever the draft is now; nothing when it was taken out meanwhile. */
export function setFile(key: string, change: Partial<Attachment>): void {
  for (const [place, draft] of drafts.value) {
    if (!draft.files.some((file) => file.key === key)) continue
    const files = draft.files.map((file) => (file.key === key ? { ...file, ...change } : file))
    setDraft(place, { ...draft, files })
    return
  }
}
