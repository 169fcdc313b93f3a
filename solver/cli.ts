import { readFileSync, writeFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { parseArgs } from 'node:util'
import type { Finding, Instance, Level, Point, Progress, Solution, SolveOptions, Variation } from './index.ts'

// Half of a short run would be reading the sources: kept compiled, they are read once a machine. So they are
// imported only after the cache is open.
enableCompileCache()
const {
  check,
  convertDzn,
  explain,
  FormatError,
  frontier,
  parseDisruption,
  parseInstance,
  parseSolution,
  repair,
  REPAIR_ORDERS,
  solve,
  stress,
  validate,
  VARIED,
  verify,
} = await import('./index.ts')
const { describeProgress, describeReason, describeReport, summarise } = await import('./text/report-text.ts')

const { describeFindings, describePoint, describePoints, describeStress } =
  await import('./text/questions-text.ts')

const USAGE = `Usage:
  solve INSTANCE.json [--seed 1] [--time SECONDS] [--iterations N] [--out SOLUTION.json] [--progress]
  verify INSTANCE.json SOLUTION.json
  repair INSTANCE.json SOLUTION.json DISRUPTION.json [--order fewest-changes | fewest-losses]
         [--out SOLUTION.json] [--instance-out INSTANCE.json] and the options of solve
  explain INSTANCE.json SOLUTION.json CANDIDATE [--json]
  check INSTANCE.json [--time SECONDS] [--json] [--progress]
  frontier INSTANCE.json RULE STEPS [--of ID,ID… | --group FAIRNESS-GROUP | --side SIDE | --quota ID | --level LEVEL
           | --like ID] [--seed 1] [--time SECONDS] [--iterations N] [--json] [--progress]
  stress INSTANCE.json SOLUTION.json [--absence 0.1] [--scenarios 200] [--seed 1] [--time SECONDS] [--json] [--progress]
  convert FILE.dzn [--out INSTANCE.json]

solve      makes a schedule and says what proves how good it is
verify     checks every rule and every figure of a schedule
repair     changes a schedule as little as possible when something goes differently
explain    says why a meeting is not held, and what would make it possible
check      says what counting shows to be impossible or tight, and what would help
frontier   says how much value each step of a rule costs: minMeetings of a group from 0..8, tables 0,1,2
stress     draws who does not come, repairs each time and says what is left
convert    reads a file of the business-to-business benchmark

Ends with 0 if all went well, 1 if a solution does not hold, 2 if a file or an option cannot be read,
3 if there is no schedule or none was found. With --time what was reached by then is told. --out is written in any case but 2.
The format of the files is described in solver/format/schema.`

/** A mistake in how the program was called or in a file it was given. */
class UsageError extends Error {}

const COMMANDS: Record<string, (args: string[]) => Promise<number>> = {
  solve: runSolve,
  verify: runVerify,
  repair: runRepair,
  explain: runExplain,
  check: runCheck,
  frontier: runFrontier,
  stress: runStress,
  convert: runConvert,
}

async function main([command, ...args]: string[]): Promise<number> {
  if (command === undefined || [command, ...args].some((word) => word === '--help' || word === '-h')) {
    console.log(USAGE)
    return command === undefined ? 2 : 0
  }
  if (!Object.hasOwn(COMMANDS, command)) throw new UsageError(`There is no command “${command}”.\n\n${USAGE}`)
  return COMMANDS[command](args)
}

const SOLVE_OPTIONS = {
  seed: { type: 'string' },
  time: { type: 'string' },
  iterations: { type: 'string' },
  out: { type: 'string' },
  progress: { type: 'boolean' },
} as const

async function runSolve(args: string[]): Promise<number> {
  const { values, positionals } = readArgs(() =>
    parseArgs({ args, options: SOLVE_OPTIONS, allowPositionals: true }),
  )
  const [file] = expectFiles(positionals, 1)
  const instance = readDocument(file, parseInstance)
  const solution = await withProgress(values.progress ?? false, (onProgress) =>
    solve(instance, { ...readLimits(values), now: () => performance.now(), ...onProgress }),
  )
  deliver(instance, solution, values.out)
  return hasSchedule(solution) ? 0 : 3
}

const hasSchedule = ({ status }: Solution): boolean => status === 'optimal' || status === 'feasible'

/** The solution as JSON where it was asked for; then, or without a schedule, a summary for people. */
function deliver(instance: Instance, solution: Solution, out: string | undefined): void {
  const json = `${JSON.stringify(solution, null, 2)}\n`
  if (out === undefined) {
    process.stdout.write(json)
    if (!hasSchedule(solution)) console.error(summarise(instance, solution))
    return
  }
  writeFile(out, json)
  console.log(summarise(instance, solution))
}

type Listening<P> = { onProgress?: (progress: P) => void }

const withProgress = <T>(asked: boolean, run: (options: Listening<Progress>) => Promise<T>): Promise<T> =>
  showing(asked, describeProgress, run)

/** On a terminal one line that is written over and wiped at the end, elsewhere a line a message. */
async function showing<T, P>(
  asked: boolean,
  say: (progress: P) => string,
  run: (options: Listening<P>) => Promise<T>,
): Promise<T> {
  const { isTTY, columns } = process.stderr
  if (!isTTY && !asked) return run({})
  if (!isTTY) return run({ onProgress: (progress) => console.error(say(progress)) })
  const write = (line: string) => process.stderr.write(`\r\x1b[2K${line.slice(0, columns - 1)}`)
  const result = await run({ onProgress: (progress) => write(say(progress)) })
  write('')
  return result
}

const REPAIR_OPTIONS = {
  ...SOLVE_OPTIONS,
  order: { type: 'string' },
  'instance-out': { type: 'string' },
} as const

async function runRepair(args: string[]): Promise<number> {
  const { values, positionals } = readArgs(() =>
    parseArgs({ args, options: REPAIR_OPTIONS, allowPositionals: true }),
  )
  const [instanceFile, solutionFile, disruptionFile] = expectFiles(positionals, 3)
  const { instance, solution } = readPair(instanceFile, solutionFile)
  const disruption = readDocument(disruptionFile, (json) => parseDisruption(json, instance))
  const order = readOrder(values.order)
  const repaired = await withProgress(values.progress ?? false, (onProgress) =>
    repair(instance, solution, disruption, { ...readLimits(values), ...order, now, ...onProgress }),
  )
  if (values['instance-out'] !== undefined)
    writeFile(values['instance-out'], `${JSON.stringify(repaired.instance.source, null, 2)}\n`)
  deliver(repaired.instance, repaired.solution, values.out)
  return hasSchedule(repaired.solution) ? 0 : 3
}

function readOrder(text: string | undefined): { order?: (typeof REPAIR_ORDERS)[number] } {
  if (text === undefined) return {}
  const order = REPAIR_ORDERS.find((one) => one === text)
  if (order) return { order }
  throw new UsageError(`--order must be ${REPAIR_ORDERS.join(' or ')}, not “${text}”.`)
}

/** An instance and a solution of it; a solution that does not hold cannot be worked with. */
function readPair(instanceFile: string, solutionFile: string): { instance: Instance; solution: Solution } {
  const instance = readDocument(instanceFile, parseInstance)
  const solution = readDocument(solutionFile, parseSolution)
  const { violations } = validate(instance, { ...solution, objective: {}, status: 'feasible' })
  const broken = violations.filter(({ rule }) => rule !== 'claim')
  if (broken.length === 0) return { instance, solution }
  const words = broken.map(({ message }) => message).join('\n')
  throw new UsageError(`${solutionFile}: does not hold for ${instanceFile}\n${words}`)
}

async function runExplain(args: string[]): Promise<number> {
  const options = { json: { type: 'boolean' } } as const
  const { values, positionals } = readArgs(() => parseArgs({ args, options, allowPositionals: true }))
  const [instanceFile, solutionFile, candidate] = expectFiles(positionals, 3, '2 files and a candidate')
  const { instance, solution } = readPair(instanceFile, solutionFile)
  if (!instance.candidates.some(({ id }) => id === candidate))
    throw new UsageError(`${instanceFile}: there is no candidate “${candidate}”.`)
  const reason = await explain(instance, solution, candidate)
  console.log(values.json ? JSON.stringify(reason, null, 2) : describeReason(reason))
  return 0
}

const QUESTION_OPTIONS = {
  seed: { type: 'string' },
  time: { type: 'string' },
  json: { type: 'boolean' },
  progress: { type: 'boolean' },
} as const

const now = () => performance.now()
const print = (json: boolean | undefined, answer: unknown, words: () => string) =>
  console.log(json ? JSON.stringify(answer, null, 2) : words())

async function runCheck(args: string[]): Promise<number> {
  const { seed: _, ...options } = QUESTION_OPTIONS
  const { values, positionals } = readArgs(() => parseArgs({ args, options, allowPositionals: true }))
  const [file] = expectFiles(positionals, 1)
  const instance = readDocument(file, parseInstance)
  const findings = await showing(
    values.progress ?? false,
    ({ finding }: { finding: Finding }) => finding.words,
    async (onProgress) => check(instance, { ...readLimits(values), now, ...onProgress }),
  )
  print(values.json, findings, () => describeFindings(findings))
  return findings.some(({ severity }) => severity === 'impossible') ? 3 : 0
}

const FRONTIER_OPTIONS = {
  ...QUESTION_OPTIONS,
  iterations: { type: 'string' },
  of: { type: 'string' },
  group: { type: 'string' },
  side: { type: 'string' },
  quota: { type: 'string' },
  level: { type: 'string' },
  like: { type: 'string' },
} as const

async function runFrontier(args: string[]): Promise<number> {
  const options = FRONTIER_OPTIONS
  const { values, positionals } = readArgs(() => parseArgs({ args, options, allowPositionals: true }))
  const [file, rule, list] = expectFiles(positionals, 3, 'a file, a rule and its steps')
  const instance = readDocument(file, parseInstance)
  const variation = readVariation(rule, values)
  const steps = readSteps(list)
  const points = await showing(
    values.progress ?? false,
    ({ point }: { point: Point }) => describePoint(point),
    (onProgress) =>
      inRange(() => frontier(instance, variation, steps, { ...readLimits(values), now, ...onProgress })),
  )
  print(values.json, points, () => describePoints(instance, points))
  return points.some(({ value }) => value !== null) ? 0 : 3
}

type Aims = Partial<Record<'of' | 'group' | 'side' | 'quota' | 'level' | 'like', string>>

function readVariation(name: string, { of, group, side, quota, level, like }: Aims): Variation {
  const rule = VARIED.find((one) => one === name)
  if (!rule) throw new UsageError(`There is no rule “${name}”; known are ${VARIED.join(', ')}.`)
  switch (rule) {
    case 'quotaMin':
    case 'quotaMax':
      return { rule, quota: given('--quota', quota) }
    case 'tolerance':
      return { rule, level: given('--level', level) as Level }
    case 'people':
      return { rule, like: given('--like', like) }
    default: {
      const people = of === undefined ? {} : { participants: of.split(',') }
      return { rule, ...people, ...(group && { fairnessGroup: group }), ...(side && { side }) }
    }
  }
}

function given(option: string, text: string | undefined): string {
  if (text !== undefined) return text
  throw new UsageError(`${option} is needed for this rule.`)
}

/** “0..8”, or “0,2,4”. */
function readSteps(list: string): number[] {
  const range = /^(-?\d+)\.\.(-?\d+)$/.exec(list)
  const [from, to] = range ? [Number(range[1]), Number(range[2])] : [0, 0]
  const steps = range
    ? Array.from({ length: Math.min(MOST_STEPS, Math.max(0, to - from + 1)) }, (_, index) => from + index)
    : list.split(',').map((text) => (text.trim() === '' ? NaN : Number(text)))
  if (steps.length > 0 && steps.every(Number.isFinite)) return steps
  throw new UsageError(`Steps are numbers such as 0..8 or 0,2,4, not “${list}”.`)
}

const MOST_STEPS = 10_000

/** What is asked for that is not there is a mistake in how the program was called. */
async function inRange<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`${error.message}.`) : error
  }
}

