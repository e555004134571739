import { fail, ok, type Result } from '../domain/result.ts'

/** Where a key may fetch from: `https://host/path/`, where `*.` before the host stands for all of its subdomains. */
export type SourcePattern = {
  readonly protocol: string
  readonly host: string
  readonly any: boolean
  readonly path: string
}

const SHAPE = /^(https?):\/\/(\*\.)?([^/?#@*\s]+)(\/[^?#*\s]*)?$/

/** Reads a pattern; a failure is a sentence. */
export function readSource(text: string, local: boolean): Result<SourcePattern, string> {
  const [, protocol, wildcard, host = '', path = '/'] = SHAPE.exec(text) ?? []
  const url = protocol === undefined ? null : URL.parse(`${protocol}://${host}${path}`)
  if (url === null) return fail('Write each source as https://host/path/, or https://*.host/path/.')
  const loopback = local && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (protocol !== 'https' && !loopback) return fail('Sources start with https://.')
  // A whole top-level domain is nobody's own.
  if (!loopback && !/^[^.]+\.(?:[^.]+\.)*[^.]+$/.test(url.hostname))
    return fail('Name a host in full, such as cdn.example.com.')
  return ok({ protocol: url.protocol, host: url.host, any: wildcard !== undefined, path: url.pathname })
}

/** Whether a URL lies under one of the patterns. A path is a beginning: `/photos/` holds `/photos/1.jpg`, and `/photos` `/photos-2` too. */
export function allowsSource(patterns: readonly string[], url: URL): boolean {
  return patterns.some((text) => {
    const pattern = readSource(text, true)
    if (!pattern.ok) return false
    const { protocol, host, any, path } = pattern.value
    return (
      url.protocol === protocol &&
      (any ? url.host.endsWith(`.${host}`) : url.host === host) &&
      // Percent-encoded dots and slashes are another path to some servers.
      !/%2e|%2f|%5c/i.test(url.pathname) &&
      url.pathname.startsWith(path)
    )
  })
}
