import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseInstance, parseSolution, validate } from '../../solver/index.ts'
import { claimless, meetings, people, tinyJson } from './tiny.ts'

const CLI = join(import.meta.dirname, '../../solver/cli.ts')
let folder = ''
const at = (name: string) => join(folder, name)
const save = (name: string, content: unknown): string => {
  writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content))
  return at(name)
}
const load = (name: string) => JSON.parse(readFileSync(at(name), 'utf8'))

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'incontro-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (part) => (out += part))
  child.stderr.on('data', (part) => (err += part))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}

/** A locked meeting that its host cannot come to. */
const impossible = () => {
  const [first, ...rest] = tinyJson().candidates
  return tinyJson({
    participants: people({ id: 'p1', unavailable: ['s1'] }),
    candidates: [{ ...first, lock: { slot: 's1' } }, ...rest],
  })
}

describe('the command line', () => {
  test('solves an instance to standard output', async () => {
    const { code, out, err } = await run('solve', save('tiny.json', tinyJson()))
    const solution = parseSolution(JSON.parse(out))
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(validate(parseInstance(tinyJson()), solution)).toMatchObject({ valid: true })
  })

  test('writes the solution to a file, with a summary for people', async () => {
    const { code, out } = await run('solve', save('tiny.json', tinyJson()), '--out', at('solution.json'))
    expect(code).toBe(0)
    expect(out).toMatch(/^feasible, 4 meetings, \d+ ms\nshortfall: 0 \(proven\)\nvalue: 14 \(proven\)/)
    expect(load('solution.json').meetings).toHaveLength(4)
  })

  test('shows progress as plain lines where there is no terminal', async () => {
    const { err } = await run('solve', save('tiny.json', tinyJson()), '--progress')
    const lines = err.trim().split('\n')
    expect(lines[0]).toMatch(/^\d+ ms · select · shortfall bound 0 · value bound 14/)
    expect(lines.at(-1)).toMatch(
      /^\d+ ms · prove · shortfall 0 \(bound 0, gap 0 %\) · value 14 \(bound 14, gap 0 %\)/,
    )
  })

  test('gives the same bytes for the same seed but for the time', async () => {
    const file = save('tiny.json', tinyJson())
    const solve = () => run('solve', file, '--seed', '5', '--iterations', '2000')
    const [one, other] = await Promise.all([solve(), solve()])
    const timeless = (text: string) => text.replace(/"ms": [\d.]+/, '')
    expect(timeless(one.out)).toBe(timeless(other.out))
  })

  test('ends with 3 and the reason if there is no schedule, and still writes the file', async () => {
    const { code, out } = await run('solve', save('no.json', impossible()), '--out', at('none.json'))
    expect(code).toBe(3)
    expect(out).toMatch(/^infeasible, 0 meetings/)
    expect(load('none.json')).toMatchObject({ status: 'infeasible', meetings: [] })
  })

  test('verifies a solution that holds', async () => {
    const file = save('tiny.json', tinyJson())
    await run('solve', file, '--out', at('solution.json'))
    const { code, out } = await run('verify', file, at('solution.json'))
    expect(code).toBe(0)
    expect(out).toContain('value: 14, bound 14, proven, bound checked')
    expect(out.trim().split('\n').at(-1)).toBe('The solution holds: feasible.')
  })

  test('ends with 1 and the broken rules in words if a solution does not hold', async () => {
    const file = save('tiny.json', tinyJson())
    await run('solve', file, '--out', at('solution.json'))
    const solution = load('solution.json')
    solution.meetings[1].slot = solution.meetings[0].slot
    const { code, out } = await run('verify', file, save('wrong.json', solution))
    expect(code).toBe(1)
    expect(out).toMatch(/slot-conflict: p1 has two meetings in slot s\d: c11 and c12\./)
    expect(out.trim().split('\n').at(-1)).toMatch(/^The solution does not hold: \d+ found\.$/)
  })
})

