import { BUDGETS, type BudgetName } from '../domain/budget.ts'
import type { Failure } from '../domain/failure.ts'
import type { FitRequest } from '../domain/fit.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import { readFormat } from './format-names.ts'

/** What an optimizer URL asks for. */
export type FitUrl = {
  readonly source: string
  readonly request: FitRequest
  /** Milliseconds since 1970 after which the URL is void; null leaves it good. */
  readonly expiresAt: number | null
  /** Without an extension; the type gives it. */
  readonly filename: string | null
  readonly attachment: boolean
}

/** The smallest file that is worth asking for, in bytes. */
export const SMALLEST_FILE = 1000

/** What one option asks for. */
type Wishes = Partial<Omit<FitUrl, 'source' | 'request'>> & { readonly request?: Partial<FitRequest> }

/** What an option says, or a sentence on what is wrong with it. */
type Option = (args: readonly string[]) => Wishes | string

const flag = (text: string | undefined): boolean | null =>
  /^(?:1|t|true)$/i.test(text ?? '') ? true : /^(?:0|f|false)$/i.test(text ?? '') ? false : null

/** imgproxy reads 0 as "not given". */
function pixels(text: string | undefined): number | undefined | null {
  if (text === undefined || text === '' || text === '0') return undefined
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return value >= 16 && value <= 20_000 ? value : null
}

function within(width: string | undefined, height: string | undefined): ReturnType<Option> {
  const maxWidth = pixels(width)
  const maxHeight = pixels(height)
  if (maxWidth === null || maxHeight === null) return 'Give 16 to 20000 pixels, or 0 for no limit.'
  return {
    request: {
      ...(maxWidth === undefined ? {} : { maxWidth }),
      ...(maxHeight === undefined ? {} : { maxHeight }),
    },
  }
}

function typed(names: readonly string[]): ReturnType<Option> {
  const types = names.map((name) => readFormat(decode(name) ?? '')).filter((type) => type !== undefined)
  return names.length > 0 && types.length === names.length
    ? { request: { types } }
    : 'Name types by extension or in full, such as jpg or image/png.'
}

const FIT_ONLY = 'Only `fit` is known: nothing is cropped or stretched.'
const yes = (args: readonly string[], else_: string): ReturnType<Option> =>
  flag(args[0]) === true ? {} : else_

/** By their names in imgproxy, where it has the option, long and short; the last four are ours. */
const OPTIONS: Readonly<Record<string, Option>> = {
  max_bytes: ([text = '']) => {
    const named = Object.hasOwn(BUDGETS, text) ? BUDGETS[text as BudgetName] : undefined
    const budget = named ?? (/^\d{1,8}$/.test(text) ? Number(text) : 0)
    return budget >= SMALLEST_FILE && budget <= BUDGETS.hard
      ? { request: { budget } }
      : `Give ${SMALLEST_FILE} to ${BUDGETS.hard} bytes, or safe, everywhere-us, recommended, hard.`
  },
  width: ([width]) => within(width, undefined),
  height: ([height]) => within(undefined, height),
  size: ([width, height]) => within(width, height),
  resizing_type: ([type]) => (type === 'fit' ? {} : FIT_ONLY),
  resize: ([type, width, height]) => (type === 'fit' ? within(width, height) : FIT_ONLY),
  enlarge: (args) => (flag(args[0]) === false ? {} : 'Nothing is ever enlarged. Leave it out.'),
  format: typed,
  strip_metadata: (args) => yes(args, 'Metadata is always taken out. Leave it out.'),
  strip_color_profile: (args) => yes(args, 'Colours are always turned to sRGB. Leave it out.'),
  auto_rotate: (args) => yes(args, 'Pictures are always turned upright. Leave it out.'),
  expires: ([seconds = '']) =>
    /^\d{1,11}$/.test(seconds) ? { expiresAt: Number(seconds) * 1000 } : 'Give seconds since 1970.',
  filename: ([name = '', encoded]) => {
    const text = flag(encoded) ? fromBase64url(name) : decode(name)
    const safe = text?.replace(/[^A-Za-z0-9._ -]/g, '_').slice(0, 60)
    return safe ? { filename: safe } : 'Give a file name, without an extension.'
  },
  cachebuster: () => ({}),
  return_attachment: ([text]) => {
    const attachment = flag(text)
    return attachment === null ? 'Give 1 or 0.' : { attachment }
  },
  minimum_quality: ([text = '']) => {
    const minimumQuality = /^\d{1,3}$/.test(text) ? Number(text) : 101
    return minimumQuality <= 100 ? { request: { minimumQuality } } : 'Give 0 to 100.'
  },
  keep_animation: ([text]) => {
    const keepAnimation = flag(text)
    return keepAnimation === null ? 'Give 1 or 0.' : { request: { keepAnimation } }
  },
  effort: ([effort]) =>
    effort === 'best' || effort === 'fast' ? { request: { effort } } : 'Choose best or fast.',
}

