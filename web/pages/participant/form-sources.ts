import type { ApplicationContent, ApplicationView } from '../../../server/schemas/application.ts'
import type {
  HostProfile,
  HostView,
  ProposalContent,
  ProposalView,
} from '../../../server/schemas/proposal.ts'
import { api } from '../../lib/api.ts'
import { m } from '../../paraglide/messages.js'
import type { Source } from './autosave.svelte.ts'
import { withKinds } from './words.ts'

/** The form of a proposal, as it was read from where it is saved. */
export const proposalSource = (path: string, view: ProposalView): Source<ProposalContent> => ({
  path,
  page: `/progetto/${view.projectId}/proposta`,
  about: m.draft_proposal({ project: view.projectName }),
  content: view.content,
  version: view.version,
  reload: () => api.get<ProposalView>(path),
  renew: (kept) => withKinds(kept, view.content),
})

/** The form of a host's profile, likewise. */
export const profileSource = (path: string, view: HostView): Source<HostProfile> => ({
  path,
  page: `/referente/${view.hostId}/profilo`,
  about: m.draft_profile({ organisation: view.organisation }),
  content: view.profile,
  version: view.version,
  reload: async () => {
    const { profile, version } = await api.get<HostView>(path)
    return { content: profile, version }
  },
})

const applied = ({ name, content }: ApplicationView) => ({ name, ...content })

/** The form of an application, likewise. */
export const applicationSource = (
  path: string,
  view: ApplicationView,
): Source<ApplicationContent & { name: string }> => ({
  path,
  page: `/candidatura/${view.programmeId}`,
  about: m.draft_application({ project: view.name }),
  content: applied(view),
  version: view.version,
  reload: async () => {
    const now = await api.get<ApplicationView>(path)
    return { content: applied(now), version: now.version }
  },
})
