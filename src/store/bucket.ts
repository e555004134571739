import type { ByteRange } from '../domain/ports.ts'
import { StorageError } from '../domain/storage-error.ts'
import { RETRY, type Retry, retrying } from './retry.ts'

/** A file in pieces, with what was measured while hashing it. */
export type Pieces = {
  readonly chunks: readonly Uint8Array[]
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** Where a blob lies. The account is part of the key: bytes are never shared between accounts. */
export const blobKey = (account: string, sha256: string): string => `${account}/${sha256}`

/** R2 as this folder uses it: objects named by their own hash, so that writing one twice is writing it once. */
export type Bucket = {
  /**
   * Keeps the bytes under the key unless they are there. `likely` says that they probably are, so that asking is
   * cheaper than sending them. Throws `StorageError` when they are not there after the tries given.
   */
  readonly putIfAbsent: (key: string, pieces: Pieces, likely: boolean) => Promise<void>
  /** The object, or null when there is none. Throws `StorageError`. */
  readonly get: (key: string, range?: ByteRange) => Promise<R2ObjectBody | null>
  /** Deletes at most 1,000 objects; those that are not there count as deleted. Throws `StorageError`. */
  readonly remove: (keys: readonly string[]) => Promise<void>
}

/** A stream of known length, which R2 asks for, without joining the pieces; `stop` ends one that nobody read. */
function streamed(pieces: Pieces): { stream: ReadableStream<Uint8Array>; stop: () => void } {
  const { readable, writable } = new FixedLengthStream(pieces.bytes)
  const writer = writable.getWriter()
  const pump = async () => {
    for (const chunk of pieces.chunks) await writer.write(chunk)
    await writer.close()
  }
  // A failure of the pipe shows as a failure of the put that reads it.
  pump().catch(() => undefined)
  return { stream: readable, stop: () => void writer.abort().catch(() => undefined) }
}

/** Wraps an R2 binding. */
export function createBucket(bucket: R2Bucket, retry: Retry = RETRY): Bucket {
  // R2 documents no list of what may be tried again, and every operation here may be: so all of it is.
  async function ask<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    try {
      return await retrying(retry, () => true, attempt)
    } catch (error) {
      throw new StorageError(`R2 ${what}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    }
  }

  async function send(key: string, pieces: Pieces): Promise<void> {
    const options = { onlyIf: { etagDoesNotMatch: '*' }, sha256: pieces.sha256 }
    const [only] = pieces.chunks
    if (pieces.chunks.length <= 1) {
      await bucket.put(key, only ?? new Uint8Array(), options)
      return
    }
    const { stream, stop } = streamed(pieces)
    try {
      await bucket.put(key, stream, options)
    } finally {
      stop()
    }
  }

  return {
    putIfAbsent(key, pieces, likely) {
      let look = likely
      return ask('put', async () => {
        if (look && (await bucket.head(key)) !== null) return
        // From the second attempt on somebody may have done it: we ourselves, unheard, or another upload of the same
        // file (R2 takes one write a second of a key and refuses the others with 429).
        look = true
        await send(key, pieces)
      })
    },

    get: (key, range) =>
      ask('get', async () => {
        // Without a condition on the read, R2 gives an object with its body or nothing.
        const object = await bucket.get(key, range === undefined ? {} : { range })
        return object as R2ObjectBody | null
      }),

    remove: (keys) => ask('delete', () => bucket.delete([...keys])),
  }
}
