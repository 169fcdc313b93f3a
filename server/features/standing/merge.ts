import { DateTime } from 'luxon'
import type { Actor } from '../../actor.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { say } from '../../messages.ts'
import { nameOf } from '../../naming.ts'
import { allow } from '../../policy.ts'
import type { MergeOrder, MergeView } from '../../schemas/standing.ts'
import { write, type Call } from '../../write.ts'
import { deletePreference, findStatements, upsertPreference } from '../choices/service.ts'
import { findProgramme, findGridSlots, type SlotRow } from '../events/repository.ts'
import { insertKept, inverseOf, keeping } from '../former-rows/keeping.ts'
import { findParticipants, findStatedAbsences, replaceUnavailable } from '../participants/repository.ts'
import { refreshSeats } from '../participants/seats.ts'
import {
  answerQuestions,
  answersOf,
  availabilityOf,
  availabilityQuestion,
  fieldQuestions,
  fieldsTaken,
  standing,
  takesTwins,
  type Choices,
} from './merge-questions.ts'
import {
  findClashes,
  findMergedHost,
  findPlacesOfBoth,
  findTwins,
  mergePlaces,
  movePlace,
  retireTwin,
  updateMerged,
  updatePlace,
  type Clash,
  type MergedHost,
  type ParticipantRow,
  type Place,
  type Said,
} from './merge-rows.ts'
import { deleteAbsences } from './repository.ts'

/** The same person entered twice: what merging would do, what is in its way, and what has to be chosen. */
export async function readMerge(
  reader: Reader,
  actor: Actor,
  survivorId: string,
  twinId: string,
): Promise<MergeView> {
  const pair = await readPair(reader, actor, survivorId, twinId)
  const programme = await findProgramme(reader, pair.survivor.host.programmeId)
  if (!programme) throw notFound()
  const clashes = await findClashes(reader, survivorId, twinId)
  return {
    timezone: programme.timezone,
    survivor: presentHost(pair.survivor),
    twin: presentHost(pair.twin),
    clashes: clashes.map((clash) => ({ ...clash, at: clash.at.toISOString() })),
    questions: questionsOf(pair),
  }
}

const presentHost = ({ host, person, organisation }: MergedHost) => ({
  ...{ id: host.id, organisation, name: nameOf(person), email: person.email },
})

type Shared = Place & {
  said: Said[]
  away: Map<string, Set<string>>
  slots: SlotRow[]
  names: Map<string, string>
}
type Pair = { survivor: MergedHost; twin: MergedHost; shared: Shared[] }

async function readPair(reader: Reader, actor: Actor, survivorId: string, twinId: string): Promise<Pair> {
  const [survivor, twin] = [await findMergedHost(reader, survivorId), await findMergedHost(reader, twinId)]
  if (!survivor) throw notFound()
  allow(actor, 'people.edit', { programmeId: survivor.host.programmeId })
  if (twin?.host.programmeId !== survivor.host.programmeId || survivorId === twinId) throw notFound()
  if (survivor.host.mergedIntoId ?? twin.host.mergedIntoId) throw new DomainError('merged')
  if (survivor.host.withdrawnAt) throw new DomainError('withdrawn')
  const places = await findPlacesOfBoth(reader, survivorId, twinId)
  const shared: Shared[] = []
  for (const place of places) shared.push(await withAnswers(reader, place))
  return { survivor, twin, shared }
}

async function withAnswers(reader: Reader, place: Place): Promise<Shared> {
  const { id } = place.event
  const people = await findParticipants(reader, id)
  return {
    ...place,
    said: await findStatements(reader, id),
    away: await findStatedAbsences(reader, id),
    slots: await findGridSlots(reader, id),
    names: new Map(people.map((one) => [one.id, one.name])),
  }
}

function questionsOf({ survivor, twin, shared }: Pair) {
  const ofEvents = shared.flatMap((place) => {
    const availability = availabilityOf(place, place.away, place.slots)
    return [
      ...answerQuestions(place, place.said, (id) => place.names.get(id) ?? ''),
      ...(availability ? availabilityQuestion(availability) : []),
    ]
  })
  return [...ofEvents, ...fieldQuestions(survivor, twin)]
}

const ofHost = (id: string) => async (reader: Reader) =>
  (await findMergedHost(reader, id))?.host.programmeId ?? null

/** All that is the twin's becomes the survivor's; refused while both are booked at once, or a choice is missing. */
export async function mergeHosts(
  db: Database,
  call: Call,
  survivorId: string,
  { twinId, choices }: MergeOrder,
) {
  return write(db, call, ofHost(survivorId), async ({ tx, call, programmeId, record }) => {
    const pair = await readPair(tx, call.actor, survivorId, twinId)
    await refuseClashes(tx, call, programmeId, survivorId, twinId)
    const open = questionsOf(pair).filter(({ key }) => !(key in choices))
    if (open.length > 0) throw new DomainError('merge-undecided', { count: String(open.length) })
    const hosts = [survivorId, twinId, ...(await findTwins(tx, twinId))]
    const kept = await keeping(tx, { programmeId, hosts }, () => merge(tx, pair, choices))
    const payload = { hostId: survivorId, twinId }
    const seq = await record({ type: 'host.merged', payload, inverse: inverseOf(kept) })
    await insertKept(tx, programmeId, seq, kept)
    return { id: survivorId }
  })
}

