/**
 * Belino as a part of another Worker: `createBelino` builds the gateway, whose `app` is mounted and whose classes are
 * exported. The media library alone is `belino/media`; the types of the API, for Hono's client, are `belino/client`.
 * @module
 */
export { type Belino, type BelinoOptions, type Bindings, createBelino } from './gateway.ts'
