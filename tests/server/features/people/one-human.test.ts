import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseInstance, solve } from '../../../../solver/index.ts'
import { fromDatabase } from '../../../../server/errors.ts'
import { findCandidates } from '../../../../server/features/choices/pairs.ts'
import { insertMeetings, insertSchedule } from '../../../../server/features/schedules/repository.ts'
import { buildInstance, pairsFor } from '../../../../server/features/solver-input/instance.ts'
import { findCamp, identifyPairs } from '../../../../server/features/solver-input/repository.ts'
import { withSharedTime } from '../../../../server/features/solver-input/shared-time.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let eventId: string

const ANNA = { firstName: 'Anna', lastName: 'Nuñez Esempio', email: 'anna@due.example' }
/** The same, as somebody else typed it. */
const ANNA_AGAIN = { firstName: 'ANNA', lastName: 'Nunez  Esempio', email: 'Anna@due.example' }

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  eventId = await torino.camp()
})
afterAll(() => stage.close())

/** Anna sends one organisation, another one, and is of a project; a second project knows nothing of her. */
async function people() {
  const [alfa, beta] = [await torino.host(ANNA), await torino.host(ANNA_AGAIN)]
  const hers = await torino.project({ team: [{ lastName: 'Altri' }, ANNA] })
  const other = await torino.project({ team: [{ lastName: 'Rossi', email: 'anna@due.example' }] })
  const ids = await Promise.all([alfa, beta, hers, other].map(({ id }) => torino.participant(eventId, id)))
  for (const from of ids.slice(0, 2))
    for (const to of ids.slice(2))
      await torino.organiser.send('PUT', `/events/${eventId}/preferences/${from}/${to}`, {
        ...{ level: 'must', conflict: false },
      })
  return { alfa: ids[0], beta: ids[1], hers: ids[2], other: ids[3] }
}

test('nobody meets themselves, and nobody is planned in two places at once', async () => {
  const { alfa, beta, hers, other } = await people()
  const pairs = await findCandidates(stage.db, eventId)
  expect(new Set(pairs.map((one) => `${one.projectParticipantId} ${one.hostParticipantId}`))).toEqual(
    new Set([`${other} ${alfa}`, `${other} ${beta}`]),
  )

  const camp = (await findCamp(stage.db, eventId))!
  const lost = withSharedTime(camp, [])
  const shared = camp.slots.map(({ id }) => [lost.get(alfa)?.has(id), lost.get(beta)?.has(id)])
  expect(shared.every(([one, two]) => one !== two)).toBe(true)
  expect(lost.get(hers)).toEqual(new Set())

  await stage.db.transaction(async (tx) => {
    const idOf = await identifyPairs(tx, eventId, pairs)
    const known = pairs.map((pair) => ({ ...pair, id: idOf(pair) }))
    const instance = parseInstance(buildInstance(camp, pairsFor(known, [])))
    const answer = await solve(instance, { seed: 1 })
    expect(answer.meetings).toHaveLength(2)
    expect(new Set(answer.meetings.map(({ slot }) => slot)).size).toBe(2)
  })
})

/** What the database says of a draft with those meetings, all of them in the first turn. */
async function stored(pairs: [project: string, host: string][]): Promise<string | undefined> {
  const camp = (await findCamp(stage.db, eventId))!
  const write = stage.db.transaction(async (tx) => {
    const wanted = pairs.map(([projectParticipantId, hostParticipantId]) => ({
      ...{ projectParticipantId, hostParticipantId },
    }))
    const idOf = await identifyPairs(tx, eventId, wanted)
    const draft = await insertSchedule(tx, { eventId, kind: 'draft', name: 'Prova' })
    const rows = wanted.map((pair, index) => ({
      ...{ candidateId: idOf(pair), slotId: camp.slots[0].id, tableId: camp.tables[index].id },
      ...{ value: 1, locked: false },
    }))
    await insertMeetings(tx, draft, rows)
  })
  return write.then(
    () => undefined,
    (error: unknown) => fromDatabase(error)?.code,
  )
}

test('no schedule is stored in which one human is in two places or on both sides', async () => {
  const { alfa, beta, hers, other } = await people()
  const third = await torino.participant(eventId, (await torino.project()).id)
  expect(await stored([[other, alfa]])).toBe(undefined)
  expect(
    await stored([
      [other, alfa],
      [third, beta],
    ]),
  ).toBe('two-places')
  expect(await stored([[hers, alfa]])).toBe('own-meeting')
})
