// A Display P3 profile as phones embed it, and the segments of a JPEG that carry one.

/** Big-endian numbers of so many bytes. @param {number} value @param {number} bytes */
function be(value, bytes) {
  return Array.from({ length: bytes }, (_, i) => (value >>> (8 * (bytes - 1 - i))) & 255)
}

/** @param {string} text */
const ascii = (text) => [...text].map((letter) => letter.charCodeAt(0))

/** s15Fixed16. @param {number} value */
const fixed = (value) => be(Math.round(value * 65536), 4)

/** @param {readonly number[]} values */
const xyz = (values) => [...ascii('XYZ '), 0, 0, 0, 0, ...values.flatMap(fixed)]

/** The primaries, adapted to D50. */
const PRIMARIES = [
  [0.515102, 0.241182, -0.00105],
  [0.291965, 0.692236, 0.041889],
  [0.157153, 0.066582, 0.784378],
]
/** Parameters of the curve that sRGB has too: g, a, b, c, d. */
const CURVE = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]

/** The bytes of the profile. */
export function displayP3() {
  const curve = [...ascii('para'), 0, 0, 0, 0, 0, 3, 0, 0, ...CURVE.flatMap(fixed)]
  const name = ascii('Display P3').flatMap((letter) => [0, letter])
  const words = [...ascii('mluc'), ...be(0, 4), ...be(1, 4), ...be(12, 4), ...ascii('enUS')]
  const text = [...words, ...be(name.length, 4), ...be(28, 4), ...name]
  const tags = /** @type {[string, number[]][]} */ ([
    ['desc', text],
    ['cprt', text],
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ...['r', 'g', 'b'].map((letter, i) => [`${letter}XYZ`, xyz(PRIMARIES[i] ?? [])]),
    ...['r', 'g', 'b'].map((letter) => [`${letter}TRC`, curve]),
  ])
  const directory = [...be(tags.length, 4)]
  const data = []
  const start = 128 + 4 + 12 * tags.length
  for (const [tag, bytes] of tags) {
    directory.push(...ascii(tag), ...be(start + data.length, 4), ...be(bytes.length, 4))
    data.push(...bytes)
    while (data.length % 4) data.push(0)
  }
  const header = new Uint8Array(128)
  header.set(be(start + data.length, 4), 0)
  header.set([4, 0x30], 8)
  header.set([...ascii('mntr'), ...ascii('RGB '), ...ascii('XYZ ')], 12)
  header.set(ascii('acsp'), 36)
  header.set([0.9642, 1, 0.8249].flatMap(fixed), 68)
  return Uint8Array.from([...header, ...directory, ...data])
}

/**
 * The same JPEG, to the bit of its data, with this profile or with none.
 *
 * @param {Uint8Array} jpeg
 * @param {Uint8Array} [profile]
 */
export function withProfile(jpeg, profile) {
  const parts = [jpeg.subarray(0, 2)]
  if (profile)
    parts.push(
      Uint8Array.from([
        0xff,
        0xe2,
        ...be(profile.length + 16, 2),
        ...ascii('ICC_PROFILE'),
        0,
        1,
        1,
        ...profile,
      ]),
    )
  let at = 2
  while (jpeg[at] === 0xff && jpeg[at + 1] !== 0xda) {
    const length = 2 + (jpeg[at + 2] ?? 0) * 256 + (jpeg[at + 3] ?? 0)
    const isProfile =
      jpeg[at + 1] === 0xe2 && String.fromCharCode(...jpeg.subarray(at + 4, at + 15)) === 'ICC_PROFILE'
    if (!isProfile) parts.push(jpeg.subarray(at, at + length))
    at += length
  }
  parts.push(jpeg.subarray(at))
  return new Uint8Array(Buffer.concat(parts))
}
