import type { IccConversion } from '../jpeg/icc.ts'
import { type Curve, type Matrix, srgbFromXyz, srgbToLinear, type Xyz } from '../jpeg/srgb.ts'

/** XYZ under D50 of red, green and blue, for the primaries of ISO/IEC 23091-2 that phones and cameras write. */
const PRIMARIES: Readonly<Record<number, readonly [Xyz, Xyz, Xyz]>> = {
  // ITU-R BT.2020.
  9: [
    [0.673459, 0.279033, -0.001931],
    [0.165665, 0.675338, 0.029978],
    [0.125093, 0.045629, 0.796856],
  ],
  // Display P3.
  12: [
    [0.515102, 0.241182, -0.00105],
    [0.291965, 0.692236, 0.041882],
    [0.157153, 0.066582, 0.784378],
  ],
}

const NO_CHANGE: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1]
const PQ = 16
const HLG = 18
const LINEAR = 8
/** Of a picture that is brighter than paper: what is as bright as paper keeps most of the range, and the rest bends. */
const SHOULDER = 0.8
/** How much brighter than paper a highlight still differs from one that is brighter yet. */
const BRIGHTEST = 8

/** How to bring samples of these primaries and this transfer to sRGB; what is not known is taken for sRGB. */
export function conversionOf(primaries: number, transfer: number): IccConversion {
  const columns = PRIMARIES[primaries]
  const light = lightOf(transfer)
  if (columns === undefined && light === undefined) return { kind: 'srgb' }
  const matrix = columns === undefined ? NO_CHANGE : srgbFromXyz(columns)
  const curve: Curve = Float64Array.from({ length: 256 }, (_, i) => (light ?? srgbToLinear)(i / 255))
  return { kind: 'matrix', matrix, curves: [curve, curve, curve] }
}

/** Linear light of a sample where that is not as sRGB has it; BT.709's curve is shown by everybody as sRGB's. */
function lightOf(transfer: number): ((value: number) => number) | undefined {
  if (transfer === LINEAR) return (value) => value
  if (transfer === PQ) return (value) => bend(perceptual(value) * (10_000 / 203))
  if (transfer === HLG) return (value) => bend(hybrid(value) * 3.774)
  return undefined
}

/** SMPTE ST 2084: the part of 10,000 cd/m2. */
function perceptual(value: number): number {
  const power = value ** (1 / 78.84375)
  return (Math.max(0, power - 0.8359375) / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)
}

/** ITU-R BT.2100: the part of the brightest light of the scene. */
function hybrid(value: number): number {
  return value <= 0.5 ? value ** 2 / 3 : (Math.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
}

/** Brings light up to {@link BRIGHTEST} times paper's into what a page shows, straight below the shoulder. */
function bend(light: number): number {
  if (light <= SHOULDER) return light
  const over = Math.log(Math.min(light, BRIGHTEST) / SHOULDER) / Math.log(BRIGHTEST / SHOULDER)
  return SHOULDER + (1 - SHOULDER) * over
}
