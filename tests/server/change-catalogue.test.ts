import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CATALOGUE, type Kind, type UndoableKind } from '../../server/change-catalogue.ts'
import { applications, changes, memberships, programmes, users } from '../../server/database/schema.ts'
import { EMPTY_APPLICATION } from '../../server/features/applications/present.ts'
import { UNDO } from '../../server/features/undo/service.ts'
import type { AnswersView } from '../../server/schemas/choice.ts'
import type { PairsView } from '../../server/schemas/pairs.ts'
import type { CheckedAnswers } from '../../server/schemas/pasted-answers.ts'
import type { Problem, Written } from '../../server/schemas/common.ts'
import type { DayView } from '../../server/schemas/day.ts'
import type { PeopleView } from '../../server/schemas/programme.ts'
import type { EventView } from '../../server/schemas/event.ts'
import type { CellsView, PlanView } from '../../server/schemas/schedule.ts'
import type { OrganisationsView } from '../../server/schemas/standing.ts'
import type { WriteContext } from '../../server/write.ts'
import { finishedRun, openStage, type Stage } from '../support/stage.ts'

type Reply = { status: number; body: Written & Problem }
let stage: Stage
let draftId: string

beforeAll(async () => {
  stage = await openStage()
  draftId = (await finishedRun(stage)).scheduleId!
})
afterAll(() => stage.close())

/** Each begins in the second slot of the day, with the schedule as published and nothing gone wrong. */
beforeEach(async () => {
  await stage.db.execute(sql`delete from disruptions`)
  await stage.db.execute(sql`update candidates set state = 'planned'`)
  await stage.db.execute(
    sql`update participants set attendance = 'expected', arrived_at = null, attendance_day = null, removed_at = null`,
  )
  await stage.db.execute(sql`update rooms set delay_minutes = 0, delay_from_id = null`)
  const { slots, schedule } = await read<PlanView>(`/events/${stage.eventId}/plan/${draftId}`)
  await at(Date.parse(slots[0].startsAt) - 60_000)
  const fence = { 'if-match': String(schedule!.version) }
  expect((await send('POST', `/schedules/${draftId}/publish`, {}, fence)).status).toBe(200)
  await at(Date.parse(slots[1].startsAt) + 60_000)
})

const at = (time: number) =>
  stage.db
    .update(programmes)
    .set({ clockOffsetMs: time - Date.now() })
    .where(eq(programmes.id, stage.programmeId))
const read = async <T>(path: string) => (await stage.organiser<T>('GET', path)).body
const send = (
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body: object = {},
  headers = {},
): Promise<Reply> => stage.organiser(method, path, body, headers)
const ofProgramme = (path: string, body: object) =>
  send('POST', `/programmes/${stage.programmeId}/${path}`, body)
const ofEvent = (path: string, body: object = {}) => send('POST', `/events/${stage.eventId}/${path}`, body)
const undo = (reply: Reply) => ofProgramme('undo', { seq: reply.body.seq })
const board = () => read<DayView>(`/events/${stage.eventId}/day`)
const ahead = async () => {
  const { meetings, slots } = await board()
  const coming = new Set(slots.slice(2).map(({ id }) => id))
  return meetings.filter(({ slotId, state }) => coming.has(slotId) && state === 'planned')
}
const someone = async () => (await board()).participants[0].id
/** A host who still has meetings to come, as the programme knows them. */
const somebody = async () => {
  const [{ participants: pair }] = await ahead()
  const host = (await board()).participants.find(({ id, side }) => side === 'host' && pair.includes(id))!
  return { projects: [], hosts: [host.personId] }
}
const attend = async (attendance: string) =>
  send('PUT', `/participants/${await someone()}/attendance`, { attendance })
const late = async () => send('POST', `/participants/${await someone()}/late`, { minutes: 9 })
const setState = async (state: string, id?: string) =>
  send('POST', `/meetings/${id ?? (await ahead())[0].id}/state`, { state })
const lock = async (locked: boolean, id: string) => send('POST', `/meetings/${id}/lock`, { locked })
const report = async () =>
  ofEvent('disruptions', { kind: 'slot_lost', fromSlotId: (await board()).slots.at(-1)!.id })
