import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { secretText, signedHeaders } from '../src/domain/standard-webhooks.ts'

/** The verifiers that the documentation prints are run as they are printed. */
const page = readFileSync(fileURLToPath(new URL('../docs/webhooks.md', import.meta.url)), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'belino-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The first block of a language that has a function `verify`. */
function verifier(language: string): string {
  const blocks = page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))
  const found = [...blocks]
    .map((block) => block[1] ?? '')
    .find((code) => /(?:function|def|func) verify/.test(code))
  if (found === undefined) throw new Error(`No verifier in ${language}`)
  return found
}

type Case = { secret: string; headers: Record<string, string>; body: string; right: boolean }

/** What a verifier must take, and what it must not. */
async function cases(): Promise<Case[]> {
  const [one, two] = [1, 2].map((n) => new Uint8Array(32).fill(n)) as [Uint8Array, Uint8Array]
  const body = '{"text":"Grüße 🎉"}'
  const now = Date.now()
  const single = await signedHeaders([one], 'evt_1', now, body)
  const both = await signedHeaders([two, one], 'evt_1', now, body)
  const old = await signedHeaders([one], 'evt_1', now - 400_000, body)
  const secret = secretText(one)
  return [
    { secret, headers: single, body, right: true },
    { secret, headers: both, body, right: true },
    { secret: secretText(two), headers: both, body, right: true },
    { secret: secretText(two), headers: single, body, right: false },
    { secret, headers: single, body: `${body} `, right: false },
    { secret, headers: { ...single, 'webhook-id': 'evt_2' }, body, right: false },
    { secret, headers: old, body, right: false },
    { secret, headers: { ...single, 'webhook-signature': 'v1,' }, body, right: false },
    { secret, headers: { ...single, 'webhook-signature': 'v1,%% v2,x v1a,y' }, body, right: false },
  ]
}

/** A program around a verifier, which reads cases from the file that it is given and prints 1 or 0 for each. */
const PROGRAMS: Record<
  string,
  { command: string; file: string; before: string; after: string; language: string }
> = {
  Python: {
    language: 'python',
    command: 'python3',
    file: 'verify.py',
    before: '',
    after: `
import json, sys
for c in json.load(open(sys.argv[1])):
    print(int(verify(c["secret"], c["headers"], c["body"].encode())))
`,
  },
  PHP: {
    language: 'php',
    command: 'php',
    file: 'verify.php',
    before: '<?php\n',
    after: `
foreach (json_decode(file_get_contents($argv[1]), true) as $c)
    echo (int) verify($c['secret'], $c['headers'], $c['body']), "\\n";
`,
  },
  Ruby: {
    language: 'ruby',
    command: 'ruby',
    file: 'verify.rb',
    before: '',
    after: `
require 'json'
JSON.parse(File.read(ARGV[0])).each { |c| puts verify(c['secret'], c['headers'], c['body']) ? 1 : 0 }
`,
  },
  Go: {
    language: 'go',
    command: 'go',
    file: 'verify.go',
    before: `package main
import ("crypto/hmac"; "crypto/sha256"; "encoding/base64"; "encoding/json"; "fmt"; "net/http"; "os"; "strconv"; "strings"; "time")
`,
    after: `
func main() {
	text, _ := os.ReadFile(os.Args[1])
	var all []struct { Secret string; Headers map[string]string; Body string }
	json.Unmarshal(text, &all)
	for _, c := range all {
		h := http.Header{}
		for name, value := range c.Headers { h.Set(name, value) }
		if verify(c.Secret, h, []byte(c.Body)) { fmt.Println(1) } else { fmt.Println(0) }
	}
}
`,
  },
}

describe('the verifiers of docs/webhooks.md', () => {
  it('JavaScript', async () => {
    const file = join(folder, 'verify.mjs')
    writeFileSync(file, verifier('js'))
    const { verify } = await import(/* @vite-ignore */ file)
    for (const one of await cases())
      expect(await verify(one.secret, new Headers(one.headers), one.body)).toBe(one.right)
  })

  for (const [name, { language, command, file, before, after }] of Object.entries(PROGRAMS)) {
    const version = command === 'go' ? 'version' : '--version'
    // A language that this machine does not have is not tested on it.
    it.skipIf(spawnSync(command, [version]).status !== 0)(name, async () => {
      const all = await cases()
      const [program, input] = [join(folder, file), join(folder, `${file}.json`)]
      writeFileSync(program, before + verifier(language) + after)
      writeFileSync(input, JSON.stringify(all))
      const run = spawnSync(command, command === 'go' ? ['run', program, input] : [program, input], {
        encoding: 'utf8',
        env: { ...process.env, GOCACHE: join(folder, 'go'), GOFLAGS: '-mod=mod' },
      })
      expect(run.stderr).toBe('')
      expect(run.stdout.trim().split('\n')).toEqual(all.map((one) => (one.right ? '1' : '0')))
    })
  }
})
