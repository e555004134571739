// `npm start`: Belino on this machine, with everything it needs: the core built, the database migrated, a demo account with
// numbers, a simulated carrier with handsets, and the cron that `wrangler dev` leaves to others.
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildCore } from './build-core.mjs'
import { ensureDevVars } from './lib/dev-vars.mjs'
import { portIsFree } from './lib/port-is-free.mjs'
import { startWrangler, stopGroup } from './lib/process-group.mjs'
import { ensureSamplePhoto } from './lib/sample-photo.mjs'
import { readSettings, USAGE } from './lib/settings.mjs'
import { createOutputFilter, eachLine } from './lib/wrangler-output.mjs'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '')
const HANDSET = '+16135550123'
const MINUTE = 60_000
/** Lines of wrangler's own words that are shown when it ends unasked. */
const LAST_WORDS = 25

const say = (/** @type {string} */ line) => console.log(line)
const complain = (/** @type {string} */ text) => {
  console.error(text)
  process.exitCode = 1
}

/** The one child that runs now; whoever stops Belino stops it. */
let child = null
let stopping = false

async function stop() {
  if (stopping) return
  stopping = true
  if (child !== null) await stopGroup(child)
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop())

/** Applies the migrations that this database has not seen. */
async function migrate(persist) {
  const said = []
  child = startWrangler(root, ['d1', 'migrations', 'apply', 'DB', '--local', ...persist])
  eachLine(child.stdout, (line) => said.push(line))
  eachLine(child.stderr, (line) => said.push(line))
  const code = await ended(child)
  child = null
  if (code === 0 || stopping) return true
  complain(`The database could not be brought up to date:\n\n${said.join('\n').trim()}`)
  return false
}

/** @returns {Promise<number | null>} the exit code, once everything it said has been read */
const ended = (process) =>
  new Promise((resolve) => {
    process.once('error', () => resolve(1))
    process.once('close', resolve)
  })

async function serve(settings, persist) {
  const port = String(settings.port)
  const lastWords = []
  const filter = createOutputFilter()
  const server = startWrangler(root, [
    'dev',
    ...['--port', port, '--inspector-port', '0', '--show-interactive-dev-session=false'],
    ...persist,
  ])
  child = server
  let introduced = false
  const listen = (/** @type {import('node:stream').Readable} */ stream, write) =>
    eachLine(stream, (line) => {
      lastWords.push(line)
      if (lastWords.length > LAST_WORDS) lastWords.shift()
      const shown = filter(line)
      // A build that fails is told at once, and wrangler waits for it to be mended; our own first requests are told to nobody.
      if (shown !== null && (introduced || !/^[A-Z]+ \/\S* \d{3} /.test(shown))) write(shown)
    })
  listen(server.stdout, say)
  listen(server.stderr, (line) => console.error(line))

  const origin = `http://localhost:${port}`
  const left = ended(server)
  const ready = await Promise.race([left.then(() => false), answers(origin)])
  if (ready) {
    await introduce(origin, settings)
    // The lines about our own requests are still on their way.
    setTimeout(() => {
      introduced = true
    }, 500)
    const cron = setInterval(() => void runCron(origin), MINUTE)
    void runCron(origin)
    await left
    clearInterval(cron)
  }
  if (stopping) return
  await stopGroup(server)
  complain(`\nBelino has stopped. Its last words were:\n\n${lastWords.join('\n').trim()}`)
}

/** Resolves to true as soon as the Worker answers. */
async function answers(origin) {
  for (;;) {
    const response = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => null)
    if (response?.ok) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function runCron(origin) {
  const response = await fetch(`${origin}/cdn-cgi/handler/scheduled`).catch(() => null)
  // No answer means that the Worker is being reloaded or stopped; the next minute comes.
  if (response !== null && !response.ok) console.error(`The cron failed with ${response.status}.`)
  await response?.body?.cancel()
}

async function introduce(origin, settings) {
  const { devKey } = await ensureDevVars(`${root}/.dev.vars`)
  const page = async (path) => {
    const response = await fetch(origin + path).catch(() => null)
    await response?.body?.cancel()
    return response?.ok === true
  }
  const sample = `${root}/.wrangler/photo.jpg`
  // npm moves to the folder of the package; the line is pasted where the person stands.
  const photo = (await ensureSamplePhoto(sample))
    ? relative(process.env.INIT_CWD ?? process.cwd(), sample)
    : 'photo.jpg'
  const key = devKey ?? 'YOUR_KEY'
  const places = [
    ['Inbox', '/'],
    ['Simulator', '/simulator'],
    ['Handset', `/handset/${HANDSET}`],
  ]
  say('\nBelino is running.\n')
  for (const [name, path] of places) if (await page(path)) say(`  ${name.padEnd(10)} ${origin}${path}`)
  say(`  ${'API'.padEnd(10)} ${origin}/v1`)
  if (devKey !== null) say(`  ${'Key'.padEnd(10)} ${devKey} (opens the demo account, from this machine only)`)
  say(`\nSend a photo${photo === 'photo.jpg' ? '' : ' (this one, or any of yours)'}:\n`)
  say(
    `  curl -H "Authorization: Bearer ${key}" -F to=${HANDSET} -F text=Hello -F "media=@${photo}" ${origin}/v1/messages`,
  )
  say(`\nData stays in ${settings.persistTo ?? '.wrangler/state'}. Ctrl-C stops.\n`)
}

async function main() {
  const settings = readSettings(process.argv.slice(2))
  if ('problem' in settings) return complain(`${settings.problem}\n\n${USAGE}`)
  if (settings.help) return say(USAGE)
  if (!(await portIsFree(settings.port)))
    return complain(
      `Something else is using port ${settings.port} on this machine. Choose another one:\n\n  npm start -- --port ${settings.port + 3}`,
    )
  const persist = settings.persistTo === null ? [] : ['--persist-to', settings.persistTo]
  const { written } = await ensureDevVars(`${root}/.dev.vars`)
  if (written) say('Made a root key for this machine (.dev.vars).')
  say('Building the media core ...')
  try {
    await buildCore('release')
  } catch (error) {
    return complain(error.message)
  }
  say('Preparing the database ...')
  if (!(await migrate(persist)) || stopping) return
  say('Starting the Worker ...')
  await serve(settings, persist)
}

await main()
