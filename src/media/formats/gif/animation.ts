import type { CoreFailure } from '../../core/core-failure.ts'

/** One picture of an animation, whole: composited on those before it. */
export type AnimationFrame = {
  /**
   * RGBA of every pixel of the screen, rows from the top without gaps, not premultiplied. Read before the next frame is
   * asked for, so that a source may use one buffer for all.
   */
  readonly pixels: Uint8Array | Uint8ClampedArray
  /** How long it stays, in milliseconds; what is under 20 counts as 20. */
  readonly delayMs: number
  /** Where it can differ from the frame before; everywhere unless said. It saves time and changes nothing else. */
  readonly changed?: {
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
  }
}

/** An animation that can be watched from its first frame as often as needed: twice, seldom three times. */
export type AnimationSource = {
  readonly width: number
  readonly height: number
  /** Frames that there are, as far as the headers say; fewer may come. */
  readonly frames: number
  /** How often it runs; 0 is for ever. */
  readonly loops: number
  /** Gives the frames from the first. Breaking off a run that is not at its end is allowed. */
  open(): Iterable<AnimationFrame> | AsyncIterable<AnimationFrame>
}

/** What the GIF has to be. */
export type AnimationTarget = {
  /** Bytes of the file at most. */
  readonly budget: number
  /** The largest width and height that the result may have. */
  readonly bound: { readonly width: number; readonly height: number }
}

/** The file and how it came about. */
export type FittedAnimation = {
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
  /** Frames that were kept, of those that came. */
  readonly frames: number
  readonly framesBefore: number
  /** How long one run takes; frames that were left out gave their time to those before them. */
  readonly durationMs: number
  /** Frames past the limits were left out at the end. */
  readonly shortened: boolean
  /** Some pixel of some frame shows what is behind it. */
  readonly transparent: boolean
  /** Bytes of the core's memory in use at the peak. */
  readonly peakBytes: number
}

/** Why there is no file. `smallest`: bytes that 12 frames at 160 pixels would take. */
export type AnimationFailure = CoreFailure | { readonly code: 'cannot_fit'; readonly smallest: number }
