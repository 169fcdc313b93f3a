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

/** Tests in which files' own rules stand; the others only take longer to notice the same. */
const TESTS: Record<string, string> = {
  'agenda seating': 'agenda seating ways',
  certain: 'certain day-levels',
  'chains same': 'compact day-costs kempe',
  'claims prices': 'compare dual-bound keep objective price-bound slot-prices verify',
  'claims validate': 'claims',
  'compiled cause': 'contradiction problem',
  confined: 'confine',
  days: 'day-bound day-patterns dearest-day',
  'days same': 'break-bound',
  disrupted: 'disrupt',
  'diving same': 'approach dive slot-pricing',
  'diving value-bound anything': 'value-bound',
  'even placing same': 'even',
  'explain reasons': 'explain give-up remedy suspects',
  flow: 'flow select',
  'format-disruption format': 'disruption',
  'format-instance format reading': 'instance read',
  'format-solution format': 'solution cause',
  'inserting near mending': 'insert',
  'lexicographic even solve tidying anything': 'solve tidy',
  'lexicographic reports anything': 'progress results trade',
  'lexicographic mending anything': 'mend repair',
  'near disrupted': 'least-out near',
  'placing same': 'loosen place rescue',
  prices: 'base random search sides worth',
  published: 'canonical convert',
  'repair repairer': 'repairer',
  seats: 'seat-near',
  'seats same': 'seat',
  'side-rules select anything': 'highs side-rules',
  'timetables core': 'clauses core exact premises sat seat-clauses settle timetable',
  'violations validate': 'validate',
  'what-if': 'lp what-if',
  'words cause': 'cause-words why wording',
}
const OWN = new Map(
  Object.entries(TESTS).flatMap(([tests, files]) => files.split(' ').map((file) => [file, tests] as const)),
)

const all = readdirSync(join(root, 'solver'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
const chosen = process.argv.slice(2)
let failed = false
for (const file of chosen.length > 0 ? chosen : all.filter((one) => !ENTRIES.includes(one))) {
  const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js')
  const words = [stryker, 'run', 'tests/mutation/stryker.json', '--mutate', `solver/${file}.ts`]
  const env = { ...process.env, MUTATION_TESTS: OWN.get(file) ?? '*' }
  failed = spawnSync(process.execPath, words, { cwd: root, env, stdio: 'inherit' }).status !== 0 || failed
}
process.exit(failed ? 1 : 0)
