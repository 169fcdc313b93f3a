import type { Actor } from '../../actor.ts'
import { topic } from '../../change-catalogue.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import { ApplicationsView } from '../../schemas/application.ts'
import type { View } from '../../view.ts'
import { isCallOpen, presentListed } from './present.ts'
import { countDrafts, findCall, findHandedIn } from './repository.ts'

/** What projects apply with, for organisers: of a whole programme, which stands for the event. */
export const applicationsView: View = {
  name: 'applications',
  path: '/programmes/:programmeId/applications',
  schema: ApplicationsView,
  open: async (reader, actor, programmeId) => {
    if (!(await findCall(reader, programmeId))) throw notFound()
    allow(actor, 'application.review', { programmeId })
    return { programmeId, topics: [topic.organisers] }
  },
  read: readApplications,
  shared: true,
}

async function readApplications(reader: Reader, _: Actor, programmeId: string): Promise<ApplicationsView> {
  const found = await findCall(reader, programmeId)
  if (!found) throw notFound()
  const { call, programme } = found
  const [handedIn, drafts] = await Promise.all([
    findHandedIn(reader, programmeId),
    countDrafts(reader, programmeId),
  ])
  return {
    programmeId,
    on: call?.on ?? false,
    closesAt: call?.closesAt?.toISOString() ?? null,
    open: isCallOpen(call, programme),
    applications: handedIn.map(presentListed),
    drafts,
  }
}
