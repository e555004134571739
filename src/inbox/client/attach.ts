import { signal } from '@preact/signals'
import { credentials, href, offline, type Problem } from './api.ts'
import { type Attachment, type Draft, draftOf, setDraft, setFile } from './draft.ts'
import { t } from './page.ts'
import type { Media } from './wire.ts'

/** Attachments that any vendor carries in one message. */
export const MOST_FILES = 10

/** Why the last files were not taken, or not sent; in words. */
export const refusal = signal<string | null>(null)

/** Files as they are here, while the page lives: what is shown until the gateway has said what becomes of them. */
export const originals = new Map<string, File>()

/** Uploads with progress, which `fetch` does not tell. */
function upload(
  file: File,
  onProgress: (part: number) => void,
): Promise<{ media: Media } | { problem: Problem }> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open('POST', href('/v1/media'))
    for (const [name, value] of Object.entries(credentials())) request.setRequestHeader(name, value)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total)
    request.onerror = () => resolve({ problem: offline() })
    request.onload = () => {
      try {
        const body = JSON.parse(request.responseText)
        if (request.status < 300) resolve({ media: body as Media })
        else resolve({ problem: { ...(body.error as Problem), status: request.status } })
      } catch {
        resolve({ problem: { code: 'unknown', message: t('wentWrong'), status: request.status } })
      }
    }
    request.send(file)
  })
}

/** How often a busy gateway is asked again, and after how many milliseconds. */
const TRIES = 4
const PAUSE = 1_500

async function uploadPatiently(key: string, file: File): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    setFile(key, { state: 'uploading', progress: 0, problem: null })
    const done = await upload(file, (progress) => setFile(key, { progress }))
    if ('media' in done)
      return setFile(key, { media: done.media.id, type: done.media.type, state: 'fitting', progress: 1 })
    if (done.problem.code !== 'busy' || attempt === TRIES)
      return setFile(key, { state: 'failed', problem: done.problem.message })
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
}

/**
 * Takes files into a draft and uploads them one after the other; `refusal` says why some were left out.
 */
export function attach(place: string, from: string, files: readonly File[]): void {
  const draft = draftOf(place, from)
  const room = MOST_FILES - draft.files.length
  const taken = files.slice(0, Math.max(0, room))
  refusal.value =
    files.length > taken.length
      ? t('tooManyFiles', { most: MOST_FILES, left: files.length - taken.length })
      : null
  const fresh: Attachment[] = taken.map((file) => {
    const key = crypto.randomUUID()
    originals.set(key, file)
    return {
      key,
      name: file.name,
      type: file.type || 'application/octet-stream',
      size: file.size,
      state: 'uploading',
      progress: 0,
      media: null,
      local: URL.createObjectURL(file),
      outcome: null,
      problem: null,
      alt: '',
    }
  })
  setDraft(place, { ...draft, files: [...draft.files, ...fresh] })
  void (async () => {
    for (const [index, file] of taken.entries()) await uploadPatiently(fresh[index]?.key ?? '', file)
  })()
}

/** Uploads a file again. */
export function attachAgain(key: string): void {
  const file = originals.get(key)
  if (file !== undefined) void uploadPatiently(key, file)
}

/** Takes a file out of a draft. */
export function detach(place: string, draft: Draft, key: string): void {
  const file = draft.files.find((one) => one.key === key)
  if (file?.local) URL.revokeObjectURL(file.local)
  originals.delete(key)
  setDraft(place, { ...draft, files: draft.files.filter((one) => one.key !== key) })
}

/** Moves a file one place on or back. */
export function move(place: string, draft: Draft, key: string, step: 1 | -1): void {
  const at = draft.files.findIndex((one) => one.key === key)
  const to = at + step
  const [file, other] = [draft.files[at], draft.files[to]]
  if (file === undefined || other === undefined) return
  const files = [...draft.files]
  files[at] = other
  files[to] = file
  setDraft(place, { ...draft, files })
}