async function runStress(args: string[]): Promise<number> {
  const options = {
    ...QUESTION_OPTIONS,
    absence: { type: 'string' },
    scenarios: { type: 'string' },
  } as const
  const { values, positionals } = readArgs(() => parseArgs({ args, options, allowPositionals: true }))
  const [instanceFile, solutionFile] = expectFiles(positionals, 2)
  const { instance, solution } = readPair(instanceFile, solutionFile)
  const absence = readNumber('--absence', values.absence, 1, false)
  const scenarios = readNumber('--scenarios', values.scenarios, 1e6, true)
  const told = await showing(
    values.progress ?? false,
    ({ done, of }: { done: number; of: number }) => `${done} of ${of} days`,
    (onProgress) =>
      stress(instance, solution, {
        ...readLimits(values),
        ...(absence === undefined ? {} : { absence }),
        ...(scenarios === undefined ? {} : { scenarios }),
        now,
        ...onProgress,
      }),
  )
  print(values.json, told, () => describeStress(told))
  return 0
}

async function runConvert(args: string[]): Promise<number> {
  const options = { out: { type: 'string' } } as const
  const { values, positionals } = readArgs(() => parseArgs({ args, options, allowPositionals: true }))
  const [file] = expectFiles(positionals, 1)
  const json = `${JSON.stringify(readText(file, convertDzn), null, 2)}\n`
  if (values.out === undefined) process.stdout.write(json)
  else writeFile(values.out, json)
  return 0
}

