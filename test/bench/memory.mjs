// What the core's memory grows to, by kind of source, and what refusing a header costs.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { median, startPeer } from './peer-process.mjs'

/** Sampling factors as cjpeg takes them, and what they are called. */
const SAMPLINGS = /** @type {const} */ ([
  ['2x2', '4:2:0'],
  ['1x1', '4:4:4'],
  ['2x1', '4:2:2'],
  ['1x2', '4:4:0'],
  ['4x1', '4:1:1'],
])

/**
 * @typedef {{ kind: '12 MP baseline' | '48 MP baseline' | '48 MP progressive', sampling: string, mib: number }} MemoryRow
 */

/**
 * The same job on the picture in other samplings and codings, each on a fresh instance. What cannot be made here (without
 * cjpeg only two samplings can) has no row.
 *
 * @param {readonly import('./pictures.mjs').Picture[]} pictures
 * @returns {Promise<MemoryRow[]>}
 */
export async function measureMemory(pictures) {
  const rows = /** @type {MemoryRow[]} */ ([])
  const near = (/** @type {number} */ mega) =>
    pictures.find(({ width, height }) => Math.abs((width * height) / 1e6 / mega - 1) < 0.1)
  for (const [mega, progressive] of /** @type {const} */ ([
    [12, false],
    [48, false],
    [48, true],
  ])) {
    const picture = near(mega)
    if (picture === undefined) continue
    for (const [factors, sampling] of SAMPLINGS) {
      const path = await variant(picture.path, factors, progressive)
      if (path === undefined) continue
      const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height))
      const [width, height] = [picture.width, picture.height].map((side) => Math.round(side * scale))
      const peer = await startPeer('best', path, { width: width ?? 1, height: height ?? 1, budget: 300_000 })
      const result = peer.failed ? { failed: peer.failed } : await peer.run()
      peer.end()
      if (result.failed !== undefined) continue
      const kind = /** @type {MemoryRow['kind']} */ (`${mega} MP ${progressive ? 'progressive' : 'baseline'}`)
      rows.push({ kind, sampling, mib: result.wasm / 2 ** 20 })
      console.log(kind, sampling, (result.wasm / 2 ** 20).toFixed(1))
    }
  }
  return rows
}

/** @param {string} path @param {string} factors @param {boolean} progressive */
async function variant(path, factors, progressive) {
  const output = join(mkdtempSync(join(tmpdir(), 'belino-bench-')), 'variant.jpg')
  const coding = progressive ? '-progressive' : '-optimize'
  const command = `set -o pipefail; djpeg "$0" | cjpeg -quality 90 ${coding} -sample ${factors} > "$1"`
  if (spawnSync('bash', ['-c', command, path, output]).status === 0) return output
  const chromaSubsampling = { '2x2': '4:2:0', '1x1': '4:4:4' }[factors]
  if (chromaSubsampling === undefined) return undefined
  await sharp(path, { limitInputPixels: false })
    .jpeg({ quality: 90, progressive, chromaSubsampling })
    .toFile(output)
  return output
}

/** Milliseconds and bytes of memory that it takes to refuse a header of 65535 x 65535. */
export async function measureRefusal() {
  // SOI, DQT of ones, SOF0 with one component, SOS, and a little data.
  const header = Uint8Array.from(
    [
      [0xff, 0xd8, 0xff, 0xdb, 0, 67, 0],
      new Array(64).fill(1),
      [0xff, 0xc0, 0, 11, 8, 255, 255, 255, 255, 1, 1, 0x11, 0],
      [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0],
      new Array(4096).fill(0x55),
    ].flat(),
  )
  const path = join(mkdtempSync(join(tmpdir(), 'belino-bench-')), 'huge.jpg')
  writeFileSync(path, header)
  const { memories } = await import('./memories.mjs')
  const { fitJpeg } = await import(String(new URL('../../src/media/formats/jpeg/fit.ts', import.meta.url)))
  const source = new Uint8Array(readFileSync(path))
  const times = []
  for (let i = 0; i < 51; i++) {
    const start = performance.now()
    const refused = await fitJpeg(source, { budget: 300_000, bound: { width: 2592, height: 2592 } })
    times.push(performance.now() - start)
    if (refused.ok) throw new Error('It was not refused')
  }
  return { ms: median(times), bytes: [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0) }
}
