// The database driver (postgres 3.4.9) does not survive a connection that is lost in the middle of a transaction: it
// writes to the closed socket, which ends the whole process, or hands the dead connection out again, which hangs or answers with an old error
// (porsager/postgres#1066, #1154, #1186, #1208, not released yet). Until a release mends it, the launcher does: each
// place is replaced once, and a driver that looks different stops the start instead of running unmended.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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
    // The same for a connection that somebody has reserved; once lost it is not theirs to give back.
    [
      '    c.reserved.release = true\n',
      '    c.reserved.release = true\n    let lost = null\n    c.onclose = e => {\n      lost = e\n      while (queue.length) queue.shift().reject(e)\n    }\n',
    ],
    [
      '      c.reserved = null\n      onopen(c)\n',
      '      if (lost) return\n      c.reserved = null\n      onopen(c)\n',
    ],
    [
      '    function handler(q) {\n      c.queue === full\n        ? queue.push(q)',
      '    function handler(q) {\n      if (lost) return q.reject(lost)\n      c.queue === full\n        ? queue.push(q)',
    ],
  ],
}

/** Mends the driver in `modules`; does nothing where that is done. Throws one sentence where it can't be. */
export function mendPackages(modules) {
  for (const [name, mends] of Object.entries(MENDS)) {
    const file = join(modules, 'postgres/src', name)
    const before = readFileSync(file, 'utf8')
    const after = mends.reduce((text, mend) => applyMend(text, mend, file), before)
    if (after === before) continue
    // Written beside and renamed: another start at the same moment reads the old file or the new one.
    writeFileSync(`${file}.${process.pid}`, after)
    renameSync(`${file}.${process.pid}`, file)
  }
}

function applyMend(text, [old, mended], file) {
  if (text.includes(mended)) return text
  if (!text.includes(old))
    throw new Error(`${file} is another version of the database driver than server/mend-packages.js knows.`)
  return text.replace(old, () => mended)
}
