import { boot, t } from './page.ts'

/** Why a request failed, in words for whoever reads the page. */
export type Problem = {
  readonly code: string
  readonly message: string
  readonly status: number
  readonly field?: string
}

/** An answer, or why there is none. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem }

/** What a request may carry. */
export type Ask = {
  readonly method?: string
  readonly json?: unknown
  readonly body?: Blob
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal
}

/** The headers by which the API knows the page. */
export const credentials = (): Record<string, string> => ({ 'x-belino-csrf': boot.csrf })

/** The address of something of the gateway's, wherever it is mounted. */
export const href = (path: string): string => `${boot.base}${path}`

/** The problem that an answer tells of. */
export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => null)) as { error?: Partial<Problem> } | null
  const { code = 'unknown', message = t('wentWrong'), field } = body?.error ?? {}
  return { code, message, status: response.status, ...(field === undefined ? {} : { field }) }
}

/** What is said when nobody answers. */
export const offline = (): Problem => ({ code: 'offline', message: t('offline'), status: 0 })

/** Asks the gateway and gives the response as it is; null when nobody answers. */
export async function ask(path: string, { json, headers, ...init }: Ask = {}): Promise<Response | null> {
  try {
    const response = await fetch(href(path), {
      ...init,
      ...(json === undefined ? {} : { body: JSON.stringify(json), method: init.method ?? 'POST' }),
      headers: {
        ...credentials(),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
    })
    // The session has ended: the page at the same address is the one to sign in at.
    if (response.status === 401) location.reload()
    return response
  } catch {
    return null
  }
}

/** Asks for JSON. */
export async function api<T>(path: string, init?: Ask): Promise<Answer<T>> {
  const response = await ask(path, init)
  if (response === null) return { ok: false, problem: offline() }
  if (!response.ok) return { ok: false, problem: await problemOf(response) }
  try {
    return { ok: true, value: (response.status === 204 ? null : await response.json()) as T }
  } catch {
    // It broke off, or nobody wants it any more.
    return { ok: false, problem: offline() }
  }
}

const query = (values: { readonly [name: string]: string | number | null | undefined }): string => {
  const given = Object.entries(values).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  )
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

/** Asks for JSON with a query; what is null or empty is left out. */
export const get = <T>(
  path: string,
  values: { readonly [name: string]: string | number | null | undefined } = {},
): Promise<Answer<T>> => api<T>(`${path}${query(values)}`)
