/** What wrangler says about itself in a normal run. A person who starts Belino did not ask, and some of it alarms. */
const NOISE = [
  /^\[custom build\]/,
  /^Using (?:secrets|vars) defined in /,
  /^⎔ /,
  /^\[wrangler:info\] (?:Ready on|Updated and ready on|GET \/health |\S+ \/cdn-cgi\/)/,
  /^Total Upload: /,
  // A page that is open asks every few seconds whether something has changed.
  /^\[wrangler:info\] GET \/simulator\/version/,
]

/** Openings of things said over several lines, which go on to the next line that is neither blank nor indented. */
const BLOCKS = [
  /^Your Worker has access to the following bindings/,
  /\[WARNING\] Scheduled Workers are not automatically triggered/,
  /Unable to fetch the `Request\.cf` object/,
  /Wrangler detected this dev session/,
]

const REQUEST = /^\[wrangler:info\] ([A-Z]+) (\S+) (\d{3}) .*\((\d+m?s)\)$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what it looks for.
const COLOURS = /\u001b\[[0-9;]*m/g

/**
 * Makes a filter of wrangler's output, a line at a time: what it does not know, it lets pass, because an error that nobody
 * foresaw must be seen.
 *
 * @returns {(line: string) => string | null} the line as a person gets it, or null for nothing
 */
export function createOutputFilter() {
  /** @type {null | 'indented' | 'table' | 'stack'} */
  let inside = null
  let blank = true
  const keep = (/** @type {string} */ line) => {
    if (line !== '') {
      blank = false
      return line
    }
    if (blank) return null
    blank = true
    return line
  }
  return (raw) => {
    const line = raw.replace(COLOURS, '').trimEnd()
    if (inside !== null && continues(inside, line)) return null
    inside = null
    if (BLOCKS.some((opening) => opening.test(line))) {
      inside = /bindings/.test(line) ? 'table' : /Request\.cf/.test(line) ? 'stack' : 'indented'
      return null
    }
    if (NOISE.some((noise) => noise.test(line))) return null
    const request = REQUEST.exec(line)
    if (request !== null) return keep(`${request[1]} ${request[2]} ${request[3]} ${request[4]}`)
    return keep(line.replace(/^\[wrangler:(?:info|warn|error)\] /, ''))
  }
}

function continues(inside, line) {
  if (inside === 'table') return /^(?:Binding |env\.)/.test(line)
  if (inside === 'stack') return /^\s+at |^\w*Error: |^$/.test(line)
  return /^\s|^$/.test(line)
}

/**
 * Cuts a stream of bytes into lines.
 *
 * @param {import('node:stream').Readable} stream
 * @param {(line: string) => void} take
 */
export function eachLine(stream, take) {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
  stream.on('end', () => {
    if (rest !== '') take(rest)
  })
}
