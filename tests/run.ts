import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { buildPages, buildService } from '../server/builds.ts'

/** What `npm test` runs: the checks (each counts as one test), then the tests. Arguments choose tests to run alone. */
const root = join(import.meta.dirname, '..')
const bin = join(root, 'node_modules/.bin')
const chosen = process.argv.slice(2)
const tally = { passed: 0, failed: 0 }

type Outcome = { ok: boolean; said: string }
type Check = { name: string; run(): Promise<Outcome> }

if (chosen.length === 0) await runChecks()
await runTests(chosen)
if (tally.passed + tally.failed === 0) count(false)
console.log(`${tally.passed} passed, ${tally.failed} failed`)
process.exit(tally.failed === 0 ? 0 : 1)

async function runChecks() {
  const pages = built('the pages build', buildPages)
  const service = built('the service builds', buildService)
  const tsc = check('types (tsc)', 'tsc', '--noEmit')
  const prettier = check('format (prettier)', 'prettier', '--check', '--log-level=warn', '.')
  const eslint = check('style and import rules (eslint)', 'eslint', '.', '--max-warnings=0')
  const knip = check('nothing unused (knip)', 'knip')
  const circles = check(
    'no circles of imports (dependency-cruiser)',
    'depcruise',
    'solver',
    'server',
    'web',
    'tests',
  )
  // The pages first: building them also compiles the messages that their type check reads. Two at a time, for two cores.
  await Promise.all([inTurn([pages, ...pagesChecks()]), inTurn([service, tsc, prettier])])
  await Promise.all([inTurn([eslint]), inTurn([knip, circles])])
}

async function inTurn(checks: Check[]) {
  for (const each of checks) report(each.name, await each.run())
}

function check(name: string, command: string, ...words: string[]): Check {
  return { name, run: () => runTool(command, words) }
}

function built(name: string, build: () => Promise<unknown>): Check {
  const done = () => ({ ok: true, said: '' })
  return { name, run: () => build().then(done, (error) => problem(error)) }
}

function problem(error: Error): Outcome {
  return { ok: false, said: error.message }
}

/** svelte-check can be silently green: an error planted beside the real pages shows that it looks at them. */
function pagesChecks(): Check[] {
  const planted = join(root, `web/dist.planted-${process.pid}`)
  let said = ''
  const errors = () => said.split('\n').filter((line) => / (ERROR|WARNING|FAILURE) /.test(line))
  const isPlanted = (line: string) => line.includes('Planted.svelte')
  const look = async () => {
    plantError(planted)
    const words = ['--tsconfig', join(planted, 'tsconfig.json'), '--output', 'machine']
    said = (await runTool('svelte-check', words)).said
    rmSync(planted, { recursive: true, force: true })
    const caught = errors().some(isPlanted)
    return { ok: caught, said: caught ? '' : `The error planted in a page was not found:\n${said}` }
  }
  const real = async () => {
    const found = errors().filter((line) => !isPlanted(line))
    return { ok: / COMPLETED /.test(said) && found.length === 0, said: found.join('\n') || said }
  }
  return [
    { name: 'svelte-check finds a planted error', run: look },
    { name: 'types of the pages (svelte-check)', run: real },
  ]
}

function plantError(directory: string) {
  mkdirSync(directory)
  const config = {
    extends: '../tsconfig.json',
    include: ['../**/*.ts', '../**/*.svelte', './*.svelte'],
    exclude: ['../dist'],
  }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config))
  const page = '<script lang="ts">\n  const table: number = "seven"\n</script>\n\n<p>{table}</p>\n'
  writeFileSync(join(directory, 'Planted.svelte'), page)
}

async function runTests(filters: string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'incontro-report-'))
  const file = join(directory, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const { ok } = await runTool('vitest', ['run', ...reporters, ...filters], 'inherit')
  countTests(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null, ok)
  rmSync(directory, { recursive: true, force: true })
}

type Report = {
  numPassedTests: number
  numFailedTests: number
  testResults: { status: string; assertionResults: unknown[] }[]
}

function countTests(report: Report | null, ok: boolean) {
  // A file that could not even be read has no tests of its own to fail.
  const unread = report?.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.length,
  )
  const failed = (report?.numFailedTests ?? 0) + (unread?.length ?? 0)
  tally.passed += report?.numPassedTests ?? 0
  tally.failed += failed
  if (!ok && failed === 0) count(false)
  if (ok && !report?.numPassedTests) count(false)
}

function report(name: string, { ok, said }: Outcome) {
  console.log(` ${ok ? '✓' : '✗'} ${name}`)
  if (!ok) console.log(said.trimEnd().replace(/^/gm, '   '))
  count(ok)
}

function count(ok: boolean) {
  if (ok) tally.passed++
  else tally.failed++
}

/** The project's own tool on the project's own Node; `inherit` shows its output as it comes. */
function runTool(command: string, words: string[], output: 'inherit' | 'pipe' = 'pipe'): Promise<Outcome> {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }
  const stdio = ['ignore', output, output] as ('ignore' | 'inherit' | 'pipe')[]
  const child = spawn(join(bin, command), words, {
    cwd: root,
    env,
    stdio,
    shell: process.platform === 'win32',
  })
  let said = ''
  child.stdout?.on('data', (part) => (said += part))
  child.stderr?.on('data', (part) => (said += part))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(problem(error)))
    child.on('close', (code) => resolve({ ok: code === 0, said }))
  })
}
