/** Somebody's name, and ways to reach them. */
export type ContactInfo = {
  readonly name: { readonly first?: string | undefined; readonly last?: string | undefined }
  readonly phones?: readonly { readonly number: string; readonly type?: string | undefined }[] | undefined
  readonly emails?: readonly string[] | undefined
  readonly organization?: string | undefined
  readonly title?: string | undefined
  readonly url?: string | undefined
  readonly address?: string | undefined
}

const fullName = ({ name, organization }: ContactInfo): string =>
  [name.first, name.last].filter((one) => one !== undefined && one !== '').join(' ') || (organization ?? '')

/** The contact in lines of text. */
export const contactText = (contact: ContactInfo): (string | undefined)[] => [
  fullName(contact),
  contact.title,
  contact.organization === fullName(contact) ? undefined : contact.organization,
  ...(contact.phones ?? []).map((phone) => phone.number),
  ...(contact.emails ?? []),
  contact.url,
  contact.address,
]

/** Text of a property: what would end or divide it is escaped (RFC 2426, clause 4). */
const escaped = (text: string): string =>
  text
    .replace(/\\/g, '\\\\')
    .replace(/\r\n|\r|\n/g, '\\n')
    .replace(/[,;]/g, (one) => `\\${one}`)

/** The contact as a vCard 3.0 (RFC 2426), which phones of all ages read. */
export function vcardOf(contact: ContactInfo): string {
  const lines = ['BEGIN:VCARD', 'VERSION:3.0']
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') lines.push(`${name}:${escaped(value)}`)
  }
  const { first, last } = contact.name
  lines.push(`N:${escaped(last ?? '')};${escaped(first ?? '')};;;`)
  put('FN', fullName(contact))
  put('ORG', contact.organization)
  put('TITLE', contact.title)
  for (const { number, type } of contact.phones ?? [])
    put(type === undefined ? 'TEL' : `TEL;TYPE=${type.toUpperCase()}`, number)
  for (const email of contact.emails ?? []) put('EMAIL', email)
  put('URL', contact.url)
  if (contact.address !== undefined) lines.push(`ADR:;;${escaped(contact.address)};;;;`)
  lines.push('END:VCARD', '')
  return lines.join('\r\n')
}
