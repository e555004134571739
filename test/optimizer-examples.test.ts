import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { readFitUrl } from '../src/messaging/fit-url-path.ts'

/** The functions that the documentation prints are run as they are printed. */
const page = readFileSync(fileURLToPath(new URL('../docs/optimizer.md', import.meta.url)), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'belino-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function code(language: string): string {
  const blocks = [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))]
  const found = blocks.map((block) => block[1] ?? '').find((one) => /fit_?url/i.test(one))
  if (found === undefined) throw new Error(`No function in ${language}`)
  return found
}

const GATEWAY = 'https://mms.example.com'
const KEY = { id: 'fit_0VbjRUy4pqjzMaCR0llwkd', secret: '0f'.repeat(32) }
const OPTIONS = 'max_bytes:600000/w:640'
// Everything that languages encode each in their own way.
const SOURCE = "https://cdn.example.com/photos/a b+c~d'(e)*!é.jpg?x=1&y=/2#z"
const text = JSON.stringify(SOURCE)

const PROGRAMS: Readonly<
  Record<string, { command: string[]; file: string; program: (code: string) => string }>
> = {
  js: {
    command: ['node'],
    file: 'fit.mjs',
    program: (printed) =>
      `${printed}\nconsole.log(fitUrl('${GATEWAY}', ${JSON.stringify(KEY)}, '${OPTIONS}', ${text}))`,
  },
  python: {
    command: ['python3'],
    file: 'fit.py',
    program: (printed) =>
      `${printed}\nprint(fit_url('${GATEWAY}', ${JSON.stringify(KEY)}, '${OPTIONS}', ${text}))`,
  },
  php: {
    command: ['php'],
    file: 'fit.php',
    program: (printed) =>
      `<?php\n${printed}\necho fit_url('${GATEWAY}', ['id' => '${KEY.id}', 'secret' => '${KEY.secret}'], '${OPTIONS}', ${text});`,
  },
  ruby: {
    command: ['ruby', '-Ku'],
    file: 'fit.rb',
    program: (printed) =>
      `# encoding: utf-8\n${printed}\nputs fit_url('${GATEWAY}', { 'id' => '${KEY.id}', 'secret' => '${KEY.secret}' }, '${OPTIONS}', ${text.replaceAll('#', '\\#')})`,
  },
  go: {
    command: ['go', 'run'],
    file: 'fit.go',
    program: (printed) =>
      `package main\nimport (\n"crypto/hmac"\n"crypto/sha256"\n"encoding/base64"\n"encoding/hex"\n"fmt"\n"net/url"\n"strings"\n)\n${printed}\nfunc main() { fmt.Println(fitURL("${GATEWAY}", "${KEY.id}", "${KEY.secret}", "${OPTIONS}", ${text})) }`,
  },
}

describe.each(Object.entries(PROGRAMS))('the example in %s', (language, { command, file, program }) => {
  const [name = '', ...args] = command
  const isThere = spawnSync(name, [name === 'go' ? 'version' : '--version'], { stdio: 'ignore' }).status === 0

  it.skipIf(!isThere)('makes a URL that is signed, and names its source', () => {
    const path = join(folder, file)
    writeFileSync(path, program(code(language)))
    const { stdout, stderr } = spawnSync(name, [...args, path], { encoding: 'utf8' })
    expect(stderr).toBe('')
    const url = new URL(stdout.trim())
    const [, id, mac, signed = ''] = /^\/fit\/([^.]+)\.([\w-]+)(\/.*)$/.exec(url.pathname) ?? []
    expect(id).toBe(KEY.id)
    // A URL that the parser changed would not be the one that was signed.
    expect(url.href).toBe(stdout.trim())
    expect(mac).toBe(createHmac('sha256', Buffer.from(KEY.secret, 'hex')).update(signed).digest('base64url'))
    expect(readFitUrl(signed.slice(1))).toMatchObject({
      ok: true,
      value: { source: SOURCE, request: { budget: 600_000, maxWidth: 640 } },
    })
  })
})

it('shows five languages', () => {
  for (const language of Object.keys(PROGRAMS)) expect(code(language)).not.toBe('')
})
