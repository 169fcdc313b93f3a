import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findCandidates } from '../../../../server/features/choices/pairs.ts'
import { compatibilityOf, heavyForm } from '../../../../server/features/choices/compatibility.ts'
import { candidatesOf } from '../../../../server/features/choices/candidates.ts'
import { EMPTY_PROPOSAL } from '../../../../server/features/proposals/content.ts'
import type { AnswersView, ChoicesView } from '../../../../server/schemas/choice.ts'
import type { HostProfile, ProposalContent } from '../../../../server/schemas/proposal.ts'
import { openStage, type Sender, type StagedProgramme } from '../../../support/service.ts'

const WEIGHTS = { must: 8, want: 4, open: 1 }
const PROFILE: HostProfile = {
  firstName: 'Anna',
  lastName: 'Esempio',
  title: 'Responsabile CSR',
  about: '',
  themes: ['food', 'work'],
  supportForms: ['donation', 'sponsorship'],
  districts: ['Mirafiori'],
  amountMin: 1000,
  amountMax: 5000,
  funds: '',
  doesNotFund: '',
}

describe('the pairs that could meet', () => {
  const said = (level: 'must' | 'want' | 'open' | 'avoid' | null, conflict = false) => ({ level, conflict })
  const pair = (project: ReturnType<typeof said> | null, host: ReturnType<typeof said> | null) =>
    candidatesOf(
      [
        ...(project ? [{ fromId: 'p', toId: 'h', ...project }] : []),
        ...(host ? [{ fromId: 'h', toId: 'p', ...host }] : []),
      ],
      new Set(['p']),
      WEIGHTS,
    ).map(({ value, levels }) => ({ value, levels }))

  test('add up what both sides said', () => {
    expect(pair(said('must'), said('want'))).toEqual([{ value: 12, levels: ['must', 'want'] }])
  })
  test('need only one side to have spoken: unknown is not avoid', () => {
    expect(pair(null, said('open'))).toEqual([{ value: 1, levels: [null, 'open'] }])
  })
  test('leave out whoever said avoid, has a conflict of interest, or said nothing', () => {
    expect([
      pair(said('must'), said('avoid')),
      pair(said('must', true), said('must')),
      pair(null, null),
    ]).toEqual([[], [], []])
  })
})

