// Runs a program for as long as somebody holds the other end of its input: `node keeper.mjs <program> [argument ...]`. When the
// one who started it is gone, however that happened, the whole process group goes too. Leads a group of its own.
import { spawn } from 'node:child_process'

const PATIENCE = 5000

const [program = '', ...args] = process.argv.slice(2)
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
child.on('error', (error) => {
  console.error(error.message)
  process.exit(1)
})
child.on('close', (code) => process.exit(code ?? 1))

// A signal to the group reaches the program itself; its end is ours.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})

process.stdin.on('end', () => {
  if (process.platform === 'win32') child.kill()
  else process.kill(0, 'SIGTERM')
  setTimeout(() => (process.platform === 'win32' ? process.exit(1) : process.kill(0, 'SIGKILL')), PATIENCE)
})
process.stdin.resume()
