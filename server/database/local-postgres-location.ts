import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { spawnOptions, type Account } from './local-postgres-binaries.ts'
import { explain, LocalPostgresError } from './local-postgres-error.ts'

/** Where the cluster of a data directory lives, who runs it, and where copies of the binaries may be kept. */
export type Location = { parent: string; account: Account; cache: string; existing: Cluster | null }
type Cluster = { path: string; major: number }

const SHARED = '/var/lib/incontro'

/** Decides where; a root that cannot hand the data directory to an unprivileged user goes to /var/lib. */
export function findLocation(directory: string): Location {
  makeDirectory(directory)
  const parent = recordedParent(directory) ?? directory
  const existing = findCluster(parent)
  if (process.getuid?.() !== 0) return { parent, account: null, cache: directory, existing }
  const account = existing ? ownerOf(existing.path) : unprivilegedAccount()
  if (existing || parent !== directory || canOwnIn(directory, account))
    return { parent, account, cache: SHARED, existing }
  const shared = join(SHARED, createHash('sha256').update(realpathSync(directory)).digest('hex').slice(0, 16))
  makeDirectory(shared)
  return { parent: shared, account, cache: SHARED, existing: findCluster(shared) }
}

/**
 * Writes down where a cluster that is elsewhere is, for the next start, and there whose it is: a copy of the data
 * directory leads to the same place and is refused as long as the original is there.
 */
export function claimLocation(directory: string, { parent }: Location) {
  if (parent === directory) return
  refuseCopy(directory, parent)
  write(join(directory, 'where'), [parent])
  write(join(parent, 'of'), [realpathSync(directory), inodeOf(directory), inodeOf(parent)])
}

function refuseCopy(directory: string, parent: string) {
  const [path, inode, ownInode] = readLines(join(parent, 'of'))
  // Where that place is itself a copy, it is nobody's yet.
  if (!path || ownInode !== inodeOf(parent) || inode === inodeOf(directory) || inode !== inodeOf(path)) return
  throw new LocalPostgresError(
    `The database in ${parent} belongs to ${path}, of which ${directory} seems to be a copy: to move it, stop Incontro and move ${path} itself; to have both, copy ${parent} too and write where that copy is into ${join(directory, 'where')}; to start empty, choose another data directory.`,
  )
}

const inodeOf = (path: string) => String(statSync(path, { throwIfNoEntry: false })?.ino)
const readLines = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [])

function write(file: string, lines: string[]) {
  if (readLines(file).join() !== lines.join()) writeFileSync(file, `${lines.join('\n')}\n`)
}

export function findCluster(parent: string): Cluster | null {
  const numbered = readdirSync(parent).filter((name) => /^pg\d+$/.test(name))
  const newest = numbered.sort((a, b) => Number(b.slice(2)) - Number(a.slice(2)))[0]
  if (!newest) return null
  const path = join(parent, newest)
  checkOwner(path)
  const version = join(path, 'PG_VERSION')
  return existsSync(version) ? { path, major: Number.parseInt(readFileSync(version, 'utf8')) } : null
}

// Open to others to enter (the database may run as another user); what is secret inside is closed file by file.
function makeDirectory(path: string) {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 })
    readdirSync(path)
  } catch (error) {
    throw explain(String(error), path)
  }
}

function recordedParent(directory: string) {
  const record = join(directory, 'where')
  const [parent] = readLines(record)
  if (!parent || existsSync(parent)) return parent ?? null
  throw new LocalPostgresError(
    `The database of ${directory} was in ${parent}, which is gone: put it back, or delete ${record} to start empty.`,
  )
}

function checkOwner(cluster: string) {
  const me = process.getuid?.() ?? 0
  if (me === 0 || statSync(cluster).uid === me) return
  throw new LocalPostgresError(
    `The database in ${cluster} belongs to another user: start Incontro as the user that created it, or as root.`,
  )
}

function accounts() {
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  return lines.map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
}

function unprivilegedAccount() {
  const known = accounts()
  const account = ['postgres', 'nobody'].map((name) => known.find((each) => each.name === name)).find(Boolean)
  if (account) return account
  throw new LocalPostgresError(
    'PostgreSQL does not run as root and this machine has no user "postgres" or "nobody": start Incontro as an ordinary user.',
  )
}

function ownerOf(path: string) {
  const { uid } = statSync(path)
  const account = accounts().find((each) => each.uid === uid)
  if (account && uid !== 0) return account
  throw new LocalPostgresError(
    `The database in ${path} belongs to ${uid === 0 ? 'root' : `the unknown user ${uid}`}, and PostgreSQL cannot run as that: give it to an ordinary user with chown -R and start again.`,
  )
}

// Tried, not computed: parents closed to others, access lists and mounts that ignore chown all count.
function canOwnIn(directory: string, account: NonNullable<Account>) {
  const probe = mkdtempSync(join(directory, 'probe-'))
  try {
    chownSync(probe, account.uid, account.gid)
    execFileSync('/bin/sh', ['-c', 'cd "$1" && : > file', 'sh', probe], {
      ...spawnOptions(account),
      stdio: 'pipe',
    })
    return true
  } catch {
    return false
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
}
