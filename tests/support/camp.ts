import type { PlanView } from '../../server/schemas/schedule.ts'
import type { RunsView } from '../../server/schemas/run.ts'
import { Client, until } from './client.ts'

/** Builds a schedule of the sample camp through the API and publishes it; the organiser and the live plan. */
export async function publishedCamp(base: string) {
  const { eventId } = await Client.people(base)
  const organiser = await Client.enter(base, 'organiser')
  const started = await organiser.request<{ id: string }>('POST', `/events/${eventId}/runs`, { seconds: 2 })
  const run = await until('the run', async () => {
    const { runs } = await organiser.get<RunsView>(`/events/${eventId}/runs`)
    return runs.find(({ id, scheduleId }) => id === started.body.id && scheduleId)
  })
  const draft = await organiser.get<PlanView>(`/events/${eventId}/plan/${run.scheduleId}`)
  const version = String(draft.schedule?.version)
  const published = await organiser.request(
    'POST',
    `/schedules/${run.scheduleId}/publish`,
    {},
    { 'if-match': version },
  )
  if (published.status >= 300) throw new Error(`publishing: ${JSON.stringify(published)}`)
  return { eventId, organiser, plan: await organiser.get<PlanView>(`/events/${eventId}/plan`) }
}
