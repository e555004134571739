import { type Signal, signal } from '@preact/signals'
import { get, href } from './api.ts'
import type { Media } from './wire.ts'

/** Addresses of stored files, asked for once each. Null while unknown, empty when the file is gone. */
const known = new Map<string, Signal<string | null>>()

/** Milliseconds after which a file that could not be had is asked for again. */
const AGAIN = 5_000

/** The same file on this host, wherever the gateway says that the public reaches it: the page loads nothing from elsewhere. */
export const here = (url: string): string => {
  const path = /\/m\/[^/]+\/[^/]+$/.exec(new URL(url, location.href).pathname)?.[0]
  return path === undefined ? '' : href(path)
}

/** Where the bytes of a file are, as soon as that is known. */
export function mediaUrl(id: string): Signal<string | null> {
  const before = known.get(id)
  if (before !== undefined) return before
  const url = signal<string | null>(null)
  known.set(id, url)
  void get<Media>(`/v1/media/${id}`).then((answer) => {
    url.value = answer.ok && answer.value.url !== undefined ? here(answer.value.url) : ''
    // What may pass is asked for again, but not at once: every drawing would ask.
    if (!answer.ok && (answer.problem.status === 0 || answer.problem.status >= 500))
      setTimeout(() => known.delete(id), AGAIN)
  })
  return url
}

/** What a type of file is, for how it is shown. */
export function kindOf(type: string): 'picture' | 'video' | 'audio' | 'vcard' | 'text' | 'file' {
  if (/^image\/(?:jpeg|png|gif|webp|bmp|avif)$/i.test(type)) return 'picture'
  if (type.startsWith('video/')) return 'video'
  if (type.startsWith('audio/')) return 'audio'
  if (/^text\/(?:x-)?vcard$/i.test(type)) return 'vcard'
  return type === 'text/plain' ? 'text' : 'file'
}
