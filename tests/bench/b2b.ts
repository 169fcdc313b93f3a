import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { convertDzn } from '../../solver/format/dzn.ts'
import { parseInstance, solve, validate, type Solution } from '../../solver/index.ts'

/**
 * Solves every .dzn file of a folder one after the other and compares with its optimum.json, if there is one:
 * npm run bench:b2b -- FOLDER [--time 60] [--only TEXT]
 */
const [folder, ...rest] = process.argv.slice(2)
const option = (name: string) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined)
const seconds = Number(option('--time') ?? 60)
const only = option('--only') ?? ''
if (folder === undefined || !existsSync(folder)) {
  console.error('Which folder of .dzn files? npm run bench:b2b -- FOLDER [--time 60] [--only TEXT]')
  process.exit(2)
}

const known = readKnown(join(folder, 'optimum.json'))
const files = readdirSync(folder).filter((file) => file.endsWith('.dzn') && file.includes(only))
const times: number[] = []
const tally = { right: 0, wrong: 0, open: 0 }
console.log('file | status | breaks | bound | proven | seconds | cpu | published')
for (const file of files) await run(file)
times.sort((one, other) => one - other)
const [median, worst] = [times[times.length >> 1] ?? 0, times.at(-1) ?? 0]
console.log(
  `${tally.right} right and proven, ${tally.open} open, ${tally.wrong} wrong of ${files.length}; ` +
    `median ${median.toFixed(2)} s, worst ${worst.toFixed(2)} s`,
)
process.exitCode = tally.wrong > 0 ? 1 : 0

async function run(file: string): Promise<void> {
  const instance = parseInstance(convertDzn(readFileSync(join(folder, file), 'utf8')))
  const [start, before] = [performance.now(), process.cpuUsage()]
  const stop = () => performance.now() - start > seconds * 1000
  const solution = await solve(instance, { stop, now: () => performance.now() })
  const time = (performance.now() - start) / 1000
  const work = process.cpuUsage(before)
  times.push(time)
  const holds = validate(instance, solution).valid
  const verdict = holds ? judge(file, solution) : 'does not hold'
  tally[verdict === 'open' ? 'open' : verdict === 'equal' || verdict === 'proven' ? 'right' : 'wrong']++
  const { value = '–', bound = '–', proven = false } = solution.objective.breaks ?? {}
  console.log(
    [
      basename(file, '.dzn'),
      solution.status,
      value,
      bound,
      proven,
      time.toFixed(2),
      ((work.user + work.system) / 1e6).toFixed(2),
      verdict,
    ].join(' | '),
  )
}

/** `equal` to the known optimum or `proven` without one, `open` with a gap around it, otherwise `differs`. */
function judge(file: string, { status, objective }: Solution): string {
  const [value, bound] = [Number(objective.breaks?.value ?? Infinity), Number(objective.breaks?.bound ?? 0)]
  const isClosed = status === 'infeasible' || objective.breaks?.proven === true
  if (!known.has(file)) return isClosed ? 'proven' : 'open'
  const optimum = known.get(file) ?? Infinity
  const found = status === 'infeasible' ? Infinity : value
  if (isClosed) return found === optimum ? 'equal' : 'differs'
  return value >= optimum && bound <= optimum ? 'open' : 'differs'
}

function readKnown(file: string): Map<string, number | null> {
  if (!existsSync(file)) return new Map()
  return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')).optimum))
}
