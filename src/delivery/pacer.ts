import type { Address } from '../domain/address.ts'
import type { NumberObject, TurnRequest } from './number.ts'

/** The door to numbers' lines. Methods throw when one does not answer. */
export type Pacer = {
  /** Milliseconds since 1970 before which the message must wait and then ask again; now or earlier: it may go at once. */
  readonly reserve: (request: TurnRequest) => Promise<number>
  /** Nothing more of the number goes before then. */
  readonly pause: (account: string, number: Address, until: number) => Promise<void>
}

/** A namespace of numbers' objects, as the binding gives it. */
export type NumberNamespace = { readonly getByName: (name: string) => unknown }

/** Makes the door. */
export function createPacer(namespace: NumberNamespace): Pacer {
  const line = (account: string, number: Address): NumberObject =>
    namespace.getByName(`${account} ${number}`) as NumberObject
  return {
    reserve: (request) => line(request.account, request.number).reserve(request),
    pause: (account, number, until) => line(account, number).pause(until),
  }
}
