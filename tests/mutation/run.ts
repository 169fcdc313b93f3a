import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `npm run mutation -- [FILE …]`: changes the solver's files in small ways and tells which changes no test notices.
 * Files are named as in solver/, without .ts; without any, all but the program's entries are taken in turn. It takes
 * hours for everything: what was measured before is kept in .mutation and only changed code is tried again.
 */
const root = join(import.meta.dirname, '../..')
const ENTRIES = ['cli', 'worker', 'index']

/** Tests in which a file's own rules stand; the others only take longer to notice the same. */
const OWN: Record<string, string> = {
  'cause-words': 'cause',
  cause: 'cause core schema format',
  claims: 'validate solve value-bound',
  contradiction: 'cause',
  core: 'core cause',
  disrupt: 'repair',
  disruption: 'repair format schema',
  even: 'even',
  explain: 'explain',
  'give-up': 'explain',
  instance: 'format schema',
  objective: 'validate',
  premises: 'core',
  problem: 'problem cause core',
  read: 'format schema',
  remedy: 'explain',
  'seat-clauses': 'core',
  select: 'select',
  flow: 'select',
  settle: 'core',
  solution: 'format schema',
  suspects: 'explain cause',
  validate: 'validate',
  verify: 'validate solve',
  why: 'explain',
}

const all = readdirSync(join(root, 'solver'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
const chosen = process.argv.slice(2)
let failed = false
for (const file of chosen.length > 0 ? chosen : all.filter((one) => !ENTRIES.includes(one))) {
  const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js')
  const words = [stryker, 'run', 'tests/mutation/stryker.json', '--mutate', `solver/${file}.ts`]
  const env = { ...process.env, MUTATION_TESTS: OWN[file] ?? '*' }
  failed = spawnSync(process.execPath, words, { cwd: root, env, stdio: 'inherit' }).status !== 0 || failed
}
process.exit(failed ? 1 : 0)
