import type { MediaFetcher } from '../delivery/fetch-media.ts'
import { localUrl } from '../delivery/guard/local-url.ts'

/** Everything on this machine, and what it leads to on this machine. */
const HERE = { allows: () => true, list: 'here', local: true, etag: null, lastModified: null } as const

/**
 * Local development: what vendors that run on this machine offer is fetched from it. Every other URL goes past the guard as
 * ever, redirects from here to elsewhere too.
 */
export const fetchingFromHere = (fetcher: MediaFetcher): MediaFetcher => ({
  fetchMedia: (url, options) =>
    fetcher.fetchMedia(url, localUrl(url) === null ? options : { ...options, source: HERE }),
})