const delay = async (roomId: string | null) =>
  ofEvent('delay', {
    roomId,
    minutes: 5,
    fromSlotId: (await board()).slots.at(-1)!.id,
  })

const people = () => read<PeopleView>(`/programmes/${stage.programmeId}/people`)
const organisations = async () =>
  (await read<OrganisationsView>(`/programmes/${stage.programmeId}/organisations`)).organisations
const withdraw = (path: string, withdrawn: boolean) => send('POST', `/${path}/withdrawal`, { withdrawn })
const newHost = async () =>
  (await ofProgramme('hosts', { lastName: 'Doppia', organisation: 'Ente doppio', kind: 'other' })).body
const newHelper = () =>
  ofProgramme('members', { email: `${randomUUID()}@example.org`, name: 'Aiuto', role: 'desk' })
const saidOf = ({ id, lastName }: { id?: string; lastName: string }) => ({ ...(id && { id }), lastName })

/** A meeting still to come with a free cell for it at another time. */
async function movable() {
  for (const { id, version, slotId } of await ahead()) {
    const { cells } = await read<CellsView>(`/meetings/${id}/cells`)
    const to = cells.find((cell) => cell.legal && cell.slotId !== slotId)
    if (to) return { id, version, to: { slotId: to.slotId, tableId: to.tableId } }
  }
  throw new Error('no meeting can be moved')
}

async function swap() {
  const meetings = await ahead()
  const [one, other] = [...Map.groupBy(meetings, ({ slotId }) => slotId).values()].find(
    ({ length }) => length > 1,
  )!
  const body = { with: other.id, version: other.version }
  return send('POST', `/meetings/${one.id}/swap`, body, { 'if-match': String(one.version) })
}

async function repairable() {
  await send('PUT', `/participants/${(await ahead())[0].participants[1]}/attendance`, {
    attendance: 'absent',
  })
  await ofEvent('repairs')
  const { repairs, schedule } = await board()
  return () => send('POST', `/repairs/${repairs[0].id}/apply`, {}, { 'if-match': String(schedule!.version) })
}

/** Two of the two sides who have no meeting and are free in the last slot, where a table is free too. */
async function addable() {
  const { meetings, participants, slots, tables } = await board()
  const met = new Set(meetings.map((one) => one.participants.join()))
  // Which turn has room for another pair is as the plan was drawn.
  for (const { id: slotId } of slots.toReversed()) {
    const there = meetings.filter((one) => one.slotId === slotId)
    const busy = new Set(there.flatMap((one) => one.participants))
    const free = (side: string) => participants.filter((one) => one.side === side && !busy.has(one.id))
    const pairs = free('project').flatMap((one) => free('host').map((other) => [one.id, other.id]))
    const pair = pairs.find((one) => !met.has(one.join()))
    const taken = new Set(there.map(({ tableId }) => tableId))
    const table = tables.find(({ id }) => !taken.has(id))
    if (pair && table)
      return () => ofEvent('meetings', { projectId: pair[0], hostId: pair[1], slotId, tableId: table.id })
  }
  throw new Error('no turn has room for another pair')
}

type Setup = { slots: { startsAt: string; day: string }[]; tables: object[] }
/** Changes days, slots or tables as who has seen what hangs on it. */
async function rearrange(method: 'PUT' | 'POST', path: string, bodyOf: (setup: Setup) => object) {
  const body = bodyOf(await read<Setup>(`/events/${stage.eventId}`))
  const { effects } = (await ofEvent(`${path}/preview`, body)).body as unknown as { effects: number | null }
  return send(method, `/events/${stage.eventId}/${path}`, { ...body, ...(effects !== null && { effects }) })
}

const openCall = async () => {
  await send('PATCH', `/programmes/${stage.programmeId}/call`, {
    it: { text: 'Bando', criteria: 'Criteri', next: '' },
  })
  await ofProgramme('call/switch', { on: true })
}

