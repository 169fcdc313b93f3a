import type {
  HostRow,
  NewPerson,
  PeopleView,
  PersonRow,
  ProjectRow,
} from '../../../../server/schemas/programme.ts'

export type PeopleKind = 'projects' | 'hosts'

/** A project or a host as the list shows it: by its name or its organisation, with who stands behind it. */
export type Person = {
  id: string
  title: string
  under: string
  /** As it is told apart from others of the same title. */
  fullName: string
  /** Who is written to. */
  contact: PersonRow | null
  /** By the surname. */
  sortName: string
  email: string | null
  sample: boolean
  withdrawn: boolean
  /** What a search looks at. */
  words: string[]
  project: ProjectRow | null
  host: HostRow | null
}

const wordsOf = (words: string[], people: PersonRow[]) => [
  ...words,
  ...people.flatMap(({ name, title, email }) => [name, title, email ?? '']),
]

const sortNameOf = (person: PersonRow | undefined) =>
  person ? [person.lastName, person.firstName].filter(Boolean).join(' ') || person.name : ''

const ofProject = (project: ProjectRow): Person => ({
  id: project.id,
  title: project.name,
  under: project.organisations.join(' · '),
  fullName: project.name,
  contact: project.team[0] ?? null,
  sortName: sortNameOf(project.team[0]),
  email: project.team.find(({ email }) => email)?.email ?? null,
  sample: project.sample,
  withdrawn: project.withdrawn,
  words: wordsOf([project.name, project.code, ...project.organisations], project.team),
  project,
  host: null,
})

const ofHost = (host: HostRow): Person => ({
  id: host.id,
  title: host.organisation,
  under: host.person.name,
  fullName: [host.organisation, host.person.name].filter(Boolean).join(' – '),
  contact: host.person,
  sortName: sortNameOf(host.person),
  email: host.person.email,
  sample: host.sample,
  withdrawn: host.withdrawn,
  words: wordsOf([host.code, host.organisation, host.label], [host.person]),
  project: null,
  host,
})

export const peopleOf = (view: PeopleView | null, kind: PeopleKind): Person[] =>
  kind === 'projects' ? (view?.projects ?? []).map(ofProject) : (view?.hosts ?? []).map(ofHost)

/** Somebody as a form holds them. */
export type PersonDraft = {
  id?: string
  firstName: string
  lastName: string
  title: string
  email: string
  phone: string
  language: 'it' | 'en' | null
}

export const draftOf = (person?: PersonRow): PersonDraft => ({
  ...(person && { id: person.id }),
  firstName: person?.firstName ?? '',
  lastName: person?.lastName ?? '',
  title: person?.title ?? '',
  email: person?.email ?? '',
  phone: person?.phone ?? '',
  language: person?.language ?? null,
})

export const saidIn = ({ firstName, lastName, title, email, phone, language }: PersonDraft): NewPerson => ({
  ...{ firstName: firstName.trim(), lastName: lastName.trim(), title: title.trim() },
  ...{ email: email.trim() || null, phone: phone.trim() || null, language },
})

/** Only what differs: what somebody else changed meanwhile stays as they left it. */
export function changesOf<T extends object>(before: T, after: T): Partial<T> {
  const differs = (key: keyof T) => JSON.stringify(before[key]) !== JSON.stringify(after[key])
  const keys = (Object.keys(after) as (keyof T)[]).filter(differs)
  return Object.fromEntries(keys.map((key) => [key, after[key]])) as Partial<T>
}
