// A large MOV to an MP4 with its header in front and nothing else in it, by ranges of a file: CPU and memory.
//
//   node test/bench/remux.mjs [--write]
//
// ffmpeg makes the source. What is measured runs in a process of its own, so that its memory is that of the remux alone.
import { fork, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeIntoReadme } from './readme-table.mjs'

const MEGABYTES = 40
const RUNS = 3
/** Bytes that are copied at once. */
const PIECE = 1 << 16

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: { write: { type: 'boolean' } },
})

/** The remux itself, as a store would do it: ranges in, a stream out. */
async function remux(from, to) {
  const { openMovie, planMovie } = await import(String(new URL('../../src/media/index.ts', import.meta.url)))
  const source = await open(from)
  const output = await open(to, 'w')
  const { size } = await source.stat()
  let most = 0
  let read = 0
  const range = async (offset, length) => {
    const bytes = new Uint8Array(length)
    await source.read(bytes, 0, length, offset)
    read += length
    return bytes
  }
  const before = process.cpuUsage()
  const memory = process.memoryUsage()
  const opened = await openMovie({ size, read: range })
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure))
  const planned = planMovie(opened.value, { budget: size + 1e6 })
  if (!planned.ok) throw new Error(JSON.stringify(planned.failure))
  const looked = read
  await output.write(planned.value.head)
  const piece = new Uint8Array(PIECE)
  for (const { offset, length } of planned.value.ranges)
    for (let at = 0; at < length; at += PIECE) {
      const count = Math.min(PIECE, length - at)
      await source.read(piece, 0, count, offset + at)
      await output.write(piece, 0, count)
      const now = process.memoryUsage()
      most = Math.max(most, now.heapUsed + now.arrayBuffers - memory.heapUsed - memory.arrayBuffers)
    }
  const { user, system } = process.cpuUsage(before)
  return { cpu: (user + system) / 1000, memory: most, looked, size, written: (await output.stat()).size }
}

if (positionals.length === 2) {
  process.send?.(await remux(positionals[0], positionals[1]))
  process.disconnect?.()
} else {
  const folder = mkdtempSync(join(tmpdir(), 'belino-remux-'))
  try {
    const [source, output] = [join(folder, 'source.mov'), join(folder, 'output.mp4')]
    const seconds = 12
    const rate = Math.round((MEGABYTES * 8e6) / seconds)
    const made = spawnSync(
      'ffmpeg',
      [
        ...[
          '-v',
          'error',
          '-f',
          'lavfi',
          '-i',
          `testsrc2=size=1280x720:rate=30:duration=${seconds},noise=alls=40:allf=t`,
        ],
        ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`],
        ...[
          '-c:v',
          'libx264',
          '-preset',
          'ultrafast',
          '-pix_fmt',
          'yuv420p',
          '-b:v',
          `${rate}`,
          '-minrate',
          `${rate}`,
        ],
        ...['-maxrate', `${rate}`, '-bufsize', `${rate}`, '-x264-params', 'nal-hrd=cbr', '-c:a', 'aac'],
        ...['-metadata', 'location=+51.5007-000.1246/', source],
      ],
      { encoding: 'utf8' },
    )
    if (made.status !== 0) {
      console.log(`Left out: ffmpeg, which makes the source, says ${made.error ?? made.stderr}`)
      process.exit(0)
    }
    const results = []
    for (let run = 0; run < RUNS; run++) {
      const child = fork(fileURLToPath(import.meta.url), [source, output])
      results.push(
        await new Promise((resolve, reject) => {
          child.once('message', resolve)
          child.once('exit', (code) => reject(new Error(`exit ${code}`)))
        }),
      )
    }
    const [middle] = results.toSorted((a, b) => a.cpu - b.cpu).slice(RUNS >> 1)
    // What a decoder by somebody else says of the result: every frame is there.
    const frames = (path) =>
      spawnSync(
        'ffprobe',
        ['-v', 'error', '-count_packets', '-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0', path],
        {
          encoding: 'utf8',
        },
      ).stdout.replace(/\s+/g, ' ')
    const same = frames(source).trim() === frames(output).trim()
    const megabytes = (bytes) => (bytes / 1e6).toFixed(1)
    const table = `| | reached | wanted | holds |
|---|---|---|---|
| MOV of ${megabytes(statSync(source).size)} MB to MP4, CPU | ${(middle.cpu / 1000).toFixed(2)} s | under 0.3 s | ${middle.cpu < 300 ? 'yes' : 'no'} |
| memory beside the piece of ${PIECE >> 10} KiB that is copied | ${megabytes(middle.memory)} MB at most, ${megabytes(middle.looked)} MB read before the first byte goes out | flat | ${middle.memory < 8e6 ? 'yes' : 'no'} |
| packets of sound and pictures, counted by ffprobe | ${same ? 'all there' : 'DIFFERENT'} | all | ${same ? 'yes' : 'no'} |

By \`node test/bench/remux.mjs\` on ${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, Node ${process.versions.node}; the file is read and written by ranges, reading and writing included in the CPU; median of ${RUNS}.`
    console.log(table)
    if (values.write) await writeIntoReadme('remux', table)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
