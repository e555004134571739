/** A rectangle of pixels; it may be empty. */
export type Part = {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** The part of `part` that lies on a screen. */
export function onScreen(part: Part, width: number, height: number): Part {
  const left = Math.min(Math.max(0, part.left), width)
  const top = Math.min(Math.max(0, part.top), height)
  const right = Math.max(left, Math.min(part.left + part.width, width))
  const bottom = Math.max(top, Math.min(part.top + part.height, height))
  return { left, top, width: right - left, height: bottom - top }
}

/** The least rectangle with both parts in it. */
export function joined(a: Part | undefined, b: Part): Part {
  if (a === undefined || a.width * a.height === 0) return b
  if (b.width * b.height === 0) return a
  const left = Math.min(a.left, b.left)
  const top = Math.min(a.top, b.top)
  return {
    left,
    top,
    width: Math.max(a.left + a.width, b.left + b.width) - left,
    height: Math.max(a.top + a.height, b.top + b.height) - top,
  }
}
