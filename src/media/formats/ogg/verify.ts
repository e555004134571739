import { oggPages } from './pages.ts'

/** What in an Ogg file must not leave: comments, and bytes that belong to no page. */
export function verifyOgg(bytes: Uint8Array): string | undefined {
  const reader = oggPages(bytes)
  let step = reader.next()
  let second: Uint8Array | undefined
  for (let at = 0; !step.done; step = reader.next(), at++) {
    if (step.value.serial !== 1) return 'a serial number of somebody'
    if (at === 1) second = step.value.data
  }
  if (step.value !== bytes.length) return `bytes at ${step.value} that are no page`
  const length = second?.[0] === 0x4f ? 8 : second?.[0] === 3 ? 7 : 0
  // Vendor and number of comments, four bytes each, stand at the start of the second page.
  return second?.subarray(length, length + 8).every((byte) => byte === 0) ? undefined : 'comments'
}