/** On a project that has been handed in. */
const decideOn =
  (decision: object): Case =>
  async () => {
    const { programmeId, db } = stage
    const said = randomUUID()
    await db.insert(users).values({ id: said, name: said, email: `${said}@example.org` })
    await db.insert(memberships).values({ programmeId, userId: said, role: 'applicant' })
    const [{ id }] = await db
      .insert(applications)
      .values({
        ...{ programmeId, userId: said, state: 'submitted', name: said, language: 'it' },
        content: { ...EMPTY_APPLICATION, lastName: 'Esempio' },
      })
      .returning()
    return () => send('POST', `/applications/${id}/decision`, decision, { 'if-match': '1' })
  }

/** First what it takes, then a function that makes a change of the kind. */
type Case = () => Promise<() => Promise<Reply>>
const plainly =
  (act: () => Promise<Reply>): Case =>
  async () =>
    act
const after =
  (first: () => Promise<unknown>, act: () => Promise<Reply>): Case =>
  async () => {
    await first()
    return act
  }
const ofFirst =
  (kind: 'projects' | 'hosts', act: (id: string) => Promise<Reply>): Case =>
  async () => {
    const [{ id }] = (await people())[kind]
    return () => act(id)
  }
const undoing =
  (act: Case): Case =>
  async () => {
    const reply = await (await act())()
    return () => undo(reply)
  }
const twice =
  (act: (id: string) => Promise<Reply>, again: (id: string) => Promise<Reply>): Case =>
  async () => {
    const [{ id }] = await ahead()
    await act(id)
    return () => again(id)
  }

