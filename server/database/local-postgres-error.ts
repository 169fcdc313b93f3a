/** One plain sentence that says what went wrong and what to do about it. */
export class LocalPostgresError extends Error {
  override name = 'LocalPostgresError'
}

/** Turns what the system or PostgreSQL said into that sentence; `directory` is the one being used. */
export function explain(said: string, directory: string): LocalPostgresError {
  return new LocalPostgresError(sentence(said, directory))
}

function sentence(said: string, directory: string) {
  if (/No space left on device|ENOSPC|Check free disk space|Disk quota exceeded|EDQUOT/.test(said))
    return `The disk holding ${directory} is full: free some space and start again.`
  if (/Read-only file system|EROFS/.test(said))
    return `${directory} is on a read-only disk: choose a data directory that can be written and start again.`
  if (/Permission denied|EACCES|EPERM|Operation not permitted/.test(said))
    return `${directory} cannot be read and written by this user: give the user access to it, or choose another data directory.`
  if (/ENOENT.*mkdir/.test(said)) return `${directory} cannot be made: choose another data directory.`
  if (/EEXIST|ENOTDIR/.test(said)) return `${directory} is not a directory: choose another data directory.`
  if (/has group or world access/.test(said))
    return `The permissions of ${directory} are too open for a database: run "chmod -R go-rwx ${directory}" and start again.`
  if (/has wrong ownership/.test(said))
    return `The database in ${directory} belongs to another user: start Incontro as the user that created it.`
  if (/could not (create|map).*shared memory|Cannot allocate memory|out of memory/i.test(said))
    return `There is not enough memory to start the database in ${directory}: close other programs and start again.`
  if (/lock file .* already exists/.test(said))
    return `The database in ${directory} seems to be in use, but does not answer: if no PostgreSQL is running there, delete ${directory}/postmaster.pid and start again.`
  return `The local database in ${directory} could not start: ${lastProblem(said)}.`
}

function lastProblem(said: string) {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  const problem =
    lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1) ?? 'it gave no reason'
  return problem.replace(/^.*?(FATAL|PANIC|error):\s*/i, '').replace(/\.$/, '')
}
