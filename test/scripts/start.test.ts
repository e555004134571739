import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureDevVars } from '../../scripts/lib/dev-vars.mjs'
import { portIsFree } from '../../scripts/lib/port-is-free.mjs'
import { readSettings } from '../../scripts/lib/settings.mjs'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belino-start-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('.dev.vars', () => {
  it('is written once, for its owner alone, with a root key of its own', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')]
    expect(await ensureDevVars(one)).toEqual({ written: true, devKey: 'dev-key' })
    await ensureDevVars(two)
    expect((await stat(one)).mode & 0o777).toBe(0o600)
    const keys = await Promise.all(
      [one, two].map(async (path) => /^BELINO_ROOT_KEY=(\S{32,})$/m.exec(await readFile(path, 'utf8'))?.[1]),
    )
    expect(keys[0]).toBeDefined()
    expect(keys[0]).not.toBe(keys[1])
  })

  it('stays as a person left it', async () => {
    const path = join(folder, 'vars')
    await writeFile(path, 'BELINO_ROOT_KEY=mine\nBELINO_DEV_KEY = "other-key"\n')
    expect(await ensureDevVars(path)).toEqual({ written: false, devKey: 'other-key' })
    expect(await readFile(path, 'utf8')).toBe('BELINO_ROOT_KEY=mine\nBELINO_DEV_KEY = "other-key"\n')
  })

  it('may name no demo key', async () => {
    const path = join(folder, 'vars')
    await writeFile(path, 'BELINO_ROOT_KEY=mine\n')
    expect(await ensureDevVars(path)).toEqual({ written: false, devKey: null })
  })
})

describe('the arguments', () => {
  it.each([
    [[], { port: 8787, persistTo: null, help: false }],
    [['--port', '8790'], { port: 8790, persistTo: null, help: false }],
    [['--port=8790', '--persist-to', 'x'], { port: 8790, persistTo: 'x', help: false }],
    [['--help'], { port: 8787, persistTo: null, help: true }],
  ])('%j are understood', (args, settings) => expect(readSettings(args)).toEqual(settings))

  it.each([[['--port', '0']], [['--port', '65536']], [['--port', 'x']], [['--prot', '1']], [['8790']]])(
    '%j are refused in words',
    (args) => expect(readSettings(args)).toEqual({ problem: expect.stringMatching(/\w/) }),
  )
})

describe('a port', () => {
  it.each(['127.0.0.1', '::1'])('is taken while somebody listens on %s, and free after', async (host) => {
    const server = createServer()
    const listening = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(0, host, () => resolve(true))
    })
    // A machine without IPv6 cannot listen there at all.
    if (!listening) return expect(host).toBe('::1')
    const { port } = server.address() as { port: number }
    expect(await portIsFree(port)).toBe(false)
    await new Promise((resolve) => server.close(resolve))
    expect(await portIsFree(port)).toBe(true)
  })
})
