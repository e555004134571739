// Sends every still and animation of a folder through `POST /v1/fit` of Belino at several budgets and lays the results side by side: the whole, a detail at the size of a phone's screen, bytes, pixels, score, reason.
//
//   node scripts/contact-sheet.mjs <folder> <out> [--url http://localhost:8787] [--key dev-key] [--only regex]
//
// Without --url it starts a Belino of its own (`wrangler dev` on the bundle as it is deployed) and ends it.
// <out> gets every result, sheet.html and a PNG for each source.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import sharp from 'sharp'
import { createLocalWorker } from './lib/local-worker.mjs'

const BUDGETS = [100_000, 300_000, 600_000, 1_000_000]
const KINDS = /\.(jpe?g|png|gif|webp|heic|heif|avif|bmp|wbmp|tiff?)$/i
/** Size of a cell's picture, of its detail, and of the words under them. */
const CELL = { width: 400, height: 300, detail: 240, words: 76 }
/** Longest side at which a phone shows a picture: details are cut from that. */
const VIEW = 2048
/** Frames of an animation that are shown. */
const FRAMES = 6

const [folder, out, ...rest] = process.argv.slice(2)
if (folder === undefined || out === undefined) {
  console.error('usage: node scripts/contact-sheet.mjs <folder> <out> [--url URL] [--key KEY] [--only REGEX]')
  process.exit(2)
}
const option = (name, otherwise) => {
  const at = rest.indexOf(name)
  return at < 0 ? otherwise : (rest[at + 1] ?? otherwise)
}
const { url, end } = await belino(option('--url', undefined))
const key = option('--key', 'dev-key')
const only = new RegExp(option('--only', '.'))

