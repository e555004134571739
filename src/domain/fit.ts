import type { Warning } from './message.ts'

/** What a fit is asked for; sizes in pixels, budget in bytes of the file. */
export type FitRequest = {
  readonly budget: number
  readonly maxWidth?: number
  readonly maxHeight?: number
  readonly effort?: 'best' | 'fast'
  readonly types?: readonly string[]
  /** 0 to 100: what would look worse is refused. */
  readonly minimumQuality?: number
  /** An animation stays one, or the file is refused. */
  readonly keepAnimation?: boolean
}

/** A fitted file with its facts. */
export type Fitted = {
  readonly bytes: Uint8Array
  readonly type: string
  readonly extension: string
  readonly width: number | null
  readonly height: number | null
  readonly source: {
    readonly type: string
    readonly bytes: number
    readonly width: number | null
    readonly height: number | null
  }
  readonly changed: boolean
  /** 0 to 100, for pictures: how near it looks to its source on a phone. */
  readonly score: number | null
  readonly reason: string
  readonly warnings: readonly Warning[]
}
