// The shape of the quantisation tables: how coarse each frequency may be against the others. Straight lines over the
// radial frequency, with a finer DC, do as well as any table of free numbers that was tried; the few constants were
// fitted to butteraugli, SSIM and SSIMULACRA 2 at equal bytes.

/** Steps at scale 1 of luma's DC, of its lowest frequencies, and what each unit of frequency adds. */
const LUMA_DC: f64 = 11
const LUMA_LOW: f64 = 13.1
const LUMA_RISE: f64 = 5.04
/** Diagonal frequencies count as higher ones: the eye is weaker there. */
const LUMA_DIAGONAL: f64 = 0.4
/** As luma's, for both colour differences. */
const CHROMA_DC: f64 = 11
const CHROMA_LOW: f64 = 19.1
const CHROMA_RISE: f64 = 5.05

/** The step of table t (0 luma, 1 chroma) at a natural index, at scale 1. */
export function baseStep(t: i32, natural: i32): f64 {
  if (natural === 0) return t === 0 ? LUMA_DC : CHROMA_DC
  let u = f64(natural & 7)
  let v = f64(natural >> 3)
  if (t === 0) return LUMA_LOW + LUMA_RISE * Math.sqrt(u * u + v * v + LUMA_DIAGONAL * u * v)
  return CHROMA_LOW + CHROMA_RISE * Math.sqrt(u * u + v * v)
}
