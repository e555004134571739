import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { DEFAULTS, readConfig } from '../src/config.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const KEY = 'k'.repeat(32)

describe('S-12 what nobody configured', () => {
  it('has no key, no development key and nothing that is for local development', () => {
    expect(readConfig({})).toEqual({
      rootKey: null,
      previousRootKeys: [],
      urlKeys: [],
      publicUrl: null,
      local: false,
      devKey: null,
      access: null,
      pauseAt: null,
      mailFrom: null,
    })
  })

  it('is what a deploy begins with: the repository sets no variable and holds no secret', () => {
    const wrangler = readFileSync(`${root}/wrangler.toml`, 'utf8').replace(/^\s*#.*$/gm, '')
    expect(wrangler).not.toContain('BELINO_')
    expect(wrangler).not.toMatch(/^\s*\[vars\]/m)
    expect(readFileSync(`${root}/.gitignore`, 'utf8').split('\n')).toContain('.dev.vars')
    // In a tree without a history there is nothing to ask.
    const tracked = (() => {
      try {
        return execFileSync('git', ['ls-files', '-z'], {
          cwd: root,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        })
      } catch {
        return ''
      }
    })()
    expect(tracked.split('\0').filter((path) => /(?:^|\/)\.(?:dev\.vars|env)/.test(path))).toEqual([])
  })

  it.each(['', ' ', 'short', 'k'.repeat(31), ` ${'k'.repeat(31)} `])('a root key of %j is none', (key) => {
    expect(readConfig({ BELINO_ROOT_KEY: key }).rootKey).toBeNull()
  })

  it.each([undefined, '', '0', 'false', 'no', 'TRUE'])('BELINO_LOCAL=%j opens nothing', (local) => {
    const config = readConfig({ BELINO_LOCAL: local, BELINO_DEV_KEY: 'dev-key', BELINO_PAUSE_AT: 'commit' })
    expect(config).toMatchObject({ local: false, devKey: null, pauseAt: null })
  })
})

describe('readConfig', () => {
  it('takes what is set', () => {
    expect(
      readConfig({
        BELINO_ROOT_KEY: ` ${KEY}\n`,
        BELINO_PUBLIC_URL: 'https://mms.example/',
        BELINO_LOCAL: '1',
        BELINO_DEV_KEY: 'dev-key',
        BELINO_PAUSE_AT: 'commit',
        DB: {},
      }),
    ).toEqual({
      rootKey: KEY,
      previousRootKeys: [],
      urlKeys: [KEY],
      publicUrl: 'https://mms.example',
      local: true,
      devKey: 'dev-key',
      access: null,
      pauseAt: 'commit',
      mailFrom: null,
    })
  })

  it('takes several keys for URLs, the newest first', () => {
    const [older, newer] = ['a'.repeat(32), 'b'.repeat(40)]
    expect(readConfig({ BELINO_ROOT_KEY: KEY, BELINO_URL_KEYS: `${newer}, ${older}` }).urlKeys).toEqual([
      newer,
      older,
    ])
  })

  it.each([`${KEY},`, `,${KEY}`, `${KEY},,${KEY}`, ',', 'short', `${KEY},short`, ' , '])(
    'refuses %j as keys for URLs: with an empty or a short one anybody could sign',
    (keys) => {
      expect(() => readConfig({ BELINO_ROOT_KEY: KEY, BELINO_URL_KEYS: keys })).toThrow('BELINO_URL_KEYS')
    },
  )

  it.each(['mms.example', 'not a url', '//mms.example'])('refuses %j as the public URL, by name', (url) => {
    expect(() => readConfig({ BELINO_PUBLIC_URL: url })).toThrow('BELINO_PUBLIC_URL')
  })

  it('names the variable and never its value', () => {
    try {
      readConfig({ BELINO_URL_KEYS: 'CANARY' })
      expect.unreachable()
    } catch (error) {
      expect(String(error)).not.toContain('CANARY')
    }
  })
})

describe('the defaults', () => {
  it('keep a public URL for 7 days at most', () => {
    expect(DEFAULTS.publicUrlLifetime).toBeLessThanOrEqual(7 * 86_400_000)
  })
})
