import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** Pixels beyond the window that are drawn too, so that nobody scrolls into nothing. */
const OVERSCAN = 700
/** This near to the end counts as being there: what is new comes into view by itself. */
const AT_END = 60

/** A part of a long list: items from `first` up to but not including `last`, with the room that the others take. */
export type Window = {
  readonly first: number
  readonly last: number
  readonly above: number
  readonly below: number
}

/**
 * A list of items of different heights that hangs from its end, as threads do: the scroller is laid out in
 * `column-reverse`, so that what is loaded above moves nothing. Only what is near is drawn; heights are measured when
 * drawn and guessed before.
 *
 * @param keys of the items, in order
 * @param guess pixels of an item that was never drawn
 */
export function useHangingList(keys: readonly string[], guess: number) {
  const scroller = useRef<HTMLDivElement>(null)
  const heights = useRef(new Map<string, number>())
  /** The item at the lower edge, and how far below the edge its end lies: kept in place whatever changes. */
  const anchor = useRef<{ key: string; offset: number } | null>(null)
  const [, redraw] = useState(0)
  const observer = useRef<ResizeObserver | null>(null)

  observer.current ??= new ResizeObserver((entries) => {
    let changed = false
    for (const entry of entries) {
      const key = (entry.target as HTMLElement).dataset.key ?? ''
      const height = Math.round((entry.borderBoxSize[0]?.blockSize ?? 0) * 2) / 2
      if (height > 0 && heights.current.get(key) !== height) {
        heights.current.set(key, height)
        changed = true
      }
    }
    if (changed) redraw((n) => n + 1)
  })

  const heightOf = (key: string): number => heights.current.get(key) ?? guess

  /** Distance of the end of each item from the end of the list. */
  const ends = new Float64Array(keys.length + 1)
  for (let i = keys.length - 1; i >= 0; i--) ends[i] = (ends[i + 1] ?? 0) + heightOf(keys[i] ?? '')
  const endOf = (index: number): number => ends[index + 1] ?? 0

  const view = (): { from: number; height: number } => {
    const element = scroller.current
    return element === null
      ? { from: 0, height: 900 }
      : { from: Math.max(0, -element.scrollTop), height: element.clientHeight }
  }

  const windowOf = (): Window => {
    const { from, height } = view()
    let last = keys.length
    while (last > 0 && (ends[last - 1] ?? 0) < from - OVERSCAN) last--
    let first = last
    while (first > 0 && (ends[first] ?? 0) < from + height + OVERSCAN) first--
    return { first, last, above: (ends[0] ?? 0) - (ends[first] ?? 0), below: ends[last] ?? 0 }
  }

  const remember = (): void => {
    const { from } = view()
    if (from < AT_END) {
      anchor.current = null
      return
    }
    let index = keys.length - 1
    while (index > 0 && (ends[index] ?? 0) <= from) index--
    anchor.current = { key: keys[index] ?? '', offset: endOf(index) - from }
  }

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const index = anchor.current === null ? -1 : keys.indexOf(anchor.current.key)
    if (anchor.current === null || index < 0) return
    const wanted = endOf(index) - anchor.current.offset
    if (Math.abs(wanted + element.scrollTop) > 1) element.scrollTop = -wanted
  })

  const shown = windowOf()
  const drawn = useRef(shown)
  drawn.current = shown

  return {
    scroller,
    shown,
    measure: (element: HTMLElement | null) => {
      if (element !== null) observer.current?.observe(element, { box: 'border-box' })
    },
    onScroll: () => {
      remember()
      const next = windowOf()
      const now = drawn.current
      if (
        next.first < now.first ||
        next.last > now.last ||
        now.last - now.first > 3 * (next.last - next.first)
      )
        redraw((n) => n + 1)
    },
    /** Shows the end of the list. */
    toEnd: () => {
      anchor.current = null
      const element = scroller.current
      if (element !== null) element.scrollTop = 0
      redraw((n) => n + 1)
    },
    /** Brings an item to the middle of the view. */
    toKey: (key: string) => {
      const index = keys.indexOf(key)
      const element = scroller.current
      if (index < 0 || element === null) return
      element.scrollTop = -Math.max(0, endOf(index) - element.clientHeight / 2)
      remember()
      redraw((n) => n + 1)
    },
    atEnd: () => view().from < AT_END,
    /** How far the beginning of what is loaded is away, in pixels. */
    toStart: () => (ends[0] ?? 0) - view().from - view().height,
  }
}

/**
 * A list of rows of one height: which of them are near.
 *
 * @param height pixels of a row
 */
export function useRows(length: number, height: number) {
  const scroller = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const seen = scroller.current?.clientHeight ?? 900
  const first = Math.max(0, Math.floor((top - OVERSCAN) / height))
  const last = Math.min(length, Math.ceil((top + seen + OVERSCAN) / height))
  return {
    scroller,
    first,
    last,
    above: first * height,
    below: Math.max(0, length - last) * height,
    onScroll: () => {
      const now = scroller.current?.scrollTop ?? 0
      // Drawn again only after some way: the overscan covers what lies between.
      if (Math.abs(now - top) > OVERSCAN / 3 || now === 0) setTop(now)
    },
    /** Brings a row into view. */
    reveal: (index: number) => {
      const element = scroller.current
      if (element === null) return
      const [start, end] = [index * height, (index + 1) * height]
      if (start < element.scrollTop) element.scrollTop = start
      else if (end > element.scrollTop + element.clientHeight) element.scrollTop = end - element.clientHeight
      setTop(element.scrollTop)
    },
  }
}
