import type { ApplicationView } from '../../../server/schemas/application.ts'
import type { HostView, ProposalView } from '../../../server/schemas/proposal.ts'
import { api } from '../../lib/api.ts'
import { drafts, type Draft } from '../../lib/drafts.svelte.ts'
import { session } from '../../lib/session.svelte.ts'
import { toastError } from '../../lib/toasts.svelte.ts'
import { outcomeOf } from '../../lib/write-outcome.ts'
import { autosaveOf, isBeingSent } from './autosave.svelte.ts'
import { applicationSource, profileSource, proposalSource } from './form-sources.ts'

/** Sends what was written in forms that were closed since; where somebody else wrote there too, the form asks. */
export const sendLeftDrafts = (left: readonly Draft[]) => Promise.all(left.map(takeUp))

async function takeUp(draft: Draft) {
  if (isBeingSent(draft.path)) return
  await drafts.unlessShown(draft.path, async () => {
    try {
      if (draft.path.startsWith('/api/v1/hosts/'))
        autosaveOf(profileSource(draft.path, await api.get<HostView>(draft.path)))
      else if (draft.path.startsWith('/api/v1/applications/'))
        autosaveOf(applicationSource(draft.path, await api.get<ApplicationView>(draft.path)))
      else autosaveOf(proposalSource(draft.path, await api.get<ProposalView>(draft.path)))
    } catch (error) {
      const outcome = outcomeOf(error)
      // Refused to whoever has signed in elsewhere meanwhile, it is still its writer's.
      if (typeof outcome === 'string' || !(await session.askAgain())) return
      drafts.drop(draft)
      toastError(error)
    }
  })
}
