import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * `npm run mutation -- [FILE …]`: changes the solver's files in small ways and tells which changes no test notices.
 * Files are named as in solver/, without .ts, such as `place/insertion`; without any, all but the program's entries
 * are taken in turn. It takes hours for everything: what was measured before is kept in .mutation and only changed
 * code is tried again.
 */
const root = join(import.meta.dirname, '../..')
const ENTRIES = ['cli', 'worker', 'index']

/** Tests mirror the source: a file has to be held by those of its own folder, or by all where that has none. */
function testsOf(file: string): string {
  const folder = dirname(file)
  return existsSync(join(root, 'tests/solver', folder)) ? join(folder, '*') : '**/*'
}

const all = readdirSync(join(root, 'solver'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
const chosen = process.argv.slice(2)
let failed = false
for (const file of chosen.length > 0 ? chosen : all.filter((one) => !ENTRIES.includes(one))) {
  const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js')
  const words = [stryker, 'run', 'tests/mutation/stryker.json', '--mutate', `solver/${file}.ts`]
  const env = { ...process.env, MUTATION_TESTS: testsOf(file) }
  failed = spawnSync(process.execPath, words, { cwd: root, env, stdio: 'inherit' }).status !== 0 || failed
}
process.exit(failed ? 1 : 0)
