/**
 * Names the behaviour of this library. A stored rendition is found again by source, target and this, so it changes
 * whenever the same input may give other bytes.
 */
export const CORE_VERSION = '0.1.0'
