import type { HostKind } from '../../../../server/schemas/common.ts'
import { hostKindLabel } from '../../../lib/labels.ts'
import { m } from '../../../paraglide/messages.js'
import type { PersonDraft } from './person.ts'

export const nameOfDraft = ({ firstName, lastName, email }: PersonDraft) =>
  [firstName, lastName].filter(Boolean).join(' ') || email

const LABELS = {
  firstName: m.people_first_name,
  lastName: m.people_last_name,
  title: m.people_role,
  email: m.people_email,
  phone: m.people_phone,
  language: m.people_language,
}

/** What a field of somebody is called. */
export const personLabel = (field: string) => LABELS[field as keyof typeof LABELS]()

const LANGUAGES: Record<string, () => string> = { it: m.people_language_it, en: m.people_language_en }

/** A value of such a field, where the form does not show it as it is. */
export const personWords = (field: string, value: unknown) =>
  field === 'language' ? LANGUAGES[value as string]?.() : undefined

/** All that is known of somebody, in one line. */
export const detailsOf = (person: PersonDraft) =>
  [nameOfDraft(person), person.title, person.email, person.phone].filter(Boolean).join(', ')

export const hostKinds = () =>
  (['corporate', 'enterprise', 'foundation', 'cooperative', 'other'] as const).map((value) => ({
    value,
    label: hostKindLabel(value),
  }))

export const kindWords = (value: unknown) => hostKindLabel(value as HostKind)
