/** How long to wait, and between looks; milliseconds. */
export type Patience = { readonly within?: number; readonly every?: number }

/**
 * Looks until there is something to see, and gives it. Throws with `what` when the time is over, so that a test that waited in
 * vain says for what.
 *
 * @param look gives null, undefined or false for "not yet"
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  { within = 30_000, every = 50 }: Patience = {},
): Promise<T> {
  const end = Date.now() + within
  for (;;) {
    const seen = await look()
    if (seen !== null && seen !== undefined && seen !== false) return seen
    if (Date.now() > end) throw new Error(`Waited ${within} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}
