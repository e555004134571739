import type { Facts } from './facts.ts'
import type { MediaFailure } from './failure.ts'
import { fitRows, type RowSource } from './formats/jpeg/fit.ts'
import type { IccConversion } from './formats/jpeg/icc.ts'
import { fromCore } from './from-core.ts'
import type { Draft } from './rendition.ts'
import { fail, ok, type Result } from './result.ts'
import { jpegDraft, jpegTarget } from './still.ts'
import { accepts, type Target } from './target.ts'
import type { MediaWarning } from './warning.ts'

/** A picture that is decoded in rows from the top, and what went wrong, which is known once the rows are read. */
export type Bitmap = {
  readonly rows: RowSource
  /** Says how many rows came, and whether what came can be trusted. */
  state(): { readonly rowsRead: number; readonly damaged: boolean }
}

/** What the header of a bitmap says besides its pixels. */
export type BitmapHeader = {
  /** Rows of pixels, over all passes. */
  readonly rows: number
  readonly colour: IccConversion
}

/** Of a picture that ends early this part of the rows must have come, or there is nothing to show. */
const ENOUGH_ROWS = 1 / 4

/** A JPEG from a bitmap; transparency is laid on white. `open` starts from the first row each time. */
export async function renderBitmap(
  open: () => Bitmap,
  header: BitmapHeader,
  facts: Facts,
  target: Target,
): Promise<Result<Draft, MediaFailure>> {
  const { type } = facts
  if (!accepts(target, 'image/jpeg'))
    return fail({ code: 'type_not_accepted', type, accepted: target.types ?? [] })
  let last: Bitmap | undefined
  const { orientation = 1 } = facts
  const again = () => {
    last = open()
    return { ...last.rows, orientation, icc: header.colour }
  }
  const fitted = await fitRows(again, jpegTarget(facts, target))
  if (!fitted.ok) return fail(fromCore(fitted.failure, facts, target))
  const { rowsRead, damaged } = last!.state()
  if (rowsRead < header.rows * ENOUGH_ROWS)
    return fail({ code: 'malformed_media', type, detail: `${rowsRead} of ${header.rows} rows` })
  const warnings: MediaWarning[] = facts.alpha ? [{ code: 'transparency_flattened' }] : []
  if (facts.animated) warnings.push({ code: 'animation_dropped' })
  if (facts.morePages) warnings.push({ code: 'pages_dropped' })
  if (rowsRead < header.rows) warnings.push({ code: 'truncated' })
  if (damaged) warnings.push({ code: 'damaged' })
  if (header.colour.kind === 'unsupported') warnings.push({ code: 'profile_ignored' })
  return ok(jpegDraft(fitted.value, facts, warnings))
}