describe('compatibility', () => {
  const proposal = {
    ...EMPTY_PROPOSAL,
    district: 'mirafiori',
    themes: ['food' as const, 'youth' as const],
    support: [
      { form: 'donation' as const, amount: 3000 },
      { form: 'sponsorship' as const, amount: 9000 },
    ],
  }
  test('says why two sides fit', () => {
    expect(compatibilityOf(proposal, PROFILE)).toEqual({
      compatibility: 85,
      reasons: [
        { kind: 'support', values: ['donation', 'sponsorship'] },
        { kind: 'theme', values: ['food'] },
        { kind: 'district', values: ['mirafiori'] },
        { kind: 'amount', values: ['3000'] },
      ],
    })
  })
  test('counts for nothing what one side left open', () => {
    const whole = compatibilityOf({ ...proposal, themes: ['food'] }, PROFILE)
    const open: [Partial<ProposalContent>, Partial<HostProfile>][] = [
      [{}, { districts: [] }],
      [{}, { themes: [] }],
      [{}, { supportForms: [] }],
      [{}, { amountMin: null, amountMax: null }],
      [{ district: ' ' }, {}],
      [{ themes: [] }, {}],
      [{ support: [] }, {}],
      [{ support: proposal.support.map(({ form }) => ({ form, amount: null })) }, {}],
    ]
    const fits = open.map(([ofProject, ofHost]) =>
      compatibilityOf({ ...proposal, themes: ['food'], ...ofProject }, { ...PROFILE, ...ofHost }),
    )
    expect([whole, ...fits].map(({ compatibility }) => compatibility)).toEqual(Array(9).fill(100))
    expect(fits.map(({ reasons }) => reasons.find(({ kind }) => kind === 'open')?.values)).toEqual([
      ...[['district'], ['theme'], ['support'], ['amount']],
      ...[['district'], ['theme'], ['support', 'amount'], ['amount']],
    ])
  })
  test('is the same whichever side leaves a field open, or both', () => {
    const apart = { ...proposal, district: 'Lucento' }
    const fits = [
      compatibilityOf({ ...apart, themes: [] }, PROFILE),
      compatibilityOf(apart, { ...PROFILE, themes: [] }),
      compatibilityOf({ ...apart, themes: [] }, { ...PROFILE, themes: [] }),
    ]
    // Forms and amounts, and not the district: 55 of 70.
    expect(fits.map(({ compatibility }) => compatibility)).toEqual([79, 79, 79])
  })
  test('knows nothing of two sides that stated nothing together', () => {
    expect(compatibilityOf(EMPTY_PROPOSAL, PROFILE)).toEqual({
      compatibility: 0,
      reasons: [{ kind: 'open', values: ['support', 'theme', 'district', 'amount'] }],
    })
  })
  test('points a project that lives on donations to other forms', () => {
    const leaning = {
      ...proposal,
      fundingMix: [
        { kind: 'five_per_mille' as const, source: 'Sponsor del 5 per mille', percent: 30 },
        { kind: 'crowdfunding' as const, source: '', percent: 30 },
      ],
    }
    const only = (form: 'donation' | 'sponsorship') => ({
      ...PROFILE,
      supportForms: [form],
      amountMin: null,
      amountMax: null,
    })
    expect(heavyForm(leaning)).toBe('donation')
    // Half of 20 and half of 40 points for the forms, 15 of 30 for themes, 15 of 15 for the district; amounts are open.
    expect(compatibilityOf(leaning, only('donation')).compatibility).toBe(47)
    expect(compatibilityOf(leaning, only('sponsorship')).compatibility).toBe(59)
  })
})