async function refuseClashes(
  tx: Transaction,
  { actor }: Call,
  programmeId: string,
  survivorId: string,
  twinId: string,
): Promise<void> {
  const clashes = await findClashes(tx, survivorId, twinId)
  if (clashes.length === 0) return
  const zone = (await findProgramme(tx, programmeId))?.timezone
  const dayAt = (at: Date) => DateTime.fromJSDate(at, { zone }).toFormat('dd/MM')
  const isOneDay = new Set(clashes.map(({ at }) => dayAt(at))).size === 1
  const said = ({ at, event, schedule }: Clash) => {
    const clock = DateTime.fromJSDate(at, { zone }).toFormat('HH:mm')
    const when = isOneDay ? clock : `${dayAt(at)} ${clock}`
    return `${when} (${[event, schedule || say(actor.locale, 'schedule_in_force')].join(', ')})`
  }
  throw new DomainError('booked-twice', { slots: [...new Set(clashes.map(said))].join('; ') })
}

async function merge(tx: Transaction, { survivor, twin, shared }: Pair, choices: Choices): Promise<void> {
  for (const place of shared) {
    if (!place.twin) continue
    const here = await placeLeftBy(tx, { ...place, twin: place.twin }, twin.host.withdrawnAt !== null)
    if (!place.survivor) await movePlace(tx, here.id, survivor.host.id)
    if (!place.survivor) continue
    await settleAnswers(tx, place, choices)
    await settlePlace(
      tx,
      place,
      { survivor: place.survivor, twin: here, twinHasWithdrawn: twin.host.withdrawnAt !== null },
      choices,
    )
    await mergePlaces(tx, place.survivor, place.twin)
  }
  await updateMerged(tx, survivor, fieldsTaken(survivor, twin, choices))
  await retireTwin(tx, survivor.host.id, twin.host.id)
  await refreshSeats(tx, [survivor.person.id, twin.person.id])
}

/** What says that the twin does not come says nothing of the survivor, where the twin no longer took part. */
async function placeLeftBy(
  tx: Transaction,
  { survivor, twin }: { survivor: ParticipantRow | null; twin: ParticipantRow },
  hasWithdrawn: boolean,
): Promise<ParticipantRow> {
  // Where nobody takes part afterwards, meetings that were left still wait for their repair.
  if ((survivor ?? twin).removedAt !== null || (!hasWithdrawn && twin.removedAt === null)) return twin
  await deleteAbsences(tx, [twin.id])
  const expected = { attendance: 'expected' as const, arrivedAt: null }
  await updatePlace(tx, twin.id, expected)
  return { ...twin, ...expected }
}

async function settleAnswers(tx: Transaction, place: Shared, choices: Choices): Promise<void> {
  const eventId = place.event.id
  for (const answer of answersOf(place, place.said)) {
    const { about, otherId, twin } = answer
    const said = standing(answer, choices)!
    const [own, gone] = [place.survivor!.id, place.twin!.id]
    const key = about === 'given' ? { fromId: own, toId: otherId } : { fromId: otherId, toId: own }
    if (said === twin) await upsertPreference(tx, { eventId, ...key }, said)
    if (twin)
      await deletePreference(
        tx,
        ...(about === 'given' ? ([gone, otherId] as const) : ([otherId, gone] as const)),
      )
  }
}

/** When the survivor can come, whether they have answered and whether they are here: what the twin's place knew counts. */
async function settlePlace(
  tx: Transaction,
  place: Shared,
  {
    survivor,
    twin,
    twinHasWithdrawn,
  }: Record<'survivor' | 'twin', ParticipantRow> & { twinHasWithdrawn: boolean },
  choices: Choices,
): Promise<void> {
  const availability = availabilityOf(place, place.away, place.slots)!
  const taken = takesTwins(availability, choices)
  if (taken)
    await replaceUnavailable(
      tx,
      survivor,
      availability.other.away.map(({ id }) => id),
    )
  const isUnmarked = survivor.attendance === 'expected'
  const isBack = survivor.removedAt !== null && twin.removedAt === null && !twinHasWithdrawn
  if (isBack) await deleteAbsences(tx, [survivor.id])
  if (twin.ownTableId) await updatePlace(tx, twin.id, { ownTableId: null })
  await updatePlace(tx, survivor.id, {
    ownTableId: survivor.ownTableId ?? twin.ownTableId,
    ...(isBack && { removedAt: null }),
    answeredAt: survivor.answeredAt ?? twin.answeredAt,
    ...(taken && { maxMeetings: twin.maxMeetings }),
    needs: [...new Set([...survivor.needs, ...twin.needs])],
    ...whoComes(survivor, twin),
    ...(isUnmarked && {
      ...{ attendance: twin.attendance, arrivedAt: twin.arrivedAt, attendanceDay: twin.attendanceDay },
    }),
  })
}

/** Whether they come is said of whoever comes: of a colleague, where one is named in either place. */
function whoComes(survivor: ParticipantRow, twin: ParticipantRow) {
  const ofSurvivor = survivor.standInId !== null || (twin.standInId === null && survivor.rsvp !== null)
  const { standInId, rsvp, rsvpAt, rsvpBy, rsvpReason } = ofSurvivor ? survivor : twin
  return { standInId, rsvp, rsvpAt, rsvpBy, rsvpReason }
}
