import type { ChoiceCard } from '../../schemas/choice.ts'
import { byWords, nameOf, surnameFirst } from '../../naming.ts'
import { presentProfile } from '../hosts/present.ts'
import { isVisible } from '../proposals/content.ts'
import type { Statement } from './candidates.ts'
import { compatibilityOf, NO_COMPATIBILITY } from './compatibility.ts'
import type { Chooser } from './repository.ts'

export const presentName = ({ project, host }: Chooser): string =>
  project?.name ?? (host ? nameOf(host.person) : '')

/** Takes no part any more: nobody is asked about them. */
export const hasWithdrawn = ({ participant, project, host }: Chooser): boolean =>
  Boolean(participant.removedAt ?? (project ?? host)?.withdrawnAt)

/** As lists of them are sorted: projects by their name, people by their surname. */
export const sortOf = ({ project, host }: Chooser): string =>
  project?.name ?? (host ? surnameFirst(host.person) : '')

/** Organisations of the project, or the organisation of the host. */
export const presentOrganisations = ({ project, host }: Chooser): string[] =>
  project?.organisations ?? (host ? [host.organisation.name] : [])

/** A card for everybody of the other side, with what the reader said of them. */
export function presentCards(self: Chooser, people: Chooser[], said: Statement[]): ChoiceCard[] {
  const saidOf = new Map(said.map((statement) => [statement.toId, statement]))
  return people
    .filter((other) => other.participant.side !== self.participant.side && !hasWithdrawn(other))
    .toSorted((one, other) => byWords(sortOf(one), sortOf(other)))
    .map((other) => presentCard(self, other, saidOf.get(other.participant.id)))
}

function presentCard(self: Chooser, other: Chooser, said: Statement | undefined): ChoiceCard {
  return {
    participantId: other.participant.id,
    name: presentName(other),
    organisations: presentOrganisations(other),
    sample: (other.project ?? other.host)?.sample ?? false,
    level: said?.level ?? null,
    conflict: said?.conflict ?? false,
    ...compare(self, other),
    project: presentProject(other),
    host: other.host && {
      kind: other.host.organisation.kind ?? 'other',
      profile: presentProfile(other.host, other.host.person),
    },
  }
}

/** A host sees nothing of a draft, not even how well it would fit. */
export function compare(self: Chooser, other: Chooser) {
  const project = self.project ?? other.project
  const host = self.host ?? other.host
  if (!project || !host || (other.project && !isVisible(project.proposal.status))) return NO_COMPATIBILITY
  return compatibilityOf(project.proposal.content, presentProfile(host, host.person))
}

function presentProject({ project }: Chooser): ChoiceCard['project'] {
  if (!project) return null
  const { status, content } = project.proposal
  return { financed: project.financed, status, proposal: isVisible(status) ? content : null }
}
