// The database driver does not survive a connection that is lost in the middle of a transaction: it writes to the closed
// socket, which ends the whole process, leaves unanswered what it had queued for that connection, or hands the dead
// connection out again, which hangs or answers with an old error (porsager/postgres#1066, #1154, #1186, #1208, not
// released yet). Until a release mends it, the launcher does: each place is replaced once.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The version that package.json pins and that these mends are for. */
const MENDED_VERSION = '3.4.9'

const MENDS = {
  'connection.js': [
    [
      '    const x = socket.write(chunk, fn)\n    nextWriteTimer !== null && clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    return x\n',
      "    const bytes = chunk\n    forgetWrites()\n    if (socket) return socket.write(bytes, fn)\n    error(Errors.connection('CONNECTION_CLOSED', options))\n    return false\n  }\n\n  function forgetWrites() {\n    nextWriteTimer !== null && clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n",
    ],
    ['    clearImmediate(nextWriteTimer)\n    if (socket) {', '    forgetWrites()\n    if (socket) {'],
    [
      "    clearImmediate(nextWriteTimer)\n    socket.removeListener('data', data)",
      "    forgetWrites()\n    socket.removeListener('data', data)",
    ],
    // A reset socket takes with it what was sent between its error and its close as well.
    ['    !hadError && (query || sent.length) && error(', '    if (query || sent.length) error('],
    // The first thing a fresh connection asks, on nobody's behalf: its failure is nobody's to catch.
    ['        return fetchArrayTypes()\n', '        return fetchArrayTypes().catch(noop)\n'],
    // What ended one life of a connection is no answer to the first question of its next one.
    [
      '    closedTime = performance.now()\n',
      '    query = results = errorResponse = null\n    closedTime = performance.now()\n',
    ],
  ],
  'index.js': [
    // A transaction whose connection is lost: what it still asks for is refused, not sent on a connection of others.
    [
      '        new Promise((_, reject) => connection.onclose = reject)\n',
      '        new Promise((_, reject) => connection.onclose = e => {\n          lost = e\n          while (queries.length) queries.shift().reject(e)\n          reject(e)\n        })\n',
    ],
    [
      '      , connection\n      , prepare = null\n',
      '      , connection\n      , lost = null\n      , prepare = null\n',
    ],
    [
      '        q.catch(e => uncaughtError || (uncaughtError = e))\n',
      '        q.catch(e => uncaughtError || (uncaughtError = e))\n        if (lost) return q.reject(lost)\n',
    ],
  ],
}

/**
 * Mends the driver in `modules`; does nothing where that is done. Never a reason not to start: where it can't be done
 * the answer is a sentence that says so, else null. Another version may well be the release that needs no mending.
 */
export function mendPackages(modules) {
  const driver = join(modules, 'postgres')
  const { version } = JSON.parse(readFileSync(join(driver, 'package.json'), 'utf8'))
  if (version !== MENDED_VERSION) return warning(`is ${version}`)
  try {
    const missing = Object.keys(MENDS).filter((name) => !mendFile(join(driver, 'src', name), MENDS[name]))
    return missing.length === 0 ? null : warning(`has been changed in ${missing.join(', ')}`)
  } catch (error) {
    return warning(`cannot be written in ${driver} (${error.code})`)
  }
}

const warning = (what) =>
  `The database driver postgres ${what}, so the mends for ${MENDED_VERSION} are left out: if it needs them, a lost database connection can end or block the service. \`npm ci\` installs ${MENDED_VERSION}.`

/** Whether all of a file is mended now. */
function mendFile(file, mends) {
  const before = readFileSync(file, 'utf8')
  const after = mends.reduce((text, [old, mended]) => {
    return text.includes(mended) ? text : text.replace(old, () => mended)
  }, before)
  if (!mends.every(([, mended]) => after.includes(mended))) return false
  if (after === before) return true
  // Written beside and renamed: another start at the same moment reads the old file or the new one.
  writeFileSync(`${file}.${process.pid}`, after)
  renameSync(`${file}.${process.pid}`, file)
  return true
}
