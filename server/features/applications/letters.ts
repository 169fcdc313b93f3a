import type { Reader } from '../../database/client.ts'
import { nameOf } from '../../naming.ts'
import type { ApplicationLetter } from '../../schemas/letters.ts'
import type { Services } from '../../services.ts'
import { composeMail, type Composed } from '../mail/compose.ts'
import { signInPage } from '../mail/links.ts'
import type { FoundApplication } from './repository.ts'

type Kind = ApplicationLetter extends `application-${infer K}` ? K : never
type About = { kind: Kind; reason?: string; projectId?: string }

/** To whoever applies, in the language in which they did; a blank line of a reason stays one paragraph. */
export function composeApplicationMail(
  reader: Reader,
  services: Pick<Services, 'config'>,
  { application, programme, email }: Pick<FoundApplication, 'application' | 'programme' | 'email'>,
  { kind, reason = '', projectId }: About,
): Promise<Composed> {
  const { name, content, language } = application
  const { firstName, lastName } = content
  const page = projectId ? `/progetto/${projectId}/proposta` : `/candidatura/${programme.id}`
  return composeMail(reader, services, {
    ...{ programme, kind: `application-${kind}`, language },
    person: {
      ...{ email, firstName, lastName, organisation: name, language, role: 'project' },
      ...{ who: nameOf(content) ? `${nameOf(content)} (${name})` : name },
      ...{ personId: null, projectId: null, hostId: null },
    },
    values: { note: reason.split('\n'), link: signInPage(services.config, email, page) },
  })
}
