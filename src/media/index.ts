/**
 * The media library of Belino: says what a file is, and makes it fit a number of bytes without its metadata.
 * Runs in Workers, Node and browsers, and imports nothing of the gateway.
 * @module
 */
export { evenOut, type FittedShare } from './even-out.ts'
export type { Facts } from './facts.ts'
export { describeMediaFailure, type ForbiddenKind, type MediaFailure, type PublicFailure } from './failure.ts'
export { type ByteSource, type OpenMovie, openMovie } from './formats/mp4/open.ts'
export type { Remux } from './formats/mp4/remux.ts'
export { planMovie } from './formats/mp4/render.ts'
export { tooPoor } from './good-enough.ts'
export { inspect } from './inspect.ts'
export { type Plan, type PlanInput, type PlanPart, plan } from './plan.ts'
export type { Rendition } from './rendition.ts'
export { fail, ok, type Result } from './result.ts'
export { fit } from './run.ts'
export { SNIFF_BYTES, type Sniffed, sniff } from './sniff.ts'
export { accepts, DEFAULT_MAX_SIDE, type Target } from './target.ts'
export {
  aliasesOf,
  extensionOf,
  findType,
  kindOf,
  MEDIA_TYPES,
  type MediaKind,
  type MediaType,
} from './types.ts'
export { CORE_VERSION } from './version.ts'
export type { MediaWarning } from './warning.ts'
export { rawSize, type WireEncoding, wireSize } from './wire-size.ts'