const SHORT: Readonly<Record<string, string>> = {
  mb: 'max_bytes',
  w: 'width',
  h: 'height',
  s: 'size',
  rt: 'resizing_type',
  rs: 'resize',
  el: 'enlarge',
  f: 'format',
  ext: 'format',
  sm: 'strip_metadata',
  scp: 'strip_color_profile',
  ar: 'auto_rotate',
  exp: 'expires',
  fn: 'filename',
  cb: 'cachebuster',
  att: 'return_attachment',
  mq: 'minimum_quality',
  ka: 'keep_animation',
}

const invalid = (field: string, problem: string): Result<never, Failure> =>
  fail({ code: 'invalid_field', field, problem })

/**
 * Reads what follows the signature: options as `name:value` between slashes, then the source as `plain/<percent-encoded
 * URL>[@<extension>]` or as base64url of the URL with an optional `.<extension>`. The text is the path as it was signed.
 */
export function readFitUrl(path: string): Result<FitUrl, Failure> {
  const segments = path.split('/')
  let url: Omit<FitUrl, 'source' | 'request'> & { readonly request: Partial<FitRequest> } = {
    request: {},
    expiresAt: null,
    filename: null,
    attachment: false,
  }
  let at = 0
  for (; at < segments.length && segments[at]?.includes(':') && segments[at] !== 'plain'; at++) {
    const [given = '', ...args] = segments[at]?.split(':') ?? []
    const name = SHORT[given] ?? given
    const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined
    if (option === undefined)
      return invalid(
        given.slice(0, 40),
        `This option is not known here. Known: ${Object.keys(OPTIONS).join(', ')}.`,
      )
    const said = option(args)
    if (typeof said === 'string') return invalid(name, said)
    url = { ...url, ...said, request: { ...url.request, ...said.request } }
  }
  const source =
    segments[at] === 'plain' ? plainSource(segments.slice(at + 1)) : encodedSource(segments.slice(at))
  if (source === null)
    return invalid(
      'source',
      'End the URL with plain/ and the percent-encoded source, or with the source in base64url.',
    )
  if (source.extension !== null) {
    const types = typed([source.extension])
    if (typeof types === 'string') return invalid('format', types)
    url = { ...url, request: { ...url.request, ...types.request } }
  }
  const { budget = BUDGETS.safe } = url.request
  return ok({ ...url, request: { ...url.request, budget }, source: source.url })
}

type Source = { readonly url: string; readonly extension: string | null }

function plainSource(segments: readonly string[]): Source | null {
  const [, url = '', extension] = /^([^@]*)(?:@([^@]*))?$/.exec(segments.join('/')) ?? []
  const decoded = decode(url)
  return decoded ? { url: decoded, extension: extension || null } : null
}

function encodedSource(segments: readonly string[]): Source | null {
  const [, url = '', extension] = /^([\w=-]+)(?:\.(\w+))?$/.exec(segments.join('')) ?? []
  const decoded = fromBase64url(url)
  return decoded ? { url: decoded, extension: extension ?? null } : null
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

function fromBase64url(text: string): string | null {
  try {
    const bytes = Uint8Array.fromBase64(text.replace(/=+$/, ''), { alphabet: 'base64url' })
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return null
  }
}
