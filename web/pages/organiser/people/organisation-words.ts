import type { OrganisationRow } from '../../../../server/schemas/standing.ts'
import { number, plural } from '../../../lib/format.ts'
import { hostKindLabel } from '../../../lib/labels.ts'
import { m } from '../../../paraglide/messages.js'

/** What tells two apart that look alike: of which kind they are, and who stands for them. */
export const aboutOrganisation = ({ kind, hosts, projects }: OrganisationRow) =>
  [
    kind && hostKindLabel(kind),
    hosts > 0 &&
      plural(hosts, { one: m.organisations_host(), other: m.organisations_hosts({ count: number(hosts) }) }),
    projects > 0 &&
      plural(projects, {
        one: m.organisations_project(),
        other: m.organisations_projects({ count: number(projects) }),
      }),
  ]
    .filter(Boolean)
    .join(' · ')

/** In a list to choose from: the name, and what tells it apart where another one is written almost the same. */
export const organisationOption = (one: OrganisationRow) =>
  one.alike.length ? `${one.name} (${aboutOrganisation(one)})` : one.name