type Limits = Pick<SolveOptions, 'seed' | 'maxIterations' | 'stop'>

function readLimits(values: { seed?: string; time?: string; iterations?: string }): Limits {
  const seed = readNumber('--seed', values.seed, Number.MAX_SAFE_INTEGER, true)
  const seconds = readNumber('--time', values.time, 1e6, false)
  const maxIterations = readNumber('--iterations', values.iterations, Number.MAX_SAFE_INTEGER, true)
  const deadline = performance.now() + (seconds ?? 0) * 1000
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(maxIterations === undefined ? {} : { maxIterations }),
    ...(seconds === undefined ? {} : { stop: () => performance.now() >= deadline }),
  }
}

function readNumber(
  name: string,
  text: string | undefined,
  most: number,
  whole: boolean,
): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  const isGood = text.trim() !== '' && number >= 0 && number <= most && (!whole || Number.isInteger(number))
  if (isGood) return number
  throw new UsageError(
    `${name} must be ${whole ? 'a whole number' : 'a number'} from 0 to ${most}, not “${text}”.`,
  )
}

async function runVerify(args: string[]): Promise<number> {
  const { positionals } = readArgs(() => parseArgs({ args, allowPositionals: true }))
  const [instanceFile, solutionFile] = expectFiles(positionals, 2)
  const instance = readDocument(instanceFile, parseInstance)
  const solution = readDocument(solutionFile, parseSolution)
  const report = await verify(instance, solution)
  console.log(describeReport(instance, report, solution))
  return report.valid ? 0 : 1
}

function expectFiles(
  positionals: string[],
  count: number,
  what = `${count} file${count > 1 ? 's' : ''}`,
): string[] {
  if (positionals.length === count) return positionals
  throw new UsageError(`${what} expected, ${positionals.length} given.\n\n${USAGE}`)
}

function readArgs<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`)
  }
}

function readDocument<T>(file: string, parse: (json: unknown) => T): T {
  return readText(file, (text) => parse(JSON.parse(text)))
}

function readText<T>(file: string, parse: (text: string) => T): T {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${file}: ${say(error)}`)
  }
}

function writeFile(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new UsageError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

function say(error: unknown): string {
  if (error instanceof FormatError) return `does not follow the format\n${error.message}`
  if (error instanceof SyntaxError) return `is not JSON: ${error.message}`
  const { code, message } = error as NodeJS.ErrnoException
  return code === undefined ? message : `cannot be read (${code})`
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(error.message)
  process.exitCode = 2
}
