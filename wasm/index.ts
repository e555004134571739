/** What the module exports. JavaScript calls nothing else; `src/media/codec.ts` is the only caller. */
import { arenaTop, INPUT, INPUT_CAPACITY, PLANES, peakBytes, STATUS } from './memory.ts'

/** Address of the status word: see `memory.ts`. */
export function status_ptr(): usize {
  return STATUS
}

/** Address of the four plane records: see `pixel/planes.ts`. */
export function planes_ptr(): usize {
  return PLANES
}

/** Address that the next window of the input is copied to. */
export function input_ptr(): usize {
  return INPUT
}

/** The most bytes that may be copied there. */
export function input_capacity(): usize {
  return INPUT_CAPACITY
}

/** Bytes of linear memory that the job had in use at its peak. */
export function peak_bytes(): usize {
  return peakBytes()
}

/** Bytes in use now. */
export function used_bytes(): usize {
  return arenaTop()
}
