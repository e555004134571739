import { describe, expect, it } from 'vitest'
import { createMediaFetcher } from '../../src/delivery/fetch-media.ts'

// S-7: whatever way a URL is spelled, no request leaves for a place that is not public. The fetch port counts.

const OWN_HOSTS = ['mms.example.net', 'api.carrier.example']

/** One fetcher a call: neither the rate nor a remembered failure may be the reason for a refusal. */
async function attempt(
  url: string,
  fetcherOptions: { allowHttp?: boolean; addresses?: readonly string[] } = {},
) {
  const asked: string[] = []
  const { addresses, allowHttp = false } = fetcherOptions
  const { fetchMedia } = createMediaFetcher({
    fetch: async (target) => {
      asked.push(target)
      return new Response('x')
    },
    clock: { now: () => 0 },
    refusedHosts: OWN_HOSTS,
    log: () => {},
    ...(addresses === undefined ? {} : { resolve: async () => addresses }),
  })
  return { result: await fetchMedia(url, { account: 'acc_1', limit: 100, allowHttp }), asked }
}

/** Every way of writing one IPv4 address that some parser on the way understands. */
function spellings(a: number, b: number, c: number, d: number): string[] {
  const parts = [a, b, c, d]
  const whole = ((a * 256 + b) * 256 + c) * 256 + d
  const hex = (n: number): string => `0x${n.toString(16)}`
  const octal = (n: number): string => `0${n.toString(8)}`
  const dotted = parts.join('.')
  const hexGroups = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  const fullWidth = (text: string): string =>
    text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))
  const circled = (text: string): string =>
    text.replace(/\d/g, (digit) => String.fromCodePoint(digit === '0' ? 0x24ea : 0x2460 + Number(digit) - 1))
  return [
    dotted,
    `${dotted}.`,
    String(whole),
    hex(whole),
    hex(whole).toUpperCase().replace('0X', '0x'),
    octal(whole),
    parts.map(hex).join('.'),
    parts.map(octal).join('.'),
    parts.map((n) => `000${n.toString(8)}`).join('.'),
    `${hex(a)}.${b}.${octal(c)}.${d}`,
    `${a}.${b}.${c * 256 + d}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    `${hex(a)}.${hex((b * 256 + c) * 256 + d)}`,
    fullWidth(dotted),
    circled(dotted),
    parts.join('\u3002'),
    parts.join('\uff0e'),
    dotted.replace('.', '%2e'),
    [...dotted].map((one) => `%${one.charCodeAt(0).toString(16)}`).join(''),
    `[::${dotted}]`,
    `[::ffff:${dotted}]`,
    `[::ffff:0:${dotted}]`,
    `[0:0:0:0:0:ffff:${hexGroups}]`,
    `[64:ff9b::${dotted}]`,
    `[64:ff9b:1::${dotted}]`,
    `[2002:${hexGroups}::1]`,
    `[2001:0:4136:e378:8000:63bf:${(0xffff ^ ((a << 8) | b)).toString(16)}:${(0xffff ^ ((c << 8) | d)).toString(16)}]`,
    `[fe80::5efe:${dotted}]`,
    `[2001:db8::200:5efe:${dotted}]`,
    `${dotted}.nip.io`,
    `${parts.join('-')}.sslip.io`,
  ].map((host) => `https://${host}/a.jpg`)
}

const ADDRESSES = [
  ...spellings(127, 0, 0, 1),
  ...spellings(169, 254, 169, 254),
  ...spellings(10, 0, 0, 1),
  ...spellings(192, 168, 1, 254),
  ...spellings(100, 64, 0, 1),
  ...spellings(8, 8, 8, 8),
]

