import type { EventView } from '../../server/schemas/event.ts'
import type { PlanView } from '../../server/schemas/schedule.ts'
import type { RunsView } from '../../server/schemas/run.ts'
import type { SamplePeople } from '../../server/schemas/session.ts'
import { Client, until } from './client.ts'

/** Where the sample's clock stands when a test begins, whatever the hour: nothing has passed, and no turn is near. */
export const BEFORE_THE_DAY = -10

/** Sets the sample's clock so many minutes after its first turn begins. */
export async function setClock(
  organiser: Client,
  { programmeId, eventId }: Pick<SamplePeople, 'programmeId' | 'eventId'>,
  minutes: number,
) {
  const { slots } = await organiser.get<EventView>(`/events/${eventId}`)
  const now = new Date(Date.parse(slots[0].startsAt) + minutes * 60_000).toISOString()
  await organiser.request('POST', '/sample/clock', { programmeId, now })
}

/** Builds a schedule of the sample camp through the API and publishes it before its day, telling everybody; the organiser and the live plan. */
export async function publishedCamp(base: string) {
  const people = await Client.people(base)
  const { eventId } = people
  const organiser = await Client.enter(base, 'organiser')
  await setClock(organiser, people, BEFORE_THE_DAY)
  const started = await organiser.request<{ id: string }>('POST', `/events/${eventId}/runs`, { seconds: 2 })
  // A busy machine takes its time.
  const found = async () => {
    const { runs } = await organiser.get<RunsView>(`/events/${eventId}/runs`)
    return runs.find(({ id, scheduleId }) => id === started.body.id && scheduleId)
  }
  const run = await until('the run', found, 60_000)
  const draft = await organiser.get<PlanView>(`/events/${eventId}/plan/${run.scheduleId}`)
  const version = String(draft.schedule?.version)
  const published = await organiser.request(
    'POST',
    `/schedules/${run.scheduleId}/publish`,
    { tell: 'now' },
    { 'if-match': version },
  )
  if (published.status >= 300) throw new Error(`publishing: ${JSON.stringify(published)}`)
  return { eventId, organiser, plan: await organiser.get<PlanView>(`/events/${eventId}/plan`) }
}