/** One way to make a change of each kind that can be taken back: a kind without one does not compile. */
const CASES: Record<UndoableKind, Case> = {
  'people.imported': plainly(async () => {
    const rows = ['nome', 'Nuovo'].map((cell, index) => ({ row: index + 1, cells: [cell] }))
    const table = { kind: 'projects', rows, headings: 1, columns: ['name'], decisions: [] }
    const { basis } = (await ofProgramme('import/check', table)).body as Reply['body'] & { basis: string }
    return ofProgramme('import', { ...table, basis })
  }),
  'project.added': plainly(() => ofProgramme('projects', { name: 'Nuovo' })),
  'host.added': plainly(() =>
    ofProgramme('hosts', { lastName: 'Nuova', organisation: 'Ente', kind: 'other' }),
  ),
  'project.edited': async () => {
    const [{ id, team }] = (await people()).projects
    const body = { name: 'Altro nome', team: [...team.slice(0, 1), { lastName: 'Nuova' }].map(saidOf) }
    return () => send('PATCH', `/projects/${id}`, body)
  },
  'project.withdrawn': ofFirst('projects', (id) => withdraw(`projects/${id}`, true)),
  'project.broughtBack': async () => {
    const { id } = (await ofProgramme('projects', { name: 'Fuori e dentro' })).body
    await withdraw(`projects/${id}`, true)
    return () => withdraw(`projects/${id}`, false)
  },
  'project.deleted': async () => {
    const { id } = (await ofProgramme('projects', { name: 'Di troppo', team: [{ lastName: 'Una' }] })).body
    return () => send('DELETE', `/projects/${id}`)
  },
  'host.corrected': ofFirst('hosts', (id) =>
    send('PATCH', `/hosts/${id}/person`, { lastName: 'Altra', organisation: 'Ente nuovo', kind: 'other' }),
  ),
  'host.withdrawn': ofFirst('hosts', (id) => withdraw(`hosts/${id}`, true)),
  'host.broughtBack': async () => {
    const { id } = await newHost()
    await withdraw(`hosts/${id}`, true)
    return () => withdraw(`hosts/${id}`, false)
  },
  'host.deleted': async () => {
    const { id } = await newHost()
    return () => send('DELETE', `/hosts/${id}`)
  },
  'host.merged': async () => {
    const [one, twin] = [await newHost(), await newHost()]
    return () => send('POST', `/hosts/${one.id}/merge`, { twinId: twin.id, choices: {} })
  },
  'organisation.edited': async () => {
    const [{ id }] = await organisations()
    return () => send('PATCH', `/organisations/${id}`, { name: 'Ente cambiato', kind: 'other' })
  },
  'organisation.merged': async () => {
    const [one, twin] = await organisations()
    return () => send('POST', `/organisations/${one.id}/merge`, { twinId: twin.id })
  },
  'pair.ruled': async () => {
    const { projects, hosts } = await read<PairsView>(`/events/${stage.eventId}/pairs`)
    const pair = { projectId: projects[0].id, hostId: hosts[0].id }
    await send('PUT', `/events/${stage.eventId}/pairs`, { ...pair, ruling: 'never', reason: 'Colleghi' })
    return () => send('PUT', `/events/${stage.eventId}/pairs`, { ...pair, ruling: 'must' })
  },
  'event.deleted': async () => {
    const event = { kind: 'camp', title: 'Prova', date: '2030-01-01', rehearsal: true }
    const { id } = (await ofProgramme('events', event)).body
    return () => send('DELETE', `/events/${id}`)
  },
  // Ten minutes later, and without the last slots.
  'grid.replaced': plainly(() =>
    rearrange('PUT', 'grid', ({ slots }) => ({
      ...{ slotMinutes: 20, changeoverMinutes: 5 },
      blocks: [{ date: slots[0].day, start: '09:40', slots: 6 }],
    })),
  ),
  'tables.replaced': plainly(() =>
    rearrange('PUT', 'tables', ({ tables }) => ({ tables: tables.slice(0, -3) })),
  ),
  'participant.replaced': plainly(async () => {
    const { hosts } = await read<EventView>(`/events/${stage.eventId}`)
    return send('PUT', `/participants/${hosts[0].id}/stand-in`, {
      ...{ firstName: 'Nadia', lastName: 'Esempio', email: 'nadia@example.org' },
    })
  }),
  'table.owned': plainly(async () => {
    const { tables, hosts } = await read<EventView>(`/events/${stage.eventId}`)
    return send('PUT', `/participants/${hosts[0].id}/own-table`, { tableId: tables[0].id })
  }),
  'event.postponed': plainly(() => rearrange('POST', 'postponement', () => ({ date: '2031-03-03' }))),
  'answers.pasted': async () => {
    const { answers } = await read<AnswersView>(`/events/${stage.eventId}/answers`)
    const project = answers.find(({ side }) => side === 'project')!
    const host = answers.find(({ side }) => side === 'host')!
    const rows = (level: string) => `${project.name}\t${host.organisations[0]} ${host.name}\t${level}`
    const check = async (content: string) => ({
      ...{
        content,
        checked: (await ofEvent('answers/pasted/check', { content })).body as unknown as CheckedAnswers,
      },
    })
    const open = await check(rows('disponibile'))
    const { content, checked } =
      open.checked.rows[0].action === 'unchanged' ? await check(rows('interessante')) : open
    return () => ofEvent('answers/pasted', { content, basis: checked.basis })
  },
  'schedule.deleted': async () => {
    const { scheduleId } = await finishedRun(stage)
    return () => send('DELETE', `/schedules/${scheduleId}`)
  },
  'schedule.copied': plainly(() => ofEvent('copies')),
  'member.added': plainly(newHelper),
  'member.removed': async () => {
    const { id } = (await newHelper()).body
    return () => send('DELETE', `/members/${id}`)
  },
  'publicity.decided': plainly(() => ofProgramme('publicity', { what: 'ranking', public: false })),
  'call.switched': after(openCall, () => ofProgramme('call/switch', { on: false })),
  'application.refused': decideOn({ decision: 'refused', reason: 'Prova' }),
  'application.admitted': decideOn({ decision: 'admitted', rank: 40 }),
  'screen.created': plainly(() => ofEvent('screens', { label: 'Ingresso' })),
  'meeting.moved': async () => {
    const { id, version, to } = await movable()
    return () => send('POST', `/meetings/${id}/move`, to, { 'if-match': String(version) })
  },
  'meeting.swapped': plainly(swap),
  'meeting.locked': async () => {
    const [{ id }] = await ahead()
    return () => lock(true, id)
  },
  'meeting.unlocked': twice(
    (id) => lock(true, id),
    (id) => lock(false, id),
  ),
  'meeting.planned': twice(
    (id) => setState('called', id),
    (id) => setState('planned', id),
  ),
  'meeting.called': async () => {
    const slotId = (await ahead())[0].slotId
    return () => ofEvent(`slots/${slotId}/state`, { state: 'called' })
  },
  'meeting.in_progress': plainly(() => setState('in_progress')),
  'meeting.done': plainly(() => setState('done')),
  'meeting.no_show': plainly(() => setState('no_show')),
  'meeting.cancelled': plainly(() => setState('cancelled')),
  'meeting.added': addable,
  'participants.added': async () => {
    const chosen = await somebody()
    await ofEvent('taking-part/removed', chosen)
    return () => ofEvent('taking-part/added', chosen)
  },
  'participants.removed': async () => {
    const chosen = await somebody()
    return () => ofEvent('taking-part/removed', chosen)
  },
  'attendance.expected': after(
    () => attend('here'),
    () => attend('expected'),
  ),
  'attendance.here': plainly(() => attend('here')),
  'attendance.late': plainly(late),
  'attendance.absent': plainly(() => attend('absent')),
  'attendance.left': after(late, () => attend('left')),
  'disruption.reported': plainly(report),
  'disruption.dismissed': async () => {
    const { id } = (await report()).body
    return () => send('POST', `/disruptions/${id}/dismiss`)
  },
  'disruption.withdrawn': undoing(plainly(report)),
  'event.delayed': plainly(() => delay(null)),
  'room.delayed': async () => {
    const [{ id }] = (await board()).rooms
    return () => delay(id)
  },
  'repair.applied': repairable,
  'repair.undone': undoing(repairable),
}