const HOSTS = [
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://localhost../',
  'https://a.localhost/',
  'https://localhost.localdomain/',
  'https://\u24db\u24de\u24d2alhost/',
  'https://%6c%6f%63alhost/',
  'https://local\u00adhost/',
  'https://loc\u200balhost/',
  'https://printer.local/',
  'https://printer.local./',
  'https://printer\uff0elocal/',
  'https://metadata.google.internal/computeMetadata/v1/',
  'https://METADATA.google.INTERNAL/',
  'https://router.home.arpa/',
  'https://1.0.0.127.in-addr.arpa/',
  'https://nas.lan/',
  'https://wiki.corp/',
  'https://wiki.intranet/',
  'https://nas.home/',
  'https://x.test/',
  'https://x.invalid/',
  'https://abcdefghij234567.onion/',
  'https://intranet/',
  'https://metadata/',
  'https://com/',
  'https://example.com./',
  'https://example..com/',
  'https://.example.com/',
  'https://-example.com/',
  'https://exam*ple.com/',
  "https://exam'ple.com/",
  'https://xn--/',
  'https://foo.bar-/',
  'https://foo.c0m1-.x_y/',
  `https://${'a'.repeat(64)}.com/`,
  `https://${'a.'.repeat(127)}com/`,
  'https://localtest.me/',
  'https://app.lvh.me/',
  'https://7f000001.c0a80101.rbndr.us/',
  'https://mms.example.net/m/token/a.jpg',
  'https://MMS.Example.NET/',
  'https://www.mms.example.net/',
  'https://mms\u3002example\u3002net/',
  'https://api.carrier.example/v1/messages',
  'https://[::]/',
  'https://[::1]/',
  'https://[0000:0000:0000:0000:0000:0000:0000:0001]/',
  'https://[fe80::1]/',
  'https://[fe80::1%25eth0]/',
  'https://[fe80::1%eth0]/',
  'https://[fc00::1]/',
  'https://[fd12:3456:789a::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
  'https://[2606:4700:4700::1111]/',
  'https://[2001:db8::1]/',
  'https://[::ffff:7f00:1]/',
  'https://[v1.fe80::1]/',
  'https://0/',
  'https://0x/',
  'https://0x7f.1/',
  'https://127.1/',
  'https://127.0.1/',
  'https://256.256.256.256/',
  'https://1.2.3.4.5/',
  'https://1.2.3.09/',
  'https://example.1/',
  'https://example.0x1/',
]

const FORMS = [
  '',
  ' ',
  'a.jpg',
  '/a.jpg',
  '//example.com/a.jpg',
  'example.com/a.jpg',
  'https://',
  'https:///',
  'https://:443/',
  'https://?a',
  'https://exa mple.com/',
  'https://example.com:99999/',
  'https://example.com:8443/',
  'https://example.com:22/',
  'https://example.com:80/',
  'https://example.com:0/',
  'https://user@example.com/',
  'https://user:password@example.com/',
  'https://:password@example.com/',
  'https://example.com@127.0.0.1/',
  'https://127.0.0.1@example.com/',
  'https://example.com%2f@127.0.0.1/',
  'https://example.com\\@127.0.0.1/',
  'https:\\\\127.0.0.1\\',
  'https://example.com\\.evil.example/',
  'https://exam\tple.com/',
  'https://exam\nple.com/',
  'https://example.com/a\r\nHost: internal',
  '\u0000https://example.com/',
  'https://example.com\u0000.internal/',
  'https://example.com%00.internal/',
  'https://127.0.0.1\uff0fexample.com/',
  'https://example.com%0d%0a/',
  'http://example.com/',
  'HTTP://example.com/',
  'ftp://example.com/a.jpg',
  'file:///etc/passwd',
  'data:image/png;base64,AAAA',
  'blob:https://example.com/1',
  'javascript:alert(1)',
  'gopher://example.com:70/_x',
  'ws://example.com/',
  'wss://example.com/',
  'view-source:https://example.com/',
  'jar:https://example.com!/',
  'about:blank',
  'https+unix://%2Fvar%2Frun%2Fdocker.sock/',
  'unix:/var/run/docker.sock',
  'dict://127.0.0.1:11211/',
  `https://example.com/${'a'.repeat(2048)}`,
]

const REFUSED = [...new Set([...ADDRESSES, ...HOSTS, ...FORMS])]

