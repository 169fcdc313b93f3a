import type { HostRow, PeopleView, ProjectRow } from '../../../../server/schemas/programme.ts'

export type PeopleKind = 'projects' | 'hosts'

/** A project or a host as the list shows it: by its name or its organisation, with who stands behind it. */
export type Person = {
  id: string
  title: string
  under: string
  /** As it is told apart from others of the same title. */
  fullName: string
  email: string | null
  /** The organisers' own. */
  notes: string
  sample: boolean
  /** What a search looks at. */
  words: string
  project: ProjectRow | null
  host: HostRow | null
}

const wordsOf = ({ name, code, email }: ProjectRow | HostRow, organisations: string[]) =>
  [name, code, email, ...organisations].join(' ').toLowerCase()

const ofProject = (project: ProjectRow): Person => ({
  id: project.id,
  title: project.name,
  under: project.organisations.join(' · '),
  fullName: project.name,
  email: project.email,
  notes: project.notes,
  sample: project.sample,
  words: wordsOf(project, project.organisations),
  project,
  host: null,
})

const ofHost = (host: HostRow): Person => ({
  id: host.id,
  title: host.organisation,
  under: host.name,
  fullName: `${host.name}, ${host.organisation}`,
  email: host.email,
  notes: host.notes,
  sample: host.sample,
  words: wordsOf(host, [host.organisation]),
  project: null,
  host,
})

export const peopleOf = (view: PeopleView | null, kind: PeopleKind): Person[] =>
  kind === 'projects' ? (view?.projects ?? []).map(ofProject) : (view?.hosts ?? []).map(ofHost)
