import type { FitLeases } from '../domain/fit-ports.ts'
import { randomText } from '../domain/ids.ts'
import { StorageError } from '../domain/storage-error.ts'
import type { FitLeaseObject } from './fit-lease.ts'

/** Milliseconds for which one request may hold a piece of work: a fetch, a fit, and time to spare. */
const LIFETIME = 45_000

/** The door to the objects of leases. Taking one throws `StorageError` when the object does not answer. */
export function createFitLeases(namespace: { readonly getByName: (name: string) => unknown }): FitLeases {
  return {
    async take(name) {
      const object = namespace.getByName(name) as FitLeaseObject
      const holder = randomText(16)
      try {
        const answer = await object.take(holder, LIFETIME)
        return answer.kind === 'held'
          ? // A lease that cannot be given back ends by the clock.
            { kind: 'held', end: (outcome) => object.end(holder, outcome).catch(() => {}) }
          : answer
      } catch (error) {
        throw new StorageError('A lease did not answer', { cause: error })
      }
    },
  }
}