describe('S-7 a URL that is not fetched', () => {
  it('has at least 120 spellings in this table', () => {
    expect(REFUSED.length).toBeGreaterThanOrEqual(120)
    console.info(`S-7: ${REFUSED.length} spellings`)
  })

  it.each(REFUSED)('%j', async (url) => {
    const { result, asked } = await attempt(url)
    expect(asked).toEqual([])
    expect(result).toEqual({ ok: false, failure: { code: 'media_url_refused', problem: expect.any(String) } })
  })

  it.each(REFUSED.filter((url) => /^https:/.test(url)).map((url) => url.replace(/^https:/, 'http:')))(
    '%j, where http is allowed',
    async (url) => {
      // Port 80 is http's own, so that one is a URL like any other.
      if (url === 'http://example.com:80/') return
      const { result, asked } = await attempt(url, { allowHttp: true })
      expect(asked).toEqual([])
      expect(result.ok).toBe(false)
    },
  )

  it.each([
    ['https://127.1/', 'its host is an IP address.'],
    ['https://[::ffff:8.8.8.8]/', 'its host is an IP address.'],
    ['https://127.0.0.1.nip.io/', 'its host name stands for an IP address.'],
    ['https://example.com./', 'its host name ends with a dot.'],
    ['https://intranet/', 'its host is a name of a local network.'],
    ['https://printer.local/', 'its host is a name of a local network.'],
    ['https://exam*ple.com/', 'its host is not a public host name.'],
    ['https://api.carrier.example/', "its host is this service itself or a carrier's API."],
    ['https://example.com:8443/', 'it names a port.'],
    ['https://user@example.com/', 'it has a user name or password in it.'],
    ['https://example.com\\@127.0.0.1/', 'it has a control character or a backslash in it.'],
    ['http://example.com/', 'it starts with http://.'],
    ['ftp://example.com/', 'it does not start with https://.'],
    ['example.com/a.jpg', 'it is not a URL.'],
    [`https://example.com/${'a'.repeat(2048)}`, 'it is longer than 2048 characters.'],
  ])('%j breaks the rule that the answer names', async (url, rule) => {
    const { result } = await attempt(url)
    expect(result).toMatchObject({ ok: false, failure: { problem: expect.stringContaining(rule) } })
  })

  it('names the rule and holds nothing of the URL', async () => {
    const sentences = new Set<string>()
    for (const url of REFUSED) {
      const { result } = await attempt(url)
      if (result.ok || result.failure.code !== 'media_url_refused') throw new Error(`${url} was not refused`)
      sentences.add(result.failure.problem)
    }
    // As many sentences as rules: none of them quotes what it was given.
    expect(sentences.size).toBeGreaterThanOrEqual(10)
    expect(sentences.size).toBeLessThanOrEqual(16)
    for (const sentence of sentences) expect(sentence).toMatch(/^[a-z][^?@\\]*\.$/)
  })
})

describe('a URL that is fetched', () => {
  it.each([
    ['https://example.com/a.jpg', 'https://example.com/a.jpg'],
    ['HTTPS://Example.COM/A.jpg', 'https://example.com/A.jpg'],
    ['https://example.com:443/a', 'https://example.com/a'],
    ['  https://example.com/a  ', 'https://example.com/a'],
    ['https://example.com/my photo.jpg', 'https://example.com/my%20photo.jpg'],
    ['https://example.com/a?b=127.0.0.1@c#d', 'https://example.com/a?b=127.0.0.1@c#d'],
    ['https://m\u00fcnchen.example/', 'https://xn--mnchen-3ya.example/'],
    ['https://a_b.s3.example.com/', 'https://a_b.s3.example.com/'],
    ['https://10.example.com/', 'https://10.example.com/'],
    ['https://notlocalhost.example/', 'https://notlocalhost.example/'],
    ['https://internal.example.com/', 'https://internal.example.com/'],
    ['https://notmms.example.net/', 'https://notmms.example.net/'],
    ['https://example.xn--p1ai/', 'https://example.xn--p1ai/'],
  ])('%s', async (url, asked) => {
    const outcome = await attempt(url)
    expect(outcome.asked).toEqual([asked])
    expect(outcome.result.ok).toBe(true)
  })

  it('may be http where the account allows it, on port 80 only', async () => {
    expect((await attempt('http://example.com/', { allowHttp: true })).asked).toEqual(['http://example.com/'])
    expect((await attempt('http://example.com:80/', { allowHttp: true })).asked).toEqual([
      'http://example.com/',
    ])
    expect((await attempt('http://example.com:443/', { allowHttp: true })).asked).toEqual([])
  })
})

describe('a name whose addresses a resolver tells', () => {
  it.each([
    [['127.0.0.1']],
    [['93.184.215.14', '10.1.2.3']],
    [['2606:4700::1111', '::1']],
    [['100.100.100.100']],
    [['64:ff9b::a9fe:a9fe']],
    [['not an address']],
  ])('is refused when they are %j', async (addresses) => {
    const { result, asked } = await attempt('https://rebinding.example/', { addresses })
    expect(asked).toEqual([])
    expect(result).toEqual({
      ok: false,
      failure: { code: 'media_url_refused', problem: 'its host leads into a private network.' },
    })
  })

  it('is unreachable when there are none', async () => {
    const { result, asked } = await attempt('https://nowhere.example/', { addresses: [] })
    expect(asked).toEqual([])
    expect(result).toEqual({ ok: false, failure: { code: 'media_unreachable', retryable: true } })
  })

  it('is fetched when all are public', async () => {
    const { result } = await attempt('https://cdn.example/', {
      addresses: ['93.184.215.14', '2606:4700::1111'],
    })
    expect(result.ok).toBe(true)
  })
})
