import { IANAZone } from 'luxon'
import type { Actor } from '../../actor.ts'
import { record } from '../../changes.ts'
import { expectContent, versionOf } from '../../content-version.ts'
import type { Database, Reader } from '../../database/client.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'
import { allow, type Action, signedInPerson } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import type { ChangesView, NewProgramme, Programmes, ProgrammeView } from '../../schemas/programme.ts'
import { once, write, type Call } from '../../write.ts'
import { todayOf } from '../events/clock.ts'
import { findProgramme, findProgrammes, type EventRow, type ProgrammeRow } from '../events/repository.ts'
import { readEntries } from '../log/present.ts'
import {
  countPeople,
  findEventSummaries,
  insertOrganiser,
  insertProgramme,
  updateProgramme,
} from './repository.ts'

const PAGE = 50

/** The programmes the actor belongs to. */
export async function readProgrammes(reader: Reader, actor: Actor): Promise<Programmes> {
  const { memberships } = signedInPerson(actor)
  const found = await findProgrammes(reader, [...new Set(memberships.map(({ programmeId }) => programmeId))])
  return {
    programmes: found.map(({ id, name, phase, city, sample }) => ({ id, name, phase, city, sample })),
  }
}

/** Whoever founds a programme organises it. */
export async function foundProgramme(db: Database, call: Call, input: NewProgramme): Promise<Written> {
  const actor = signedInPerson(call.actor)
  if (!actor.founder) throw new DomainError('forbidden')
  checkZone(call, input.timezone)
  return db.transaction((tx) =>
    once(tx, call, async () => {
      const id = await insertProgramme(tx, input)
      await insertOrganiser(tx, id, actor.userId)
      const author = { programmeId: id, actorId: actor.userId }
      await record(tx, author, { type: 'programme.founded', payload: {} })
      return { id }
    }),
  )
}

async function openProgramme(reader: Reader, actor: Actor, action: Action, programmeId: string) {
  const programme = await findProgramme(reader, programmeId)
  if (!programme) throw notFound()
  allow(actor, action, { programmeId })
  return programme
}

export async function readProgramme(
  reader: Reader,
  actor: Actor,
  programmeId: string,
): Promise<ProgrammeView> {
  const programme = await openProgramme(reader, actor, 'programme.read', programmeId)
  const [summaries, counts] = await Promise.all([
    findEventSummaries(reader, programmeId),
    countPeople(reader, programmeId),
  ])
  const today = todayOf(programme)
  const isOffered = ({ kind, lastDate }: EventRow) =>
    (kind === 'camp' || kind === 'tutoring') && lastDate >= today
  const { id, sample } = programme
  const content = contentOf(programme)
  return {
    ...{ id, version: versionOf(content), ...content, sample, public: programme.public },
    events: summaries.map(({ event, known, ...figures }) => ({
      id: event.id,
      kind: event.kind,
      title: event.title,
      date: event.date,
      lastDate: event.lastDate,
      venue: event.venue,
      public: event.public,
      rehearsal: event.rehearsal,
      ...figures,
      newcomers: isOffered(event) ? counts.projects + counts.hosts - known : 0,
    })),
    counts,
  }
}

/** What the form of a programme changes. */
const contentOf = ({ name, phase, city, timezone, call, ...row }: ProgrammeRow) => ({
  ...{ name, phase, city, timezone, call },
  ...{ contactEmail: row.contactEmail, contactPhone: row.contactPhone, language: row.language },
})

export async function editProgramme(
  db: Database,
  call: Call,
  programmeId: string,
  patch: Partial<NewProgramme>,
): Promise<Written> {
  return write(db, call, programmeId, async (context) => {
    const { tx, call, record } = context
    const programme = await openProgramme(tx, call.actor, 'programme.edit', programmeId)
    const fields = Object.keys(patch)
    await expectContent(context, contentOf(programme), { kinds: ['programme.edited'], fields })
    checkZone(call, patch.timezone)
    await updateProgramme(tx, programmeId, patch)
    await record({ type: 'programme.edited', payload: { fields } })
    return { id: programmeId }
  })
}

export async function readChanges(
  reader: Reader,
  actor: Actor,
  programmeId: string,
  { event = null, before }: { event?: string | null; before?: string },
): Promise<ChangesView> {
  const { timezone } = await openProgramme(reader, actor, 'change.read', programmeId)
  const narrowed = { eventId: event, before: before === undefined ? null : Number(before), limit: PAGE + 1 }
  const found = await readEntries(reader, programmeId, narrowed, { locale: actor.locale, zone: timezone })
  return { changes: found.slice(0, PAGE), more: found.length > PAGE }
}

function checkZone(call: Call, timezone: string | undefined): void {
  if (timezone === undefined || IANAZone.isValidZone(timezone)) return
  throw invalidInput(call, '/timezone', 'field_timezone')
}
