// Rewrites the sources of the core for the checked build: every raw access to memory goes through `Checked.guard`, and
// fixed regions get a gap behind them and are registered. The text is rewritten because the compiler has no hook
// between a raw access and its code.

/** Bytes nobody owns behind each fixed region. */
const GAP = 256

/** Operations: bytes accessed (an expression), and at which place the constant offset stands. */
const operations = [
  {
    pattern: /(?<![.\w])(load|store)<([iuf]\d+|usize)>\(/g,
    bytes: (m) => `sizeof<${m[2]}>()`,
    offset: (m) => (m[1] === 'load' ? 1 : 2),
  },
  { pattern: /\bv128\.load\(/g, bytes: () => '16', offset: () => 1 },
  { pattern: /\bv128\.store\(/g, bytes: () => '16', offset: () => 2 },
  {
    pattern: /\bv128\.load(8|16|32|64)_(?:zero|splat)\(/g,
    bytes: (m) => String(Number(m[1]) / 8),
    offset: () => 1,
  },
  { pattern: /\bv128\.load(?:8x8|16x4|32x2)_[su]\(/g, bytes: () => '8', offset: () => 1 },
  {
    pattern: /\bv128\.(?:load|store)(8|16|32|64)_lane\(/g,
    bytes: (m) => String(Number(m[1]) / 8),
    offset: () => 3,
  },
  { pattern: /\bv128\.load_(?:zero|splat|ext)<\w+>\(/g, bytes: () => '8', offset: () => 1 },
]

/** The arguments of a call whose opening parenthesis ends at `from`: where each starts and ends. */
function argumentsAt(text, from) {
  const found = []
  let depth = 0
  let start = from
  for (let at = from; ; at++) {
    const letter = text[at]
    if (letter === undefined) return undefined
    if ('([{'.includes(letter)) depth++
    else if (depth > 0 && ')]}'.includes(letter)) depth--
    else if (depth === 0 && (letter === ',' || letter === ')')) {
      // Behind a trailing comma there is nothing.
      if (text.slice(start, at).trim() !== '') found.push({ start, end: at })
      start = at + 1
      if (letter === ')') return found
    }
  }
}

/** Wraps parts of the text, each given as [start, end, before, after], inner ones included. */
function wrap(text, parts) {
  const inserts = parts.flatMap(([start, end, before, after]) => [
    { at: start, text: before, order: 1, span: end - start },
    { at: end, text: after, order: 0, span: end - start },
  ])
  // At one place closing comes before opening; outer openings first, inner closings first.
  inserts.sort((a, b) => a.at - b.at || a.order - b.order || (a.order ? b.span - a.span : a.span - b.span))
  let out = ''
  let from = 0
  for (const insert of inserts) {
    out += text.slice(from, insert.at) + insert.text
    from = insert.at
  }
  return out + text.slice(from)
}

/**
 * The text of a source file as the checked build compiles it.
 *
 * @param {string} source
 * @returns {string}
 */
export function checked(source) {
  // Comments may hold anything; lengths stay the same.
  const text = source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '))
  const parts = []
  for (const { pattern, bytes, offset } of operations)
    for (const match of text.matchAll(pattern)) {
      const list = argumentsAt(text, match.index + match[0].length)
      if (list === undefined) continue
      const constant = list[offset(match)]
      const shift = constant ? text.slice(constant.start, constant.end) : '0'
      parts.push([list[0].start, list[0].end, 'Checked.guard(', `, ${shift}, ${bytes(match)})`])
    }
  for (const match of text.matchAll(/\bmemory\.(copy|fill)\(/g)) {
    const [to, from, size] = argumentsAt(text, match.index + match[0].length)
    const last = `, 0, (${text.slice(size.start, size.end)}) as usize)`
    parts.push([to.start, to.end, 'Checked.guard(', last])
    if (match[1] === 'copy') parts.push([from.start, from.end, 'Checked.guard(', last])
  }
  const regions = []
  const spaced = wrap(text, parts).replace(
    /(const (\w+)(?:: usize)? = memory\.data\()([^<\n][^\n]*), 16\)/g,
    (_, head, name, size) => {
      regions.push(`Checked.region(${name}, (${size}) as usize)`)
      return `${head}${size} + ${GAP}, 16)`
    },
  )
  const tables = [
    ...spaced.matchAll(/const (\w+)(?:: usize)? = memory\.data<(\w+)>\(\[([\d,\s.x-]*)\]/g),
  ].map(
    ([, name, type, values]) =>
      `Checked.table(${name}, ${values.split(',').filter((value) => value.trim()).length} * sizeof<${type}>())`,
  )
  return `${spaced}\n${[...regions, ...tables].join('\n')}\n`
}
