/** Waits for an answer only so long. The work goes on where it cannot be aborted; its late answer is dropped. */
export async function withPatience<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | null = null
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const reason = new Error(`no answer within ${ms} ms`)
      reject(reason)
      controller.abort(reason)
    }, ms)
  })
  try {
    return await Promise.race([work(controller.signal), silence])
  } finally {
    clearTimeout(timer)
  }
}
