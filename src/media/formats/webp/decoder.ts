import { keepInstance, takeInstance } from '../../instance-slot.ts'
import { type Libwebp, type LibwebpInstance, newLibwebp } from './libwebp.ts'

const KIND = 'libwebp'

/** libwebp with one file in its memory. */
export class WebpDecoder {
  /** Whether something was not decoded for want of memory. */
  outOfMemory = false
  readonly #instance: LibwebpInstance
  readonly #file: number
  readonly #bytes: number
  #broken = false

  private constructor(instance: LibwebpInstance, file: Uint8Array) {
    this.#instance = instance
    this.#bytes = file.length
    this.#file = instance.library.file_alloc(file.length)
    if (this.#file === 0) this.outOfMemory = true
    else instance.memory().set(file, this.#file)
  }

  /** Takes an instance and gives it the file. */
  static async open(file: Uint8Array): Promise<WebpDecoder> {
    return new WebpDecoder(await takeInstance(KIND, newLibwebp), file)
  }

  /** All of the library's memory, as it lies now. */
  get memory(): () => Uint8Array {
    return this.#instance.memory
  }

  /**
   * Calls the library with the place of the file and its size; `undefined` when there is no file in it or the instance
   * is lost, which a trap does.
   */
  call<T>(work: (library: Libwebp, file: number, bytes: number) => T): T | undefined {
    if (this.#broken || this.#file === 0) return undefined
    try {
      return work(this.#instance.library, this.#file, this.#bytes)
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error
      this.#broken = true
      return undefined
    }
  }

  /** Gives the instance back; its memory is wiped, so nothing in it need be freed. */
  close(): void {
    if (!this.#broken) keepInstance(KIND, this.#instance)
    this.#broken = true
  }
}
