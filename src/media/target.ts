import type { MediaType } from './types.ts'

/** What a file has to become. */
export type Target = {
  /** Bytes that the file itself may have at most, before any base64. */
  readonly budget: number
  /** Longest side in pixels; 2592 unless said, the most that common handsets take. */
  readonly maxSide?: number
  readonly maxWidth?: number
  readonly maxHeight?: number
  /** Types that may leave, without wildcards; every type unless said. */
  readonly types?: readonly MediaType[]
  /** `best` spends more time on the same bytes; `fast` is for many files at once. */
  readonly effort?: 'best' | 'fast'
  /** 0 to 100: refuse a picture whose score would be under this. */
  readonly minimumQuality?: number
  /** Refuse an animation that does not fit rather than keep its first picture. */
  readonly keepAnimation?: boolean
  /** Turn every still into JPEG, for networks and numbers where PNG is badly shown. */
  readonly preferJpeg?: boolean
}

/** The longest side where a target does not say one. */
export const DEFAULT_MAX_SIDE = 2592

/** Whether a target takes this type. */
export function accepts(target: Target, type: MediaType): boolean {
  return target.types === undefined || target.types.includes(type)
}

/**
 * The size at which a picture of `width` x `height` is within the target's pixels, its shape kept; never larger
 * than it is, never under one pixel.
 */
export function boundedSize(
  width: number,
  height: number,
  target: Target,
): { width: number; height: number } {
  const side = target.maxSide ?? DEFAULT_MAX_SIDE
  const scale = Math.min(
    1,
    side / width,
    side / height,
    (target.maxWidth ?? Infinity) / width,
    (target.maxHeight ?? Infinity) / height,
  )
  // Rounded down, so that a limit holds for both sides.
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) }
}