describe('the command line', () => {
  const base = () => claimless(meetings('c11 s1 t1', 'c22 s1 t2', 'c12 s2 t1', 'c21 s2 t2'))
  const late = { format: 'incontro/disruption', version: 1, absent: [{ participant: 'h1', to: 's1' }] }

  test('repairs a schedule and writes both files, which verify', async () => {
    const files = [save('tiny.json', tinyJson()), save('base.json', base()), save('late.json', late)]
    const outs = ['--instance-out', at('after.json'), '--out', at('repaired.json')]
    const { code, out } = await run('repair', ...files, ...outs, '--order', 'fewest-losses')
    expect(code).toBe(0)
    expect(out).toContain('changes: 0 (proven)')
    expect((await run('verify', at('after.json'), at('repaired.json'))).code).toBe(0)
  })

  test('explains why a meeting is not held', async () => {
    const instance = tinyJson({ participants: people({ id: 'p1', maxMeetings: 1 }) })
    const held = save('held.json', claimless(meetings('c12 s1 t1')))
    const { code, out } = await run('explain', save('few.json', instance), held, 'c11')
    expect(code).toBe(0)
    expect(out).toBe(
      [
        'p1 has as many meetings as allowed.',
        'What would help: Allow p1 2 meetings; 5 more in value.',
        'Or, with things as they are: Give up c12; 2 more in value.',
        '',
      ].join('\n'),
    )
  })
})

describe('the command line refuses with 2, in words and without a stack,', () => {
  const good = () => save('tiny.json', tinyJson())
  test.each<[string, () => string[], RegExp]>([
    ['no command', () => [], /^$/],
    ['an unknown command', () => ['dance'], /^There is no command “dance”\./],
    ['a missing file', () => ['solve', at('nowhere.json')], /nowhere\.json: cannot be read \(ENOENT\)/],
    ['too few files', () => ['verify', good()], /^2 files expected, 1 given\./],
    ['an unknown option', () => ['solve', good(), '--quick'], /Unknown option '--quick'/],
    [
      'a seed that is no number',
      () => ['solve', good(), '--seed', 'x'],
      /^--seed must be a whole number .* not “x”/,
    ],
    ['what is not JSON', () => ['solve', save('bad.json', '{"slots": [')], /bad\.json: is not JSON: /],
    [
      'an instance that breaks the format, with the path of each problem',
      () => ['solve', save('bad.json', tinyJson({ tables: -1, more: 1 }))],
      /bad\.json: does not follow the format\n\/more: is not a known key.*\n\/tables: must be a whole number/,
    ],
    [
      'a solution that breaks the format',
      () => ['verify', good(), save('bad.json', { format: 'incontro/solution', version: 1 })],
      /\/meetings: is missing/,
    ],
    [
      'a schedule that does not hold',
      () => {
        const twice = claimless(meetings('c11 s1 t1', 'c12 s1 t2'))
        return ['explain', good(), save('twice.json', twice), 'c21']
      },
      /twice\.json: does not hold for .*tiny\.json\np1 has two meetings in slot s1/,
    ],
    [
      'a candidate that is not there',
      () => ['explain', good(), save('none.json', claimless([])), 'cx'],
      /tiny\.json: there is no candidate “cx”\./,
    ],
    ['what is no benchmark file', () => ['convert', save('x.dzn', 'hello')], /x\.dzn: .*benchmark/],
    [
      'an output that cannot be written',
      () => ['solve', good(), '--out', at('no/such/folder.json')],
      /folder\.json: cannot be written \(ENOENT\)/,
    ],
  ])('%s', async (_, args, said) => {
    const { code, err } = await run(...args())
    expect(code).toBe(2)
    expect(err).toMatch(said)
    expect(err).not.toMatch(/^ {4}at /m)
  })

  test('and shows how it is used with --help', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    expect(out).toMatch(/^Usage:\n {2}solve INSTANCE\.json/)
  })
})