/** Where to ask, and how to end what was started for it. */
async function belino(given) {
  if (given !== undefined) return { url: given, end: async () => {} }
  const home = mkdtempSync(join(tmpdir(), 'belino-sheet-'))
  const worker = await createLocalWorker(home)
  const running = await worker.start()
  return {
    url: worker.origin,
    end: async () => {
      await running.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** One request: the bytes that came, and what the headers say of them. */
async function fitted(source, budget) {
  const response = await fetch(`${url}/v1/fit?budget=${budget}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: source,
  })
  if (!response.ok) return { refused: (await response.json()).error?.message ?? `status ${response.status}` }
  const header = (name) => response.headers.get(name)
  return {
    bytes: Buffer.from(await response.arrayBuffer()),
    type: header('content-type'),
    size: header('belino-size'),
    score: header('belino-score'),
    reason: header('belino-reason'),
    warnings: header('belino-warnings'),
  }
}

const escaped = (text) =>
  String(text ?? '').replace(
    /[&<>"]/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c,
  )

/** Lines of at most so many characters. */
function wrapped(text, length) {
  const lines = ['']
  for (const word of String(text).split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > length) lines.push('')
    lines[lines.length - 1] = `${lines.at(-1)} ${word}`.trim()
  }
  return lines
}

const words = (lines) => {
  const spans = lines.slice(0, 4).map((line, i) => `<text x="6" y="${16 + i * 17}">${escaped(line)}</text>`)
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CELL.width}" height="${CELL.words}" font-family="sans-serif" font-size="13">${spans.join('')}</svg>`,
  )
}

/** The whole of a picture on a checked ground, or some frames of an animation. */
async function overview(bytes) {
  const { pages = 1 } = await sharp(bytes).metadata()
  const inside = { width: CELL.width, height: CELL.height, fit: /** @type {const} */ ('inside') }
  if (pages === 1) return await sharp(bytes).rotate().resize(inside).png().toBuffer()
  const side = Math.floor(CELL.width / 3)
  const frames = await Promise.all(
    Array.from({ length: FRAMES }, (_, i) => Math.floor((i * (pages - 1)) / (FRAMES - 1))).map(
      async (page, i) => ({
        input: await sharp(bytes, { page })
          .resize(side, Math.floor(CELL.height / 2), { fit: 'inside' })
          .png()
          .toBuffer(),
        left: (i % 3) * side,
        top: Math.floor(i / 3) * Math.floor(CELL.height / 2),
      }),
    ),
  )
  return await blank(CELL.width, CELL.height).composite(frames).png().toBuffer()
}

const blank = (width, height) => sharp({ create: { width, height, channels: 3, background: '#d8d8d8' } })

/** The middle of a picture as a phone shows it: enlarged or made smaller to the source's size there. */
async function detail(bytes, view) {
  const shown = await sharp(bytes)
    .rotate()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .resize(view.width, view.height, { fit: 'fill', kernel: 'lanczos3' })
    .png()
    .toBuffer()
  const width = Math.min(CELL.width, view.width)
  const height = Math.min(CELL.detail, view.height)
  const left = Math.floor((view.width - width) * 0.45)
  const top = Math.floor((view.height - height) * 0.45)
  return await sharp(shown).extract({ left, top, width, height }).png().toBuffer()
}

/** A cell: the whole, a detail, words. */
async function cell(bytes, view, lines) {
  const height = CELL.height + CELL.detail + CELL.words
  const parts = [{ input: words(lines), left: 0, top: CELL.height + CELL.detail }]
  if (bytes !== undefined && view !== undefined)
    parts.push(
      { input: await overview(bytes), left: 0, top: 0 },
      { input: await detail(bytes, view), left: 0, top: CELL.height },
    )
  return await blank(CELL.width - 4, height)
    .resize(CELL.width, height)
    .composite(parts)
    .png()
    .toBuffer()
}

mkdirSync(out, { recursive: true })
const rows = []
for (const name of readdirSync(folder).sort()) {
  if (!KINDS.test(name) || !only.test(name)) continue
  const source = readFileSync(join(folder, name))
  const results = []
  for (const budget of BUDGETS) {
    const result = await fitted(source, budget)
    const over = result.bytes !== undefined && result.bytes.length > budget
    results.push({ budget, ...result })
    const said =
      result.refused ?? `${result.type} ${result.size} ${result.bytes.length} B, score ${result.score ?? '-'}`
    console.log(`${name} ${budget}: ${said}${over ? ' OVER THE BUDGET' : ''}`)
    if (over) process.exitCode = 1
  }
  // What this machine cannot decode is shown by its best rendition.
  const readable = await sharp(source)
    .rotate()
    .resize(8, 8)
    .toBuffer()
    .then(
      () => source,
      () => results.findLast(({ bytes }) => bytes !== undefined)?.bytes,
    )
  const seen = readable && (await sharp(readable).rotate().toBuffer({ resolveWithObject: true })).info
  const scale = seen ? Math.min(1, VIEW / Math.max(seen.width, seen.height)) : 1
  const view = seen && { width: Math.round(seen.width * scale), height: Math.round(seen.height * scale) }
  const about = [
    `${name}`,
    `${source.length} bytes`,
    readable === source ? '' : '(shown by its best rendition)',
  ]
  const cells = [await cell(readable, view, about)]
  for (const { budget, bytes, type, size, score, reason, refused } of results) {
    const file = `${basename(name, extname(name))}-${budget}.${type?.split('/')[1] ?? 'txt'}`
    writeFileSync(join(out, file), bytes ?? refused)
    const facts = refused ?? `${type} ${size}, ${bytes.length} of ${budget}, score ${score ?? '-'}`
    cells.push(await cell(bytes, view, [...wrapped(facts, 52), ...wrapped(reason ?? '', 52)]))
  }
  const height = CELL.height + CELL.detail + CELL.words
  const strip = `${basename(name, extname(name))}.sheet.png`
  await blank(CELL.width * cells.length, height)
    .composite(cells.map((input, i) => ({ input, left: i * CELL.width, top: 0 })))
    .png()
    .toFile(join(out, strip))
  rows.push(
    `<h2>${escaped(name)}</h2><img src="${encodeURIComponent(strip)}" alt=""><ul>${results
      .map(
        ({ budget, bytes, type, size, score, reason, warnings, refused }) =>
          `<li>${budget}: ${
            refused === undefined
              ? `${escaped(type)} ${size}, ${bytes.length} bytes, score ${score ?? '-'}. ${escaped(reason)} ${escaped(warnings)}`
              : escaped(refused)
          }</li>`,
      )
      .join('')}</ul>`,
  )
}
const style = 'body{font:15px sans-serif;margin:2rem}img{max-width:100%}'
writeFileSync(
  join(out, 'sheet.html'),
  `<!doctype html><meta charset="utf-8"><title>What became of each picture</title><style>${style}</style>${rows.join('\n')}`,
)
await end()
