/**
 * Takes the filter off one row in place (PNG specification, 9.2). `above` is the row before, without its filter, all
 * zero for the first; `step` is the bytes of a whole pixel, at least 1. Unknown filters leave the row as it is and
 * give `false`.
 */
export function unfilter(filter: number, row: Uint8Array, above: Uint8Array, step: number): boolean {
  const length = row.length
  switch (filter) {
    case 0:
      return true
    case 1:
      for (let at = step; at < length; at++) row[at] = row[at]! + row[at - step]!
      return true
    case 2:
      for (let at = 0; at < length; at++) row[at] = row[at]! + above[at]!
      return true
    case 3:
      for (let at = 0; at < step && at < length; at++) row[at] = row[at]! + (above[at]! >> 1)
      for (let at = step; at < length; at++) row[at] = row[at]! + ((row[at - step]! + above[at]!) >> 1)
      return true
    case 4:
      for (let at = 0; at < step && at < length; at++) row[at] = row[at]! + above[at]!
      for (let at = step; at < length; at++) {
        const left = row[at - step]!
        const up = above[at]!
        const corner = above[at - step]!
        // Distances of left + up - corner from each of the three, without the sum.
        const toLeft = up > corner ? up - corner : corner - up
        const toUp = left > corner ? left - corner : corner - left
        const toCorner = Math.abs(left + up - corner - corner)
        row[at] = row[at]! + (toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner)
      }
      return true
    default:
      return false
  }
}
