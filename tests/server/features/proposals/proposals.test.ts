import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programmes } from '../../../../server/database/schema.ts'
import type { Problem, Written } from '../../../../server/schemas/common.ts'
import type { ProposalView } from '../../../../server/schemas/proposal.ts'
import type { PublicView } from '../../../../server/schemas/programme.ts'
import { openStage, type Sender, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let project: Sender & { id: string }
let host: Sender & { id: string }

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  await torino.camp()
  project = await torino.project({ name: 'Carota', financed: true, rank: 12 })
  host = await torino.host()
})
afterAll(() => stage.close())

const path = (end = '') => `/projects/${project.id}/proposal${end}`
const save = (body: object, version: number) =>
  project.send<Written & Problem>('PATCH', path(), body, { 'if-match': `"${version}"` })
const read = async () => (await project.send<ProposalView>('GET', path())).body

describe('a proposal', () => {
  test('comes with the programme’s clock, by which its page tells how long there is', async () => {
    const clock = (clockOffsetMs: number) => stage.db.update(programmes).set({ clockOffsetMs })
    await clock(48 * 3_600_000)
    const { now } = await read()
    await clock(0)
    expect(Math.round((Date.parse(now) - Date.now()) / 3_600_000)).toBe(48)
  })

  test('is read and written by its team and the organisers only', async () => {
    const other = await stage.programme('Milano')
    const people = [stage.nobody, other.organiser, await torino.project(), host, project, torino.organiser]
    const reads = await Promise.all(people.map(async (who) => (await who.send('GET', path())).status))
    const writes = await Promise.all(people.map(async (who) => (await who.send('PATCH', path(), {})).status))
    const reviews = await Promise.all(
      people.map(async (who) => (await who.send('POST', path('/approve'))).status),
    )
    expect({ reads, writes, reviews }).toEqual({
      reads: [401, 404, 403, 403, 200, 200],
      writes: [401, 404, 403, 403, 428, 428],
      reviews: [401, 404, 403, 403, 403, 409],
    })
  })

  test('takes one of many saves that started from the same version', async () => {
    const { version } = await read()
    const saves = await Promise.all(
      Array.from({ length: 8 }, (_, index) => save({ summary: `Testo ${index}` }, version)),
    )
    expect(saves.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(412)])
    expect((await read()).version).toBe(version + 1)
  })

  test('says what is missing before it can be handed in', async () => {
    const [short, unnamed] = [
      { kind: 'public', source: 'Bandi', percent: 60 },
      { kind: 'other', source: ' ', percent: 100 },
    ]
    for (const part of [short, unnamed]) {
      await save({ fundingMix: [part] }, (await read()).version)
      const { status, body } = await project.send<{ code: string; errors: { pointer: string }[] }>(
        'POST',
        path('/submit'),
      )
      expect({ status, code: body.code, pointers: body.errors.map(({ pointer }) => pointer) }).toEqual({
        status: 409,
        code: 'proposal-incomplete',
        pointers: ['/problem', '/ask', '/offer', '/support', '/fundingMix'],
      })
    }
  })

  test('keeps an amount to the cent, and refuses a finer one', async () => {
    const { version } = await read()
    const saved = await save({ support: [{ form: 'donation', amount: 1234.5 }] }, version)
    expect([saved.status, (await read()).content.support]).toEqual([
      200,
      [{ form: 'donation', amount: 1234.5 }],
    ])
    const finer = await save({ support: [{ form: 'donation', amount: 1.005 }] }, (await read()).version)
    expect(finer.body.errors?.[0]).toMatchObject({
      pointer: '/support/0/amount',
      message: expect.stringMatching('cent'),
    })
  })

  test('refuses a support form said twice, and characters that cannot be kept', async () => {
    const { version } = await read()
    const form = { form: 'donation', amount: null }
    const twice = await save({ support: [form, form] }, version)
    const nul = await save({ summary: 'a\u0000b' }, version)
    const broken = await save({ summary: 'a\ud800b' }, version)
    expect([twice, nul, broken].map(({ status, body }) => [status, body.code])).toEqual(
      Array(3).fill([400, 'invalid-input']),
    )
  })

  test('goes from draft to submitted, back for changes, and to approved', async () => {
    const support = [{ form: 'sponsorship', amount: 2000 }]
    const fundingMix = [{ kind: 'public', source: '', percent: 99.7 }]
    const full = { summary: 'Orti', problem: 'a', ask: 'b', offer: 'c', support, fundingMix }
    await save(full, (await read()).version)
    const steps = []
    for (const [who, step, body] of [
      [project, '/submit'],
      [project, '/submit'],
      [torino.organiser, '/request-changes', { message: 'Più breve' }],
      [project, '/submit'],
      [torino.organiser, '/approve'],
    ] as const) {
      const { status } = await who.send('POST', path(step), body)
      const { status: state, message } = await read()
      steps.push([status, state, message])
    }
    expect(steps).toEqual([
      [200, 'submitted', ''],
      [409, 'submitted', ''],
      [200, 'changes_requested', 'Più breve'],
      [200, 'submitted', ''],
      [200, 'approved', ''],
    ])
    expect((await save({ summary: 'x' }, (await read()).version)).body.code).toBe('proposal-status')
  })

  test('shows its summary to the public once that is decided, and nothing private', async () => {
    for (const thing of [
      { what: 'programme' },
      { what: 'ranking' },
      { what: 'proposals', ids: [project.id] },
    ])
      await torino.organiser.send('POST', `/programmes/${torino.id}/publicity`, { ...thing, public: true })
    const { programmes } = (await stage.nobody.send<PublicView>('GET', '/public')).body
    const torinoPage = programmes.find(({ id }) => id === torino.id)
    expect(torinoPage?.financedProjects).toEqual([
      { rank: 12, name: 'Carota', organisations: [], summary: 'Orti' },
    ])
    expect(JSON.stringify(programmes)).not.toMatch(/@|Bandi/)
  })
})
