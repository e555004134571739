/** Width and height in pixels. */
export type Size = { readonly width: number; readonly height: number }

/** Bits a pixel that a photo looks best with, about: fewer pixels with more bits each lose detail, more lose shape. */
const BITS_A_PIXEL = 1.2

/** The largest size that may turn out best for a picture: what it has to be decoded for. Never larger than it is. */
export function largestSize(picture: Size, bound: Size, budget: number): Size {
  const scale = Math.min(1, bound.width / picture.width, bound.height / picture.height)
  return chooseSize(scaled(picture, scale), budget)
}

/** The size at which a picture looks best within a budget; `stage` is the largest there is. */
export function chooseSize(stage: Size, budget: number): Size {
  const pixels = (budget * 8) / BITS_A_PIXEL
  return scaled(stage, Math.min(1, Math.sqrt(pixels / (stage.width * stage.height))))
}

function scaled(size: Size, scale: number): Size {
  return {
    width: Math.max(1, Math.floor(size.width * scale + 1e-6)),
    height: Math.max(1, Math.floor(size.height * scale + 1e-6)),
  }
}
