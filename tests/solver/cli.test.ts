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

describe('the command line', () => {
  const scarce = () => save('scarce.json', tinyJson({ tables: 1, slots: [{ id: 's1' }, { id: 's2' }] }))

  test('checks an event before it is solved', async () => {
    const words = await run('check', scarce())
    expect(words).toEqual({
      code: 0,
      out: [
        'tight: People could have 4 meetings, but the places at the tables are 2 in all.',
        '  What would help: Add 1 table with all that any table has.',
        '',
      ].join('\n'),
      err: '',
    })
    const { code, out, err } = await run('check', save('no.json', impossible()), '--json', '--progress')
    expect(code).toBe(3)
    expect(JSON.parse(out)[0]).toMatchObject({ severity: 'impossible', code: 'lockedAway' })
    expect(err).toContain('p1 and h1 are locked in slot s1')
    const none = await run('check', save('tiny.json', tinyJson()))
    expect(none).toEqual({ code: 0, out: 'Counting finds nothing in the way.\n', err: '' })
  })

  test('tells what each step of a rule costs', async () => {
    const { code, out, err } = await run('frontier', scarce(), 'tables', '0..2', '--progress')
    expect({ code, out }).toEqual({
      code: 0,
      out: [
        'step  value  bound  proven  shortfall  meetings',
        '   0      9      9     yes          0         2',
        '   1     14     14     yes          0         4',
        '   2     14     14     yes          0         4',
        '',
      ].join('\n'),
    })
    expect(err).toBe('step 0: value 9, proven\nstep 2: value 14, proven\nstep 1: value 14, proven\n')
    const people = await run('frontier', scarce(), 'minMeetings', '2,0', '--of', 'p2,h2', '--json')
    expect(JSON.parse(people.out).map(({ value }: { value: number }) => value)).toEqual([7, 9])
    const cut = await run('frontier', scarce(), 'maxMeetings', '1..9', '--time', '0', '--json')
    expect(JSON.parse(cut.out)).toMatchObject([{ step: 1, bound: 9, proven: false }])
    const required = tinyJson().candidates.map((one) => ({ ...one, required: true }))
    const never = save('never.json', tinyJson({ candidates: required }))
    const none = await run('frontier', never, 'maxMeetings', '1', '--of', 'p1')
    expect(none.code).toBe(3)
    expect(none.out).toContain('1: p1 must have 2 meetings (h1 and h2) but may have 1 at most.')
  })

  test('puts a schedule under stress, with the same bytes for the same seed', async () => {
    const plan = save('plan.json', claimless(meetings('c11 s1 t1', 'c22 s1 t2', 'c12 s2 t1', 'c21 s2 t2')))
    const file = save('tiny.json', tinyJson())
    const args = ['stress', file, plan, '--absence', '0.5', '--scenarios', '20', '--seed', '3']
    const [words, json, again] = await Promise.all([
      run(...args, '--progress'),
      run(...args, '--json'),
      run(...args, '--json'),
    ])
    expect(words.code).toBe(0)
    expect(words.out).toMatch(/^20 days; changes proven to be the fewest in 20\.\n/)
    expect(words.out).toMatch(/planned meetings kept +4 +0 /)
    expect(words.err).toContain('20 of 20 days')
    expect(JSON.parse(json.out)).toMatchObject({ seed: 3, scenarios: 20, unsolved: 0, plan: { held: 4 } })
    expect(again.out).toBe(json.out)
    const none = await run(...args, '--time', '0', '--json')
    expect([none.code, JSON.parse(none.out).scenarios]).toEqual([0, 0])
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
    [
      'a rule that is not there',
      () => ['frontier', good(), 'mood', '1'],
      /^There is no rule “mood”; known are minMeetings/,
    ],
    [
      'steps that are no numbers',
      () => ['frontier', good(), 'tables', 'many'],
      /^Steps are numbers .* not “many”\./,
    ],
    [
      'a step that cannot be',
      () => ['frontier', good(), 'maxMeetings', '0.5'],
      /^a step of maxMeetings must be a whole/,
    ],
    [
      'a rule without what it is about',
      () => ['frontier', good(), 'people', '1'],
      /^--like is needed for this rule\./,
    ],
    [
      'a group that nobody is in',
      () => ['frontier', good(), 'minMeetings', '1', '--group', 'x'],
      /^there is nobody whom/,
    ],
    [
      'a tolerance of nothing',
      () => ['frontier', good(), 'tolerance', '0', '--level', 'x'],
      /^there is no tolerance of “x”/,
    ],
    [
      'a chance beyond 1',
      () => ['stress', good(), save('none.json', claimless([])), '--absence', '2'],
      /^--absence must be a number from 0 to 1, not “2”/,
    ],
    [
      'an event to check that breaks the format',
      () => ['check', save('bad.json', {})],
      /bad\.json: does not follow/,
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
