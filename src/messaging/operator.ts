import { hashKey } from './keys.ts'

/** Tells whether an Authorization header is that of whoever runs the gateway: the root key as a bearer. */
export type IsOperator = (authorization: string | null) => Promise<boolean>

/**
 * Makes the test. Hashes are compared, so that timing tells nothing of the key.
 *
 * @param rootKey null where none is set: then nobody is
 */
export const createIsOperator =
  (rootKey: string | null): IsOperator =>
  async (authorization) => {
    const given = /^Bearer +(\S{1,200})$/i.exec(authorization ?? '')?.[1]
    // A root key may hold spaces, which a bearer cannot: it is sent percent-encoded then.
    if (rootKey === null || given === undefined) return false
    const wanted = await hashKey(/^\S+$/.test(rootKey) ? rootKey : encodeURIComponent(rootKey))
    return (await hashKey(given)) === wanted
  }
