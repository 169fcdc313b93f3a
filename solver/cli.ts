import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { FormatError, parseInstance, parseSolution, solve, verify } from './index.ts'
import type { Solution, SolveOptions } from './index.ts'
import { describeProgress, describeReport, summarise } from './wording.ts'

const USAGE = `Usage:
  solve INSTANCE.json [--seed 1] [--time SECONDS] [--iterations N] [--out SOLUTION.json] [--progress]
  verify INSTANCE.json SOLUTION.json

Ends with 0 if all went well, 1 if a solution does not hold, 2 if a file or an option cannot be read,
3 if there is no schedule or none was found. --out is written in any case but 2.`

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
  const solution = await withProgress(values.progress ?? false, (onProgress) =>
    solve(instance, { ...readLimits(values), now: () => performance.now(), ...onProgress }),
  )
  deliver(solution, values.out)
  return hasSchedule(solution) ? 0 : 3
}

const hasSchedule = ({ status }: Solution): boolean => status === 'optimal' || status === 'feasible'

/** The solution as JSON where it was asked for; then, or without a schedule, a summary for people. */
function deliver(solution: Solution, out: string | undefined): void {
  const json = `${JSON.stringify(solution, null, 2)}\n`
  if (out === undefined) {
    process.stdout.write(json)
    if (!hasSchedule(solution)) console.error(summarise(solution))
    return
  }
  writeFile(out, json)
  console.log(summarise(solution))
}

/** On a terminal one line that is written over and wiped at the end, elsewhere a line a message. */
async function withProgress<T>(asked: boolean, run: (options: SolveOptions) => Promise<T>): Promise<T> {
  const { isTTY, columns } = process.stderr
  if (!isTTY && !asked) return run({})
  if (!isTTY) return run({ onProgress: (progress) => console.error(describeProgress(progress)) })
  const write = (line: string) => process.stderr.write(`\r\x1b[2K${line.slice(0, columns - 1)}`)
  const result = await run({ onProgress: (progress) => write(describeProgress(progress)) })
  write('')
  return result
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
  console.log(describeReport(report, solution))
  return report.valid ? 0 : 1
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
