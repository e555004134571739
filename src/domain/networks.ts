/**
 * Networks: the operators behind recipients, and what a message may be for them. Each row is what the operator's own
 * phones are configured to take (LineageOS android_packages_apps_CarrierConfig, 2021-11-16), which is the smallest sure
 * bound that is public; an account overrides a row where its contract says otherwise.
 */

/** What an operator's phones take. */
export type Network = {
  readonly id: string
  readonly name: string
  readonly country: 'US' | 'CA'
  /** Bytes of a whole message. */
  readonly messageBytes: number
  /** Pixels of the long side of a picture. */
  readonly maxSide: number
  /** Phones in one message; null where the configuration says nothing. */
  readonly recipients: number | null
  /** Characters of a subject; null where the configuration says nothing (phones then show about 40). */
  readonly subject: number | null
  /** How vendors write its name, in lower case; each is looked for as a whole word. */
  readonly known: readonly string[]
}

const MEBIBYTE = 1_048_576

const row = (
  id: string,
  name: string,
  country: Network['country'],
  messageBytes: number,
  recipients: number | null,
  subject: number | null,
  known: readonly string[],
  maxSide = 2592,
): Network => ({ id, name, country, messageBytes, maxSide, recipients, subject, known })

/** Every row, most exact name first: a brand is asked for before the operator whose network it rides on. */
export const NETWORKS: readonly Network[] = [
  row('cricket', 'Cricket', 'US', 614_400, null, null, ['cricket']), // carrier id 1779
  row('us-cellular', 'US Cellular', 'US', MEBIBYTE, 20, 80, [
    'us cellular',
    'u.s. cellular',
    'united states cellular',
  ]), // 1952
  row('c-spire', 'C Spire', 'US', MEBIBYTE, 20, 80, ['c spire', 'cspire', 'cellular south'], 4320), // 1836
  row('boost', 'Boost Mobile', 'US', MEBIBYTE, 40, 80, ['boost']), // with Sprint, 1788
  row('sprint', 'Sprint', 'US', MEBIBYTE, 40, 80, ['sprint', 'virgin mobile usa']), // 1788
  row('att', 'AT&T', 'US', MEBIBYTE, 10, null, ['at&t', 'att', 'cingular', '0001470']), // 1187; the digits are Sinch's id
  row('t-mobile', 'T-Mobile', 'US', MEBIBYTE, null, null, [
    't-mobile',
    'tmobile',
    'metropcs',
    'metro by t-mobile',
    '0001570',
  ]), // 1
  row('verizon', 'Verizon', 'US', 1_258_291, 20, 80, ['verizon', 'cellco', '0001890']), // 1839
  row('chatr', 'Chatr', 'CA', 614_400, 20, 80, ['chatr']), // 2055
  row('fido', 'Fido', 'CA', MEBIBYTE, 20, 80, ['fido']), // 1962
  row('rogers', 'Rogers', 'CA', MEBIBYTE, 20, 80, ['rogers']), // 1403
  row('freedom', 'Freedom Mobile', 'CA', MEBIBYTE, 20, 80, ['freedom', 'wind mobile', 'globalive']), // 1895
  row('eastlink', 'Eastlink', 'CA', MEBIBYTE, 20, 80, ['eastlink', 'bragg']), // 2252
  row('telus', 'Telus', 'CA', MEBIBYTE, 10, 80, ['telus', 'koodo', 'public mobile']), // 1404
  row('bell', 'Bell', 'CA', 614_400, 20, 80, [
    'bell',
    'bell mobility',
    'virgin mobile canada',
    'virgin plus',
    'lucky mobile',
  ]), // 576
  row('videotron', 'Videotron', 'CA', 3_072_000, 20, 80, ['videotron', 'vidéotron', 'fizz']), // 2008
]

const BY_ID: ReadonlyMap<string, Network> = new Map(NETWORKS.map((network) => [network.id, network]))

/** The row of an id; undefined where there is none. */
export const networkById = (id: string): Network | undefined => BY_ID.get(id)

/** What an account says of a network in place of its row; null keeps the row's word. */
export type NetworkOverride = { readonly messageBytes: number | null; readonly maxSide: number | null }

/** A row with an account's own word in it. */
export const overridden = (network: Network, own: NetworkOverride | undefined): Network =>
  own === undefined
    ? network
    : {
        ...network,
        messageBytes: own.messageBytes ?? network.messageBytes,
        maxSide: own.maxSide ?? network.maxSide,
      }

/** The network that a vendor means by a name or id of its own; null where it is none of the rows. */
export function networkNamed(said: string): Network | null {
  const words = ` ${said
    .toLowerCase()
    .slice(0, 100)
    .replace(/[\s,;:/()_-]+/g, ' ')
    .trim()} `
  for (const network of NETWORKS)
    for (const name of network.known) if (words.includes(` ${name.replace(/-/g, ' ')} `)) return network
  return null
}