/** Everything that a change can change, but for versions. */
async function state() {
  const rows = await stage.db.execute(sql`select
    (select jsonb_agg(to_jsonb(p) order by id) from projects p) projects,
    (select jsonb_agg(to_jsonb(h) - 'version' order by id) from hosts h) hosts,
    (select jsonb_agg(to_jsonb(p) order by id) from people p) people,
    (select jsonb_agg(to_jsonb(t) order by project_id, position) from team_members t) teams,
    (select jsonb_agg(to_jsonb(o) order by id) from organisations o) organisations,
    (select jsonb_agg(to_jsonb(l) order by project_id, position) from project_organisations l) carriers,
    (select jsonb_agg(jsonb_build_array(user_id, role, project_id, host_id) order by user_id, role, project_id, host_id)
      from memberships) memberships,
    (select jsonb_agg(id order by id) from events where deleted_at is null) events,
    (select jsonb_agg(to_jsonb(s) order by id) from slots s) slots,
    (select jsonb_agg(to_jsonb(t) order by id) from tables t) tables,
    (select jsonb_agg(date order by id) from events) dates,
    (select jsonb_agg(id order by id) from schedules) schedules,
    (select jsonb_agg(to_jsonb(r) order by id) from pair_rulings r where ended_at is null) rulings,
    (select count(*) from meeting_seats) seats,
    (select jsonb_agg(to_jsonb(p) order by id) from participants p) participants,
    (select jsonb_agg(jsonb_build_array(from_id, to_id, level, conflict) order by from_id, to_id)
      from preferences) preferences,
    (select jsonb_agg(to_jsonb(d) - 'created_at' order by id) from disruptions d) disruptions,
    (select jsonb_agg(to_jsonb(s) order by id) from slots s) slots,
    (select jsonb_agg(to_jsonb(r) order by id) from rooms r) rooms,
    (select jsonb_agg(jsonb_build_array(id, public, ranking_public) order by id) from programmes) public,
    (select jsonb_agg(id order by id) from screens where revoked_at is null) screens,
    (select jsonb_agg("on") from open_calls) calls,
    (select jsonb_agg(jsonb_build_array(id, state) order by id) from applications) applications,
    (select jsonb_agg(jsonb_build_array(c.id, c.state, m.slot_id, m.table_id, m.locked) order by c.id)
      from meetings m join candidates c on c.id = m.candidate_id join schedules s on s.id = m.schedule_id
      where s.kind = 'live') meetings`)
  return rows[0]
}

const entry = async (seq: number | undefined) => {
  const [row] = await stage.db
    .select()
    .from(changes)
    .where(eq(changes.seq, seq ?? 0))
  return row
}

