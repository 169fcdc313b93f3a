import type { Actor } from '../../actor.ts'
import { topic } from '../../changes.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { allow, may } from '../../policy.ts'
import { ChoicesView } from '../../schemas/choice.ts'
import type { View } from '../../view.ts'
import { presentEvent, presentSlot, presentTable } from '../events/present.ts'
import { findGridSlots, findGridTables } from '../events/repository.ts'
import { locateParticipant, resourceOf, type Located } from '../participants/located.ts'
import { findEngagements } from '../participants/engagements.ts'
import { findUnavailableOf } from '../participants/repository.ts'
import { hasWithdrawn, presentCards, presentName } from './present.ts'
import { findChoosers, findStatementsFrom } from './repository.ts'
import { repliesOpen } from './service.ts'

/** The choosing page of one participant: nothing of what others said stands in it. */
export const choicesView: View = {
  name: 'choices',
  path: '/events/:eventId/choices/:key',
  schema: ChoicesView,
  async open(reader, actor, eventId, key) {
    const located = await locateIn(reader, eventId, key)
    allow(actor, 'choice.read', resourceOf(located))
    return { programmeId: located.programme.id, topics: [topic.participant(located.participant.id)] }
  },
  read: readChoices,
}

async function locateIn(reader: Reader, eventId: string, key: string | null): Promise<Located> {
  const located = await locateParticipant(reader, key ?? '')
  if (located.participant.eventId !== eventId) throw notFound()
  return located
}

async function readChoices(
  reader: Reader,
  actor: Actor,
  eventId: string,
  key: string | null,
): Promise<ChoicesView> {
  const located = await locateIn(reader, eventId, key)
  const { participant, event, programme } = located
  const [people, said, slots, tables, unavailable, engagements] = await Promise.all([
    findChoosers(reader, eventId),
    findStatementsFrom(reader, participant.id),
    findGridSlots(reader, eventId),
    findGridTables(reader, eventId),
    findUnavailableOf(reader, participant.id),
    findEngagements(reader, eventId, [participant.id]),
  ])
  const self = people.find((person) => person.participant.id === participant.id)
  if (!self) throw notFound()
  const own = tables.find(({ ownerId }) => ownerId === participant.id)
  const mayGive = participant.side === 'host' && may(actor, 'event.edit', resourceOf(located))
  const nameOf = (id: string | null) => {
    const owner = id && people.find((person) => person.participant.id === id)
    return owner ? presentName(owner) : null
  }
  const musts = said.filter(({ level }) => level === 'must').length
  return {
    event: presentEvent(event, programme),
    participant: {
      id: participant.id,
      side: participant.side,
      name: presentName(self),
      projectId: participant.projectId,
      hostId: participant.hostId,
      unavailable,
      maxMeetings: participant.maxMeetings,
      needs: participant.needs,
      answeredAt: participant.answeredAt?.toISOString() ?? null,
    },
    slots: slots.map(presentSlot),
    engagements: engagements.map(({ title, slots }) => ({ title, slots })),
    tableFeatures: [
      ...new Map(tables.map(({ features }) => [features.toSorted().join('\n'), features])).values(),
    ],
    ownTable: own ? presentTable(own) : null,
    tablesToOwn: mayGive
      ? tables.map(({ id, name, room, ownerId }) => ({ id, name, room, owner: nameOf(ownerId) }))
      : [],
    mustsAllowed: event.rules.musts,
    mustsLeft: Math.max(0, event.rules.musts - musts),
    mayEdit: repliesOpen({ actor }, located) && !hasWithdrawn(self),
    cards: presentCards(self, people, said),
  }
}
