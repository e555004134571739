import { CommanderError } from 'commander'
import { CORE_VERSION } from '../media/index.ts'
import { createProgram } from './program.ts'

/** The status of a command that could not be understood; 1 says that a file did not fit. */
const MISUSED = 2

const program = createProgram(
  process,
  (status) => {
    process.exitCode = status
  },
  CORE_VERSION,
)
try {
  await program.parseAsync()
} catch (error) {
  // What is wrong was said already.
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : MISUSED
}
