import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describeMediaFailure, fit, type Rendition, type Target } from '../media/index.ts'
import { bytesText } from './amount.ts'

/** How files are made to fit, and where they go. */
export type FitOptions = {
  readonly target: Target
  /** A folder, or a file where there is one source; beside the source without it. */
  readonly out: string | undefined
  /** Replaces files that are there. */
  readonly force: boolean
  /** One JSON object a file instead of sentences. */
  readonly json: boolean
}

/** Where a command reads and writes. */
export type Streams = {
  readonly stdin: NodeJS.ReadableStream
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean }
}

/** What became of one file. */
type Report =
  | {
      readonly file: string
      readonly output: string
      readonly type: string
      readonly bytes: number
      readonly width: number | null
      readonly height: number | null
      readonly budget: number
      readonly quality: number | null
      readonly reason: string
      readonly warnings: readonly string[]
      readonly source: {
        readonly type: string
        readonly bytes: number
        readonly width: number | null
        readonly height: number | null
      }
      readonly ms: number
    }
  | { readonly file: string; readonly error: { readonly code: string; readonly message: string } }

/** Files larger than this are read by nobody whole. Bytes. */
const LARGEST = 200_000_000

/**
 * Makes files fit, one after the other, and reports on each. `-` is standard input, whose result goes to standard output.
 *
 * @returns how many did not fit
 */
export async function fitFiles(
  files: readonly string[],
  options: FitOptions,
  streams: Streams,
): Promise<number> {
  const taken = new Set<string>()
  const piped = files.includes('-')
  // What is piped on must not be mixed with words.
  const say = (text: string): void => void (piped ? streams.stderr : streams.stdout).write(`${text}\n`)
  const isLive = streams.stderr.isTTY === true && files.length > 1
  let failed = 0
  for (const [index, file] of files.entries()) {
    if (isLive) streams.stderr.write(`\r\u001b[K${index + 1} of ${files.length}  ${basename(file)}`)
    const report = await fitOne(file, files.length, options, taken, streams)
    if (isLive) streams.stderr.write('\r\u001b[K')
    if ('error' in report) failed++
    say(options.json ? JSON.stringify(report) : sentence(report))
  }
  if (files.length > 1 && !options.json)
    say(`${files.length - failed} of ${files.length} files fit ${bytesText(options.target.budget)}.`)
  return failed
}

async function fitOne(
  file: string,
  count: number,
  options: FitOptions,
  taken: Set<string>,
  streams: Streams,
): Promise<Report> {
  const refused = (code: string, message: string): Report => ({ file, error: { code, message } })
  let source: Uint8Array
  try {
    if (file !== '-' && (await stat(file)).size > LARGEST)
      return refused('file_too_large', `It is larger than ${bytesText(LARGEST)}.`)
    source = file === '-' ? await buffer(streams.stdin) : await readFile(file)
  } catch (error) {
    return refused('unreadable', `It cannot be read: ${words(error)}.`)
  }
  const started = performance.now()
  const fitted = await fit(source, options.target)
  const ms = Math.round(performance.now() - started)
  if (!fitted.ok) return refused(fitted.failure.code, describeMediaFailure(fitted.failure).message)
  const output = file === '-' ? '-' : await outputOf(file, fitted.value, count, options.out)
  if (output === '-') streams.stdout.write(fitted.value.bytes)
  else {
    const path = resolve(output)
    if (path === resolve(file) || taken.has(path))
      return refused(
        'output_taken',
        `${output} is a source or another result. Choose another folder with --out.`,
      )
    taken.add(path)
    try {
      await writeFile(path, fitted.value.bytes, { flag: options.force ? 'w' : 'wx' })
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EEXIST'
        ? refused('output_exists', `${output} is there already. Replace it with --force.`)
        : refused('unwritable', `${output} cannot be written: ${words(error)}.`)
    }
  }
  const { type, bytes, width, height, quality, reason, warnings, source: facts } = fitted.value
  return {
    file,
    output,
    type,
    bytes: bytes.byteLength,
    width: width ?? null,
    height: height ?? null,
    budget: options.target.budget,
    quality: quality ?? null,
    reason,
    warnings: warnings.map((warning) => warning.code),
    source: {
      type: facts.type,
      bytes: facts.bytes,
      width: facts.width ?? null,
      height: facts.height ?? null,
    },
    ms,
  }
}

async function outputOf(
  file: string,
  { extension }: Rendition,
  count: number,
  out: string | undefined,
): Promise<string> {
  const name = `${basename(file, extname(file))}.fit.${extension}`
  if (out === undefined) return join(dirname(file), name)
  const isFolder = await stat(out).then(
    (found) => found.isDirectory(),
    () => out.endsWith('/'),
  )
  return isFolder || count > 1 ? join(out, name) : out
}

function sentence(report: Report): string {
  if ('error' in report) return `${report.file}: ${report.error.message} (${report.error.code})`
  const { file, output, source, warnings, reason, ms } = report
  const facts = (one: { type: string; bytes: number; width: number | null; height: number | null }): string =>
    [one.type, bytesText(one.bytes), one.width === null ? '' : `${one.width}x${one.height}`]
      .filter(Boolean)
      .join(' ')
  return [
    `${file}  ${facts(source)}  ->  ${output}  ${facts(report)}  ${ms} ms`,
    `  ${reason}${warnings.length === 0 ? '' : ` (${warnings.join(', ')})`}`,
  ].join('\n')
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error))
