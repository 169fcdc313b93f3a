import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { FormatError, parseInstance, parseSolution, solve, verify } from './index.ts'
import type { LevelValue, Progress, Report, Solution, SolveOptions } from './index.ts'

const USAGE = `Usage:
  solve INSTANCE.json [--seed 1] [--time SECONDS] [--iterations N] [--out SOLUTION.json] [--progress]
  verify INSTANCE.json SOLUTION.json

verify exits with 1 if the solution does not hold; files that cannot be read exit with 2.`

/** A mistake in how the program was called or in a file it was given. */
class UsageError extends Error {}

const COMMANDS: Record<string, (args: string[]) => Promise<number>> = { solve: runSolve, verify: runVerify }

async function main([command, ...args]: string[]): Promise<number> {
  if (command === undefined || command === '--help' || command === 'help') {
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
  const solution = await solve(instance, {
    ...readLimits(values),
    now: () => performance.now(),
    ...(values.progress ? { onProgress: showProgress } : {}),
  })
  const json = `${JSON.stringify(solution, null, 2)}\n`
  if (values.out === undefined) process.stdout.write(json)
  else {
    writeFile(values.out, json)
    console.log(summary(solution))
  }
  return 0
}

function readLimits(values: { seed?: string; time?: string; iterations?: string }): SolveOptions {
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
  console.log(describe(report, solution))
  return report.valid ? 0 : 1
}

function describe({ valid, violations, levels }: Report, solution: Solution): string {
  const lines = levels.map(({ level, result, check }) => {
    const claim = result.proven ? 'proven' : 'open'
    return `${level}: ${show(result.value)}, bound ${show(result.bound)}, ${claim}, bound ${check}`
  })
  if (solution.infeasible) lines.push(`infeasible (claimed): ${solution.infeasible.reason}`)
  lines.push(...violations.map(({ rule, message, path }) => `${rule}: ${message}${path ? ` (${path})` : ''}`))
  lines.push(
    valid
      ? `The solution holds: ${solution.status}.`
      : `The solution does not hold: ${violations.length} found.`,
  )
  return lines.join('\n')
}

/** Numbers of meetings as “2 × 10, 8 × 11”: two participants with 10, eight with 11. */
function show(value: LevelValue): string {
  if (!Array.isArray(value)) return String(value)
  const counts = new Map<number, number>()
  for (const one of value) counts.set(one, (counts.get(one) ?? 0) + 1)
  return [...counts].map(([meetings, people]) => `${people} × ${meetings}`).join(', ') || 'nobody'
}

function summary({ status, meetings, objective, infeasible, stats }: Solution): string {
  const levels = Object.entries(objective).map(
    ([level, { value, bound, proven }]) =>
      `${level}: ${show(value)} (${proven ? 'proven' : `bound ${show(bound)}`})`,
  )
  const reason = infeasible ? [infeasible.reason] : []
  return [`${status}, ${meetings.length} meetings, ${Math.round(stats.ms)} ms`, ...reason, ...levels].join(
    '\n',
  )
}

function showProgress({ stage, incumbent, bound, elapsedMs }: Progress): void {
  const levels = Object.entries(incumbent).map(([level, value]) => `${level} ${show(value)}`)
  const bounds = Object.entries(bound).map(([level, value]) => `${level} ${show(value)}`)
  const parts = [
    `${Math.round(elapsedMs)} ms`,
    stage,
    levels.join(', '),
    bounds.length > 0 ? `bounds ${bounds.join(', ')}` : '',
  ]
  console.error(parts.filter((part) => part !== '').join(' · '))
}

function expectFiles(positionals: string[], count: number): string[] {
  if (positionals.length === count) return positionals
  throw new UsageError(
    `${count} file${count > 1 ? 's' : ''} expected, ${positionals.length} given.\n\n${USAGE}`,
  )
}

function readArgs<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`)
  }
}

function readDocument<T>(file: string, parse: (json: unknown) => T): T {
  try {
    return parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new UsageError(`${file}: ${explain(error)}`)
  }
}

function writeFile(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new UsageError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

function explain(error: unknown): string {
  if (error instanceof FormatError) return `does not follow the format\n${error.message}`
  if (error instanceof SyntaxError) return `is not JSON: ${error.message}`
  return `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(error.message)
  process.exitCode = 2
}
