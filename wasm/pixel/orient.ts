// EXIF orientation, applied to a plane at its final size.

/** Whether this orientation (1..8) swaps width and height. */
export function swapsSides(orientation: i32): bool {
  return orientation >= 5
}

/**
 * Copies a plane upright and pads it by repeating its last column and row.
 *
 * @param from `height` rows of `width` samples, `stride` bytes apart
 * @param orientation 1..8 as EXIF numbers them: how the stored picture must be turned to stand upright
 * @param to `paddedHeight` rows of `paddedWidth` samples without gaps; must not overlap the source
 */
export function orientPlane(
  from: usize,
  stride: i32,
  width: i32,
  height: i32,
  orientation: i32,
  to: usize,
  paddedWidth: i32,
  paddedHeight: i32,
): void {
  // The source position of an upright sample (x, y) is origin + x * stepX + y * stepY.
  let w = <isize>(width - 1)
  let h = <isize>(height - 1) * <isize>stride
  let s = <isize>stride
  let origin: isize = 0
  let stepX: isize = 1
  let stepY: isize = s
  if (orientation === 2) {
    origin = w
    stepX = -1
  } else if (orientation === 3) {
    origin = w + h
    stepX = -1
    stepY = -s
  } else if (orientation === 4) {
    origin = h
    stepY = -s
  } else if (orientation === 5) {
    stepX = s
    stepY = 1
  } else if (orientation === 6) {
    origin = h
    stepX = -s
    stepY = 1
  } else if (orientation === 7) {
    origin = w + h
    stepX = -s
    stepY = -1
  } else if (orientation === 8) {
    origin = w
    stepX = s
    stepY = -1
  }
  let swapped = swapsSides(orientation)
  let outWidth = swapped ? height : width
  let outHeight = swapped ? width : height
  // Tiles keep the rows that a turn reads across in the cache.
  const TILE: i32 = 32
  for (let ty = 0; ty < outHeight; ty += TILE) {
    let yEnd = min<i32>(ty + TILE, outHeight)
    for (let tx = 0; tx < outWidth; tx += TILE) {
      let xEnd = min<i32>(tx + TILE, outWidth)
      for (let y = ty; y < yEnd; y++) {
        let out = to + <usize>y * <usize>paddedWidth
        let at = <isize>from + origin + <isize>y * stepY + <isize>tx * stepX
        for (let x = tx; x < xEnd; x++) {
          store<u8>(out + <usize>x, load<u8>(<usize>at))
          at += stepX
        }
      }
    }
  }
  for (let y = 0; y < outHeight; y++) {
    let out = to + <usize>y * <usize>paddedWidth
    memory.fill(out + <usize>outWidth, load<u8>(out + <usize>(outWidth - 1)), <usize>(paddedWidth - outWidth))
  }
  let last = to + <usize>(outHeight - 1) * <usize>paddedWidth
  for (let y = outHeight; y < paddedHeight; y++) {
    memory.copy(to + <usize>y * <usize>paddedWidth, last, paddedWidth)
  }
}
