import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/lib/local-worker.mjs'
import { portIsFree } from '../../scripts/lib/port-is-free.mjs'
import { root } from '../../scripts/lib/prebuilt-worker.mjs'
import { until } from './until.ts'

type Started = {
  readonly child: ChildProcess
  readonly said: () => string
  readonly ended: Promise<number | null>
}

const children: ChildProcess[] = []

/** Runs what `npm start` runs, without a terminal. */
function start(...args: string[]): Started {
  const child = spawn(process.execPath, [`${root}/scripts/start.mjs`, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  return { child, said: () => said, ended: new Promise((resolve) => child.once('close', resolve)) }
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belino-npm-start-'))
})
afterEach(async () => {
  // A test that failed half-way has left one running.
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('close', resolve))
    }
  await rm(folder, { recursive: true, force: true })
})

describe('npm start', () => {
  it('brings everything up, prints a line that sends a photo, keeps the data, and leaves nobody behind', async () => {
    const port = await freePort()
    const args = ['--port', String(port), '--persist-to', folder]
    const first = start(...args)
    await until('the introduction', async () => first.said().includes('Ctrl-C stops'), { within: 150_000 })
    // Nothing but what a person wants to read.
    expect(first.said()).not.toMatch(/warn|error|deprecat|undefined|cloudflare/i)
    const line =
      /curl -H "Authorization: Bearer (\S+)" -F to=(\S+) -F text=(\w+) -F "media=@(.+)" (http:\S+)/.exec(
        first.said(),
      )
    expect(line).not.toBeNull()
    const [, key = '', to = '', text = '', file = '', url = ''] = line ?? []
    const body = new FormData()
    body.set('to', to)
    body.set('text', text)
    body.set('media', new Blob([await readFile(join(root, file))]), 'photo.jpg')
    const headers = { authorization: `Bearer ${key}` }
    const sent = await fetch(url, { method: 'POST', headers, body })
    expect(sent.status).toBe(202)
    const { id } = (await sent.json()) as { id: string }
    await until('a line about the request', async () => /^POST \/v1\/messages 202 \d+ms$/m.test(first.said()))
    first.child.kill('SIGINT')
    expect(await first.ended).toBe(0)
    expect(await portIsFree(port)).toBe(true)

    const second = start(...args)
    await until('the second introduction', async () => second.said().includes('Ctrl-C stops'), {
      within: 150_000,
    })
    const found = await fetch(`${url}/${id}`, { headers })
    expect(found.status).toBe(200)
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
    expect(await portIsFree(port)).toBe(true)
  }, 400_000)

  it('says so when the port is taken, and how to choose another', async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    })
    const started = start('--port', String(port), '--persist-to', folder)
    expect(await started.ended).toBe(1)
    expect(started.said()).toContain(`port ${port}`)
    expect(started.said()).toMatch(/npm start -- --port \d+/)
    await new Promise((resolve) => server.close(resolve))
  })
})
