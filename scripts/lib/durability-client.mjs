/**
 * A client that remembers every request it made and what it was told, so that it can be held against what became of them.
 *
 * @typedef {object} Sending
 * @property {string} key the idempotency key: a retry is the same message
 * @property {string} to
 * @property {string} text unique, so that a message can be found by it
 * @property {Uint8Array | null} photo
 * @property {string[]} ids every id that a 202 named; they must all be the same
 * @property {string[]} refusals answers that no client would retry
 *
 * @typedef {object} Replying
 * @property {string} from the handset
 * @property {string} text
 * @property {boolean} taken whether the network said that it has the reply
 */

const KEY = { authorization: 'Bearer dev-key' }
/** A client gives up on an answer after this; milliseconds. Longer than any pause that is cut short. */
const PATIENCE = 20_000

/** Answers after which the same request is sent again: the claim is still held, or the Worker is busy or half started. */
const LATER = new Set([409, 429, 500, 502, 503, 504])

/**
 * Sends one message, once. A connection that dies is the expected case; the sending then stays without an id.
 *
 * @param {string} origin
 * @param {Sending} sending
 */
export async function trySending(origin, sending) {
  const { key, to, text, photo } = sending
  let body
  /** @type {Record<string, string>} */
  const headers = { ...KEY, 'idempotency-key': key }
  if (photo === null) {
    headers['content-type'] = 'application/json'
    body = JSON.stringify({ to, text })
  } else {
    body = new FormData()
    body.set('to', to)
    body.set('text', text)
    body.set('media', new Blob([Buffer.from(photo)], { type: 'image/jpeg' }), 'photo.jpg')
  }
  try {
    const signal = AbortSignal.timeout(PATIENCE)
    const response = await fetch(`${origin}/v1/messages`, { method: 'POST', headers, body, signal })
    const answer = await response.text()
    if (response.status === 202) sending.ids.push(JSON.parse(answer).id)
    else if (!LATER.has(response.status)) sending.refusals.push(`${response.status} ${answer.slice(0, 200)}`)
  } catch {
    // The power went. What was not answered is asked again.
  }
}

/**
 * Has a handset send a picture to the demo account's default number.
 *
 * @param {string} origin
 * @param {Replying} replying
 * @param {Uint8Array} photo
 */
export async function tryReplying(origin, replying, photo) {
  const body = new FormData()
  body.set('to', '+14165550100')
  body.set('text', replying.text)
  body.set('file', new Blob([Buffer.from(photo)], { type: 'image/jpeg' }), 'reply.jpg')
  try {
    const signal = AbortSignal.timeout(PATIENCE)
    const path = `/v1/simulator/handsets/${encodeURIComponent(replying.from)}/reply`
    const response = await fetch(origin + path, { method: 'POST', headers: KEY, body, signal })
    await response.body?.cancel()
    if (response.ok) replying.taken = true
  } catch {
    // The network was cut off before it could say whether it has the reply: then nobody was promised anything.
  }
}

/**
 * Reads JSON of the API; throws on anything but 200.
 *
 * @param {string} origin
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function read(origin, path) {
  const response = await fetch(origin + path, { headers: KEY })
  if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
  return await response.json()
}

/** Reads every page of a list. */
export async function readAll(origin, path, name) {
  const items = []
  for (let cursor = null; ; ) {
    const page = await read(origin, `${path}?limit=200${cursor === null ? '' : `&cursor=${cursor}`}`)
    items.push(...page[name])
    if (page.next === null || page.next === undefined) return items
    cursor = encodeURIComponent(page.next)
  }
}
