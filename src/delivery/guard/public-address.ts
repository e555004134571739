/**
 * Whether an IP address, as a resolver spells it, belongs to a host of the public internet. Everything is refused that
 * the IANA special-purpose registries keep out of it, and every form of IPv6 that carries an IPv4 address inside: where
 * such a packet ends is decided by a gateway, not by the address that was checked.
 */

/** First address, length of the prefix in bits, who holds it. */
type Block = readonly [first: string, bits: number, holder: string]

const REFUSED_V4: readonly Block[] = [
  ['0.0.0.0', 8, 'this network (RFC 791)'],
  ['10.0.0.0', 8, 'private (RFC 1918)'],
  ['100.64.0.0', 10, "carrier-grade NAT's shared space (RFC 6598)"],
  ['127.0.0.0', 8, 'loopback (RFC 1122)'],
  ['169.254.0.0', 16, 'link-local, where clouds keep their metadata (RFC 3927)'],
  ['172.16.0.0', 12, 'private (RFC 1918)'],
  ['192.0.0.0', 24, 'protocol assignments (RFC 6890)'],
  ['192.0.2.0', 24, 'documentation (RFC 5737)'],
  ['192.31.196.0', 24, 'AS112 (RFC 7535)'],
  ['192.52.193.0', 24, 'multicast relays (RFC 7450)'],
  ['192.88.99.0', 24, '6to4 relays (RFC 7526)'],
  ['192.168.0.0', 16, 'private (RFC 1918)'],
  ['192.175.48.0', 24, 'AS112 (RFC 7534)'],
  ['198.18.0.0', 15, 'benchmarks (RFC 2544)'],
  ['198.51.100.0', 24, 'documentation (RFC 5737)'],
  ['203.0.113.0', 24, 'documentation (RFC 5737)'],
  ['224.0.0.0', 4, 'multicast (RFC 5771)'],
  ['240.0.0.0', 4, 'reserved, and broadcast (RFC 1112, RFC 919)'],
]

/** Global unicast. Nothing outside it is public: not compatible, mapped, NAT64, unique-local, link-local or multicast. */
const GLOBAL_V6: Block = ['2000::', 3, 'global unicast (RFC 4291)']

const REFUSED_V6: readonly Block[] = [
  ['2001::', 23, 'protocol assignments, Teredo among them (RFC 2928, RFC 4380)'],
  ['2001:db8::', 32, 'documentation (RFC 3849)'],
  ['2002::', 16, '6to4, an IPv4 address inside (RFC 3056)'],
  ['2620:4f:8000::', 48, 'AS112 (RFC 7534)'],
  ['3fff::', 20, 'documentation (RFC 9637)'],
]

/** Interface identifiers of ISATAP (RFC 5214): 0000:5efe or 0200:5efe, then an IPv4 address, under any prefix. */
const isIsatap = (address: bigint): boolean => {
  const mark = (address >> 32n) & 0xffff_ffffn
  return mark === 0x0000_5efen || mark === 0x0200_5efen
}

/** Four decimal numbers and nothing else. Other spellings are no answer that a resolver gives. */
function parseV4(text: string): bigint | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (match === null) return null
  let value = 0n
  for (const part of match.slice(1)) {
    const number = Number(part)
    if (number > 255 || (part.length > 1 && part.startsWith('0'))) return null
    value = (value << 8n) | BigInt(number)
  }
  return value
}

/** The URL parser brings every spelling of IPv6 into one form (RFC 5952), without zone ids, which it refuses. */
function parseV6(text: string): bigint | null {
  if (!/^[0-9a-f:.]{2,45}$/i.test(text) || !URL.canParse(`http://[${text}]/`)) return null
  const plain = new URL(`http://[${text}]/`).hostname.slice(1, -1)
  const [head = '', tail] = plain.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const all = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}

function within(address: bigint, [first, bits]: Block, width: 32 | 128): boolean {
  const start = width === 32 ? parseV4(first) : parseV6(first)
  if (start === null) throw new Error(`The table has a block that is no address: ${first}`)
  const rest = BigInt(width - bits)
  return address >> rest === start >> rest
}

/** Whether the address, IPv4 or IPv6, is one of the public internet. Text that is no address is not. */
export function isPublicAddress(text: string): boolean {
  const v4 = parseV4(text)
  if (v4 !== null) return !REFUSED_V4.some((block) => within(v4, block, 32))
  const v6 = parseV6(text)
  if (v6 === null) return false
  return within(v6, GLOBAL_V6, 128) && !isIsatap(v6) && !REFUSED_V6.some((block) => within(v6, block, 128))
}
