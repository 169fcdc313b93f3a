import type { SlotRow } from '../events/repository.ts'
import type { MergeQuestion, MergeSide } from '../../schemas/standing.ts'
import type { MergedHost, Place, Said } from './merge-rows.ts'

/** What both members of a pair of twins say, and what of it stands: asked where they differ. */
export type Choices = Record<string, MergeSide>

const OF_HOST = [
  ...['about', 'themes', 'supportForms', 'districts', 'amountMin', 'amountMax', 'funds', 'doesNotFund'],
  'label',
] as (
  | 'about'
  | 'themes'
  | 'supportForms'
  | 'districts'
  | 'amountMin'
  | 'amountMax'
  | 'funds'
  | 'doesNotFund'
  | 'label'
)[]
const OF_PERSON = ['title', 'phone', 'language'] as const
type Field = (typeof OF_HOST)[number] | (typeof OF_PERSON)[number]

const valueOf = ({ host, person }: MergedHost, field: Field) =>
  ({ ...host, ...person, label: host.label })[field]
const wordsOf = (one: MergedHost, field: Field): string => {
  const value = valueOf(one, field)
  return Array.isArray(value) ? value.join(', ') : String(value ?? '')
}

export const fieldQuestions = (survivor: MergedHost, twin: MergedHost): MergeQuestion[] =>
  [...OF_HOST, ...OF_PERSON].flatMap((field) => {
    const [one, other] = [wordsOf(survivor, field), wordsOf(twin, field)]
    const differ = one !== '' && other !== '' && one !== other
    return differ
      ? [{ key: `field:${field}`, about: 'field' as const, field, survivor: one, twin: other }]
      : []
  })

/** What the survivor takes from the twin: what was chosen, and what it had not said itself. Notes of both stay. */
export function fieldsTaken(survivor: MergedHost, twin: MergedHost, choices: Choices) {
  const isTaken = (field: Field) =>
    wordsOf(twin, field) !== '' && (wordsOf(survivor, field) === '' || choices[`field:${field}`] === 'twin')
  const taken = <F extends Field>(fields: readonly F[]) =>
    Object.fromEntries(fields.filter(isTaken).map((field) => [field, valueOf(twin, field)]))
  const notes = [...new Set([survivor.host.notes, twin.host.notes].filter(Boolean))].join('\n')
  const email = survivor.person.email ?? twin.person.email
  return { host: { ...taken(OF_HOST), notes }, person: { ...taken(OF_PERSON), email } }
}

type Answers = { key: string; about: 'given' | 'received'; otherId: string; survivor?: Said; twin?: Said }

/** What the two said of each project, and each project of them. */
export function answersOf({ survivor, twin }: Place, said: Said[]): Answers[] {
  if (!survivor || !twin) return []
  const found = new Map<string, Answers>()
  for (const one of said)
    for (const [side, id] of [
      ['survivor', survivor.id],
      ['twin', twin.id],
    ] as const) {
      if (one.fromId !== id && one.toId !== id) continue
      const [about, otherId] =
        one.fromId === id ? (['given', one.toId] as const) : (['received', one.fromId] as const)
      const key = `${about}:${twin.id}:${otherId}`
      found.set(key, { ...(found.get(key) ?? { key, about, otherId }), [side]: one })
    }
  return [...found.values()]
}

const same = (one: Said, other: Said) => one.level === other.level && one.conflict === other.conflict
export const isOpen = ({ survivor, twin }: Answers) => Boolean(survivor && twin && !same(survivor, twin))

/** What stands of an answer: the twin's where it was chosen, or where it alone has said something. */
export const standing = ({ key, survivor, twin }: Answers, choices: Choices): Said | undefined =>
  survivor && twin ? (choices[key] === 'twin' ? twin : survivor) : (survivor ?? twin)

export function answerQuestions(place: Place, said: Said[], nameOf: (id: string) => string): MergeQuestion[] {
  return answersOf(place, said)
    .filter(isOpen)
    .map(({ key, about, otherId, survivor, twin }) => ({
      ...{ key, about, event: place.event.title, name: nameOf(otherId) },
      survivor: { level: survivor!.level, conflict: survivor!.conflict },
      twin: { level: twin!.level, conflict: twin!.conflict },
    }))
}

/** When each can come: asked where both have said, in any way, and not the same. */
export function availabilityOf(
  { event, survivor, twin }: Place,
  away: Map<string, Set<string>>,
  slots: SlotRow[],
) {
  if (!survivor || !twin) return null
  const of = ({ id, maxMeetings, answeredAt }: typeof survivor) => ({
    away: slots.filter((slot) => away.get(id)?.has(slot.id)),
    ...{ maxMeetings, hasSaid: answeredAt !== null || maxMeetings !== null || Boolean(away.get(id)?.size) },
  })
  const [one, other] = [of(survivor), of(twin)]
  const isSame =
    one.maxMeetings === other.maxMeetings &&
    one.away.map(({ id }) => id).join() === other.away.map(({ id }) => id).join()
  const key = `availability:${twin.id}`
  return { key, event: event.title, one, other, differs: !isSame && one.hasSaid && other.hasSaid }
}
export type Availability = NonNullable<ReturnType<typeof availabilityOf>>

export function availabilityQuestion({ key, event, one, other, differs }: Availability): MergeQuestion[] {
  const shown = ({ away, maxMeetings }: typeof one) => ({
    away: away.map(({ startsAt }) => startsAt.toISOString()),
    maxMeetings,
  })
  return differs ? [{ key, about: 'availability', event, survivor: shown(one), twin: shown(other) }] : []
}

export const takesTwins = ({ key, one, other, differs }: Availability, choices: Choices) =>
  differs ? choices[key] === 'twin' : !one.hasSaid && other.hasSaid
