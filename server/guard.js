// Runs a program that must not outlive whoever started this: `node server/guard.js PROGRAM ARGUMENTS`. Our input is held
// open by them, so it ends when they do, however that is; then the program and all that it has started end too.
import { spawn } from 'node:child_process'

const KILL_AFTER_MS = 5_000
const isWindows = process.platform === 'win32'
const [program, ...words] = process.argv.slice(2)
const stdio = ['ignore', 'ignore', 'inherit']
// There npm is a script, which only a shell runs; a path with spaces in it must not go through one.
const shell = isWindows && program === 'npm'
const child = spawn(program, words, { stdio, detached: !isWindows, shell })

child.on('error', (error) => {
  console.error(String(error))
  process.exit(1)
})
child.on('exit', (code) => process.exit(code ?? 1))
process.stdin.resume().on('end', stop).on('error', stop)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)

function stop() {
  end('SIGTERM')
  setTimeout(() => end('SIGKILL'), KILL_AFTER_MS)
}

function end(signal) {
  try {
    if (isWindows) spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'])
    else process.kill(-child.pid, signal)
  } catch {
    // It has ended by itself.
  }
}
