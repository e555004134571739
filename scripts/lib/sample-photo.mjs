import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

const WIDTH = 4032
const HEIGHT = 3024

const hills = (/** @type {[string, number, number][]} */ rows) =>
  rows
    .map(([colour, top, swing]) => {
      const points = Array.from({ length: 33 }, (_, i) => {
        const x = (i / 32) * WIDTH
        const y = top + swing * (Math.sin(i * 0.7 + top) + 0.4 * Math.sin(i * 2.3 + swing))
        return `${x.toFixed(0)},${y.toFixed(0)}`
      })
      return `<polygon fill="${colour}" points="0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}"/>`
    })
    .join('')

const scene = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#2b3f73"/><stop offset=".45" stop-color="#c96f5b"/>
<stop offset=".62" stop-color="#f6c986"/></linearGradient><radialGradient id="sun"><stop stop-color="#fff6dc"/>
<stop offset=".35" stop-color="#ffe3a3" stop-opacity=".9"/><stop offset="1" stop-color="#ffe3a3" stop-opacity="0"/></radialGradient></defs>
<rect width="100%" height="100%" fill="url(#sky)"/><circle cx="2750" cy="1480" r="620" fill="url(#sun)"/>
${hills([
  ['#8d6a86', 1720, 90],
  ['#5d5478', 1960, 120],
  ['#3a4163', 2260, 110],
  ['#1d2b44', 2600, 90],
])}</svg>`

/**
 * Makes a picture to send, as large as a phone's: 12 megapixels with the grain of an evening. Does nothing when it is there.
 *
 * @param {string} path
 * @returns {Promise<boolean>} false where the picture cannot be made; then a person takes one of their own
 */
export async function ensureSamplePhoto(path) {
  if (await stat(path).catch(() => null)) return true
  try {
    const { default: sharp } = await import('sharp')
    const grain = await sharp({
      create: {
        width: WIDTH / 2,
        height: HEIGHT / 2,
        channels: 3,
        background: '#808080',
        noise: { type: 'gaussian', mean: 128, sigma: 14 },
      },
    })
      .resize(WIDTH, HEIGHT)
      .png({ compressionLevel: 1 })
      .toBuffer()
    await mkdir(dirname(path), { recursive: true })
    await sharp(Buffer.from(scene))
      .composite([{ input: grain, blend: 'soft-light' }])
      .removeAlpha()
      .jpeg({ quality: 90 })
      .toFile(path)
    return true
  } catch {
    return false
  }
}