test.each(Object.entries(CASES) as [UndoableKind, Case][])(
  '%s is taken back by its number',
  async (kind, prepare) => {
    const act = await prepare()
    const before = await state()
    const made = await act()
    const seq = made.body.seq ?? (await latest()).seq
    const { type, payload, inverse } = await entry(seq)
    expect(type).toBe(kind)
    // Recorded whole: nothing that only entries of earlier versions may lack is missing.
    expect(Object.keys(payload).toSorted()).toEqual(
      Object.keys(CATALOGUE[kind].payload.properties).toSorted(),
    )
    expect(inverse).not.toBeNull()
    expect(await state()).not.toEqual(before)
    const undone = await ofProgramme('undo', { seq })
    expect([undone.status, undone.body.code]).toEqual([200, undefined])
    expect(await state()).toEqual(before)
  },
)

const latest = async () => {
  const [row] = await stage.db
    .select()
    .from(changes)
    .orderBy(sql`seq desc`)
    .limit(1)
  return row
}

test('what an earlier version kept and no longer fits is not undoable, in a sentence', async () => {
  const made = await attend('here')
  const { seq } = await entry(made.body.seq)
  await stage.db.execute(sql`alter table changes disable trigger all`)
  await stage.db
    .update(changes)
    .set({ inverse: { participantId: await someone() } })
    .where(eq(changes.seq, seq))
  await stage.db.execute(sql`alter table changes enable trigger all`)
  const { log } = await board()
  expect(log.find((one) => one.seq === seq)!.undoable).toBe(false)
  const { status, body } = await ofProgramme('undo', { seq })
  expect([status, body.code, body.title]).toEqual([
    409,
    'not-undoable',
    'Questa modifica non si può annullare.',
  ])
})

test('every kind is recorded somewhere, and by no other file than a service of it', () => {
  const root = join(import.meta.dirname, '../../server')
  const source = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) => name.endsWith('.ts') && !name.endsWith('change-catalogue.ts') && !name.includes('undo/'),
    )
    .map((name) => readFileSync(join(root, name), 'utf8'))
    .join('\n')
  const isRecorded = (kind: string) =>
    source.includes(`'${kind}'`) ||
    (source.includes(`type: \`${kind.split('.')[0]}.\${`) && Object.hasOwn(CASES, kind))
  expect((Object.keys(CATALOGUE) as Kind[]).filter((kind) => !isRecorded(kind))).toEqual([])
})

/** Never called: the compiler reads it, and finds that each of these does not fit. */
function _refused(record: WriteContext['record']) {
  const id = ''
  const { 'meeting.moved': _, ...without } = UNDO
  // @ts-expect-error a kind that can be taken back has its undoer
  const undoers: typeof UNDO = without
  return [
    undoers,
    // @ts-expect-error a kind that is not in the catalogue
    record({ type: 'meeting.forgotten', payload: {} }),
    // @ts-expect-error a payload without its members
    record({ type: 'answer.finished', payload: {}, also: { of: 'own', topics: [] } }),
    // @ts-expect-error another kind's payload
    record({ type: 'run.queued', payload: { scheduleId: id } }),
    // @ts-expect-error a member that only entries of earlier versions lack
    record({ type: 'schedule.deleted', payload: { scheduleId: id } }),
    // @ts-expect-error an inverse of a kind that cannot be taken back
    record({ type: 'run.queued', payload: { runId: id }, inverse: { runId: id } }),
    // @ts-expect-error none of a kind that can
    record({ type: 'screen.created', payload: { screenId: id } }),
    // @ts-expect-error another kind's inverse
    record({ type: 'screen.created', payload: { screenId: id }, inverse: { runId: id } }),
    // @ts-expect-error nobody looked up where the catalogue asks for it
    record({ type: 'answer.finished', payload: { participantId: id } }),
    // @ts-expect-error others than the catalogue asks for
    record({ type: 'answer.finished', payload: { participantId: id }, also: { of: 'pairs', topics: [] } }),
    // @ts-expect-error somebody looked up of a kind that everyone hears of
    record({ type: 'programme.edited', payload: {}, also: { of: 'own', topics: [] } }),
  ]
}
