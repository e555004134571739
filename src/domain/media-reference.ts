/** An attachment of a request: already stored, or to be fetched. */
export type MediaReference = { readonly id: string } | { readonly url: string }