describe('choosing', () => {
  let stage: Awaited<ReturnType<typeof openStage>>
  let torino: StagedProgramme
  let other: StagedProgramme
  let eventId: string
  let project: Sender & { id: string }
  let host: Sender & { id: string }
  let stranger: Sender & { id: string }
  let ofProject: string
  let ofHost: string
  const NO_ANSWER = { level: null, conflict: false }

  beforeAll(async () => {
    stage = await openStage()
    torino = await stage.programme('Torino')
    other = await stage.programme('Milano')
    eventId = await torino.camp()
    project = await torino.project({ name: 'Abito' })
    host = await torino.host()
    stranger = await other.host()
    ofProject = await torino.participant(eventId, project.id)
    ofHost = await torino.participant(eventId, host.id)
  })
  afterAll(() => stage.close())

  const state = (who: Sender, from: string, to: string, body: object) =>
    who.send<{ code?: string }>('PUT', `/events/${eventId}/preferences/${from}/${to}`, body)

  test('is for oneself and the organisers', async () => {
    const body = { level: 'want', conflict: false }
    const replies = await Promise.all(
      [stage.nobody, stranger, other.organiser, project, host, torino.organiser].map(
        async (who) => (await state(who, ofHost, ofProject, body)).status,
      ),
    )
    expect(replies).toEqual([401, 404, 404, 403, 200, 200])
    const reads = await Promise.all(
      [stage.nobody, stranger, other.organiser, project, host, torino.organiser].map(
        async (who) => (await who.send('GET', `/events/${eventId}/choices/${ofHost}`)).status,
      ),
    )
    expect(reads).toEqual([401, 404, 404, 403, 200, 200])
  })

  test('shows a host no word of a draft, and a project nothing of what the host said', async () => {
    await state(host, ofHost, ofProject, { level: 'avoid', conflict: true })
    const mine = (await host.send<ChoicesView>('GET', `/events/${eventId}/choices/${ofHost}`)).body
    expect(mine.cards).toEqual([
      {
        participantId: ofProject,
        name: 'Abito',
        organisations: [],
        sample: false,
        level: 'avoid',
        conflict: true,
        compatibility: 0,
        reasons: [{ kind: 'open', values: ['support', 'theme', 'district', 'amount'] }],
        project: { financed: false, status: 'draft', proposal: null },
        host: null,
      },
    ])
    const theirs = (await project.send<ChoicesView>('GET', `/events/${eventId}/choices/${ofProject}`)).body
    expect(theirs.cards.map(({ level, conflict }) => ({ level, conflict }))).toEqual([NO_ANSWER])
    expect(JSON.stringify(theirs)).not.toMatch(/avoid|@/)
    await state(host, ofHost, ofProject, NO_ANSWER)
    expect(await findCandidates(stage.db, eventId)).toEqual([])
  })

  test('goes only across the two sides of one event', async () => {
    const colleague = await torino.participant(eventId, (await torino.host()).id)
    expect((await state(host, ofHost, colleague, { level: 'want', conflict: false })).status).toBe(404)
  })

  test('never gives more musts than allowed, even all at once', async () => {
    const projects = await Promise.all(Array.from({ length: 6 }, () => torino.project()))
    const targets = await Promise.all(projects.map(({ id }) => torino.participant(eventId, id)))
    const replies = await Promise.all(
      targets.map((to) => state(host, ofHost, to, { level: 'must', conflict: false })),
    )
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(3)
    expect(new Set(replies.filter(({ status }) => status !== 200).map(({ body }) => body.code))).toEqual(
      new Set(['musts-used-up']),
    )
    const view = (await host.send<ChoicesView>('GET', `/events/${eventId}/choices/${ofHost}`)).body
    expect({ allowed: view.mustsAllowed, left: view.mustsLeft }).toEqual({ allowed: 3, left: 0 })
  })

  test('closes at the term for everybody but the organisers', async () => {
    await torino.organiser.send('PATCH', `/events/${eventId}`, { replyBy: '2020-01-01T00:00:00Z' })
    const late = await state(project, ofProject, ofHost, { level: 'open', conflict: false })
    expect([late.status, late.body.code]).toEqual([409, 'replies-closed'])
    expect(
      (await state(torino.organiser, ofProject, ofHost, { level: 'open', conflict: false })).status,
    ).toBe(200)
    await torino.organiser.send('PATCH', `/events/${eventId}`, { replyBy: null })
  })

  test('keeps availability and the end of answering, and tells organisers who answered', async () => {
    const { slots } = (await project.send<ChoicesView>('GET', `/events/${eventId}/choices/${ofProject}`)).body
    const body = { unavailable: [slots[0].id], maxMeetings: 2 }
    expect((await project.send('PUT', `/participants/${ofProject}/availability`, body)).status).toBe(200)
    expect((await project.send('POST', `/participants/${ofProject}/answer`)).status).toBe(200)
    expect((await host.send('POST', `/participants/${ofProject}/answer`)).status).toBe(403)
    expect((await host.send('GET', `/events/${eventId}/answers`)).status).toBe(403)
    const answers = (await torino.organiser.send<AnswersView>('GET', `/events/${eventId}/answers`)).body
    const row = answers.answers.find(({ participantId }) => participantId === ofProject)
    expect({ ...row, answeredAt: typeof row?.answeredAt }).toEqual({
      participantId: ofProject,
      side: 'project',
      name: 'Abito',
      organisations: [],
      financed: false,
      projectId: project.id,
      hostId: null,
      hasEmail: false,
      proposalStatus: 'draft',
      supportForms: [],
      given: { must: 0, want: 0, open: 1, avoid: 0 },
      received: { must: 0, want: 0, open: 0 },
      availableSlots: 3,
      answeredAt: 'string',
      remindedAt: null,
    })
    expect({ slots: answers.slots, tables: answers.tables, candidates: answers.candidates }).toEqual({
      slots: 4,
      tables: 4,
      candidates: 4,
    })
  })
})
