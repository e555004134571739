/** One property of a vCard or iCalendar file. */
export type Property = {
  /** Name in upper case, without group: `item1.TEL` is TEL. */
  readonly name: string
  /** Parameters as written, upper case: `;TYPE=CELL;PREF` gives ["TYPE=CELL", "PREF"]. */
  readonly parameters: readonly string[]
  /** The value with its folds taken out. */
  readonly value: string
  /** The lines of the file that it came from, without line ends. */
  readonly lines: readonly string[]
}

/**
 * Splits a text into properties: lines that begin with white space continue the one before (RFC 6350, 3.2); so do,
 * in vCard 2.1, lines after a quoted-printable soft break, and bare base64 lines up to an empty one.
 */
export function readProperties(text: string): Property[] {
  const lines = text.split(/\r\n|\r|\n/)
  const found: Property[] = []
  for (let at = 0; at < lines.length; ) {
    const first = lines[at++]!
    const head = /^(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":;]|=")*)*):/.exec(first)
    if (head === null) continue
    const parameters = head[2]!.toUpperCase().split(';').slice(1)
    const quoted = parameters.some((parameter) => /^(ENCODING=)?QUOTED-PRINTABLE$/.test(parameter))
    const base64 = isBase64(parameters)
    const taken = [first]
    const values = [first.slice(head[0].length)]
    while (at < lines.length) {
      const line = lines[at]!
      const soft = quoted && values.at(-1)!.endsWith('=')
      const bare = base64 && /^[A-Za-z0-9+/=]+$/.test(line)
      if (!/^[ \t]/.test(line) && !soft && !bare) break
      taken.push(line)
      values.push(soft || bare ? line : line.slice(1))
      at++
    }
    found.push({ name: head[1]!.toUpperCase(), parameters, value: values.join(''), lines: taken })
  }
  return found
}

/** Whether the parameters say base64, in the words of vCard 2.1 or of 3.0. */
export function isBase64(parameters: readonly string[]): boolean {
  return parameters.some((parameter) => /^(ENCODING=)?(B|BASE64)$/.test(parameter))
}

/** A property in lines of at most 75 characters, the way that every version reads. */
export function foldLine(line: string): string[] {
  const folded = [line.slice(0, 75)]
  for (let at = 75; at < line.length; at += 74) folded.push(` ${line.slice(at, at + 74)}`)
  return folded
}
