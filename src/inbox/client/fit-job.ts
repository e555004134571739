import { ask, offline, problemOf } from './api.ts'
import { t } from './page.ts'

/** A file that was made to fit, or why it was not. */
export type Job = {
  readonly key: string
  readonly file: File
  /** The file as it came, to be looked at. */
  readonly before: string
  readonly state: 'working' | 'done' | 'failed'
  readonly problem: string | null
  readonly after: {
    readonly url: string
    readonly name: string
    readonly type: string
    readonly bytes: number
    readonly size: string | null
    readonly sourceSize: string | null
    readonly reason: string | null
    readonly score: number | null
    /** Milliseconds that the gateway took. */
    readonly took: number
  } | null
}

/** What a fit is asked for. */
export type Wish = { readonly budget: string; readonly longSide: string }

/** The query of a wish, as in the address and in the line for a terminal. */
export function queryOf({ budget, longSide }: Wish): string {
  const query = new URLSearchParams({ budget })
  if (longSide !== '') {
    query.set('max_width', longSide)
    query.set('max_height', longSide)
  }
  return query.toString()
}

/** How often a busy gateway is asked again, and after how many milliseconds. */
const TRIES = 5
const PAUSE = 1_200

const nameOf = (file: File, disposition: string | null): string => {
  const extension = /filename="[^".]*\.([a-z0-9]+)"/i.exec(disposition ?? '')?.[1] ?? 'bin'
  return `${file.name.replace(/\.[^.]*$/, '')}.${extension}`
}

/** Has a file fitted. */
export async function fitFile(file: File, wish: Wish): Promise<Pick<Job, 'state' | 'problem' | 'after'>> {
  for (let attempt = 1; ; attempt++) {
    const started = performance.now()
    const answer = await ask(`/v1/fit?${queryOf(wish)}`, { method: 'POST', body: file })
    if (answer === null) return { state: 'failed', problem: offline().message, after: null }
    if (answer.status === 503 && attempt < TRIES) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
      continue
    }
    if (!answer.ok)
      return { state: 'failed', problem: (await problemOf(answer)).message || t('wentWrong'), after: null }
    const blob = await answer.blob()
    const head = (name: string) => answer.headers.get(name)
    return {
      state: 'done',
      problem: null,
      after: {
        url: URL.createObjectURL(blob),
        name: nameOf(file, head('content-disposition')),
        type: blob.type,
        bytes: blob.size,
        size: head('belino-size'),
        sourceSize: head('belino-source-size'),
        reason: head('belino-reason'),
        score: Number(head('belino-score')) || null,
        took: Math.round(performance.now() - started),
      },
    }
  }
}
