import type { MediaReference } from './media-reference.ts'
import { isFinal, rank, type Standing } from './state.ts'

/** Attachments that a message may have without a word of splitting: what gateways carry at most. */
const ATTACHMENTS = 10

/** One of the messages that a long one goes as. */
export type Piece = {
  /** What its vendor knows it by; of the first piece, the id of the whole message. */
  readonly reference: string
  /** How many of the message's parts it has, after those of the pieces before. */
  readonly parts: number
}

/**
 * Whether a message with this many attachments goes as several. A vendor that carries fewer than others is no reason to
 * refuse; more than anybody carries is, unless the caller asks for it.
 *
 * @param asked what the request says; false refuses
 */
export function isSplit(asked: boolean | undefined, attachments: number, carried: number): boolean {
  if (attachments <= carried || asked === false) return false
  return asked === true || attachments <= ATTACHMENTS
}

/** The attachments of each message, in order. One without attachments is one message. */
export function cut(media: readonly MediaReference[], carried: number): MediaReference[][] {
  const pieces: MediaReference[][] = []
  for (let at = 0; at < media.length; at += carried) pieces.push(media.slice(at, at + carried))
  return pieces.length === 0 ? [[]] : pieces
}

/** How one recipient stands with the whole: failed with any piece that failed, else as far as the slowest. */
export function standingOfPieces(standings: readonly [Standing, ...Standing[]]): Standing {
  const lost = standings.find((one) => isFinal(one.state) && one.state !== 'delivered')
  return lost ?? standings.reduce((least, next) => (rank(next) < rank(least) ? next : least))
}
