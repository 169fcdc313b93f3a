import type { Reader } from '../../database/client.ts'
import { nameOf, surnameFirst, type PersonName } from '../../naming.ts'
import { likeKey, plainWords } from '../../spreadsheets/words.ts'
import { hasWithdrawn, presentName, presentOrganisations } from './present.ts'
import { findChoosers, findTeamsOf, type Chooser } from './repository.ts'

/** Somebody of an event, by the names under which a list may speak of them. */
export type Named = {
  id: string
  side: 'project' | 'host'
  /** As a reader tells them from all the others. */
  label: string
  gone: boolean
}

/** How sure a name is: a code and an address are meant before a name, and a name before an organisation. */
const STEPS = ['codes', 'mails', 'names', 'organisations'] as const
type Known = Named & Record<(typeof STEPS)[number], string[]>

/** Finds all whom a cell of a list may mean; of a code, an address, a name and an organisation, the first that fits. */
export async function findNamed(reader: Reader, eventId: string): Promise<(cell: string) => Named[]> {
  const [people, teams] = await Promise.all([findChoosers(reader, eventId), findTeamsOf(reader, eventId)])
  const ofProject = Map.groupBy(teams, ({ participantId }) => participantId)
  const known = people.map((one) => knownOf(one, ofProject.get(one.participant.id) ?? []))
  const indexes = STEPS.map((step) => indexOf(known, step))
  return (cell) => {
    const keys = [cell.trim().toLowerCase(), cell.trim().toLowerCase(), likeKey(cell), plainWords(cell)]
    return indexes.map((index, at) => index.get(keys[at]) ?? []).find((found) => found.length > 0) ?? []
  }
}

function indexOf(known: Known[], step: (typeof STEPS)[number]): Map<string, Named[]> {
  const index = new Map<string, Named[]>()
  for (const one of known)
    for (const key of new Set(one[step].filter((each) => each !== '')))
      index.set(key, [...(index.get(key) ?? []), one])
  return index
}

type Member = PersonName & { email: string | null }

function knownOf(chooser: Chooser, team: Member[]): Known {
  const { participant, project, host } = chooser
  const members = host ? [host.person] : team
  const organisations = presentOrganisations(chooser)
  const names = [
    ...(project ? [project.name] : []),
    ...members.flatMap((one) => [nameOf(one), surnameFirst(one)]),
  ]
  return {
    ...{ id: participant.id, side: participant.side, label: labelOf(chooser), gone: hasWithdrawn(chooser) },
    codes: [(project ?? host)?.code.toLowerCase() ?? ''],
    mails: members.map(({ email }) => email?.toLowerCase() ?? ''),
    // Two hosts of one name are told apart by their organisation, which may stand before or after it.
    names: [...names, ...(host ? [`${organisations[0]} ${nameOf(host.person)} ${host.label ?? ''}`] : [])]
      .concat(host ? [`${organisations[0]} ${nameOf(host.person)}`] : [])
      .map(likeKey),
    organisations: organisations.flatMap((name) => [name, `${name} ${host?.label ?? ''}`]).map(plainWords),
  }
}

function labelOf(chooser: Chooser): string {
  const { host } = chooser
  if (!host) return presentName(chooser)
  return [host.organisation.name, host.label, presentName(chooser)].filter(Boolean).join(' – ')
}
