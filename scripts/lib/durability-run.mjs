import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { read, tryReplying, trySending } from './durability-client.mjs'
import { judge, restless } from './durability-verdict.mjs'

/** Steps at which the Worker can be made to wait, so that the power is cut exactly there. */
export const STEPS = ['blob', 'commit', 'index', 'submit', 'answer']

/** A message may rest in nobody's hands for this long after a power cut (F-1); milliseconds. */
export const STUCK = 60_000
/** A client that died in the middle of a request holds its idempotency key for this long. */
const LEASE = 60_000
/** A cut this soon after the step counts as one at the step; milliseconds. */
const PROMPT = 5
/** No step is waited for longer than this: then the cut is counted as one at a random point. */
const STEP_PATIENCE = 8_000
const CRON = 60_000
/** A message needs about half a second from its request to its last report, and more on a busy machine; milliseconds. */
const RANDOM_SPAN = 3000
/** The handset whose thread lives through all rounds. */
const LASTING = '+16135550140'

/**
 * Cuts the power of a local Worker again and again while it sends, and then holds what it promised against what is there.
 *
 * @param {import('./local-worker.mjs').LocalWorker} worker
 * @param {{ cuts: (string | null)[], random?: () => number, log?: (line: string) => void }} plan one entry a cut: a step, or
 *   null for a random moment
 */
export async function runDurability(worker, { cuts, random = Math.random, log = () => {} }) {
  /** @type {import('./durability-client.mjs').Sending[]} */
  const sendings = []
  /** @type {import('./durability-client.mjs').Replying[]} */
  const replyings = []
  /** Milliseconds from the Worker's word that it waits at a step to the cut. @type {number[]} */
  const named = []
  const photos = await Promise.all(Array.from({ length: 4 }, photo))

  for (const [round, step] of cuts.entries()) {
    const run = await worker.start(step ?? '')
    const asked = sendings.filter((sending) => sending.ids.length === 0)
    const fresh = newSendings(round, photos, random)
    sendings.push(...fresh)
    const replying = {
      from: round % 2 === 0 ? handset(round, 0) : LASTING,
      text: `reply ${round}`,
      taken: false,
    }
    replyings.push(replying)
    // The first request of an isolate is slow; without this most cuts at random would fall into it.
    await read(worker.origin, '/v1/numbers')
    const moment = step === null ? null : cutAt(run, step)
    const work = replyings
      .filter((one) => !one.taken)
      .map((one) => tryReplying(worker.origin, one, photos[round % photos.length]))
    for (const sending of [...fresh, ...asked]) work.push(trySending(worker.origin, sending))
    const lateness = moment === null ? null : await moment
    if (lateness === null) {
      await new Promise((resolve) => setTimeout(resolve, random() ** 2 * RANDOM_SPAN))
      run.cut()
    } else named.push(lateness)
    await Promise.all([...work, run.gone()])
    log(`cut ${round + 1} of ${cuts.length}: ${lateness === null ? 'at random' : step}`)
  }

  const run = await worker.start()
  const started = performance.now()
  const cron = setInterval(
    () => void fetch(`${worker.origin}/cdn-cgi/handler/scheduled`).catch(() => {}),
    CRON,
  )
  try {
    const settledAfter = await settle(worker.origin, sendings, started)
    for (const replying of replyings.filter((one) => !one.taken))
      await tryReplying(worker.origin, replying, photos[0])
    await answerAll(worker.origin, sendings)
    await settle(worker.origin, sendings, started)
    return {
      ...(await judge(worker.origin, sendings, replyings)),
      cuts: cuts.length,
      named: named.length,
      prompt: named.filter((lateness) => lateness <= PROMPT).length,
      settledAfter,
    }
  } finally {
    clearInterval(cron)
    await run.stop()
  }
}

/** Numbers kept free for fiction; none of them is one that the simulator makes fail, or one of the demo account. */
const AREAS = ['212', '312', '415', '416', '514', '604', '617', '702', '808', '902']
const handset = (round, n) => {
  const at = (round * 2 + n) % (AREAS.length * 50)
  return `+1${AREAS[Math.floor(at / 50)]}55501${String(50 + (at % 50))}`
}

/** A thread of its own for each round, one that lives through all rounds, and a picture. */
function newSendings(round, photos, random) {
  const targets = [handset(round, 0), handset(round, 0), handset(round, 1), LASTING, LASTING]
  return targets.map((to, n) => ({
    key: randomBytes(12).toString('hex'),
    to,
    text: `message ${round}.${n}`,
    photo: n === 1 ? photos[Math.floor(random() * photos.length)] : null,
    ids: [],
    refusals: [],
  }))
}

/** A small picture that is like no other, so that its blob is new. */
const photo = () =>
  sharp({
    create: {
      width: 480,
      height: 360,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .jpeg({ quality: 80 })
    .toBuffer()

/**
 * Cuts the power as soon as the Worker says that it waits at the step. Resolves to the milliseconds between the two; to null,
 * with the power still on, when the Worker never came there.
 *
 * @returns {Promise<number | null>}
 */
function cutAt(run, step) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(null), STEP_PATIENCE)
    const stop = run.listen((line) => {
      if (!line.includes(`paused at ${step}`)) return
      const heard = performance.now()
      end(run.cut() - heard)
    })
    const end = (lateness) => {
      clearTimeout(timer)
      stop()
      resolve(lateness)
    }
  })
}

/** Asks again for whatever was never answered, as a client with an idempotency key does. */
async function answerAll(origin, sendings) {
  const end = Date.now() + LEASE + 15_000
  for (;;) {
    const open = sendings.filter((sending) => sending.ids.length === 0 && sending.refusals.length === 0)
    if (open.length === 0 || Date.now() > end) break
    for (const sending of open) await trySending(origin, sending)
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  // Who was answered may ask again too, and is told the same.
  for (const sending of sendings.slice(-10)) await trySending(origin, sending)
}

/** Waits until no message is on its way any more. Gives the milliseconds since the last start; null if it never came to that. */
async function settle(origin, sendings, started) {
  const end = performance.now() + STUCK
  while (performance.now() < end) {
    if ((await restless(origin, sendings)).length === 0) return performance.now() - started
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  return null
}
