import type { Cause } from '../../../solver/index.ts'
import { say } from '../../messages.ts'
import type { Names } from './names.ts'

/** Why no agenda can exist, as a sentence with the names of people. */
export function sayCause(names: Names, cause: Cause): string {
  const { locale, list } = names
  const values = valuesOf(names, cause)
  if (cause.code !== 'noTimetable') return say(locale, `cause_${cause.code}`, values)
  const held = cause.candidates?.length ? 'cause_noTimetable' : 'cause_noTimetable_quotas'
  const rules = list((cause.rules ?? []).map((rule) => say(locale, `premise_${rule}`)))
  const besides = values.who ? 'cause_besides_people' : 'cause_besides'
  return [
    say(locale, held, values),
    rules && say(locale, besides, { rules, who: values.who }),
    cause.minimal ? say(locale, 'cause_minimal') : '',
  ].join('')
}

function valuesOf({ person, people, pair, slot, table, quota, list }: Names, cause: Cause) {
  const { participants = [], candidates = [], slots = [], tables = [], quotas = [] } = cause
  const { count = 0, most = 0, row = 0 } = cause
  const met = candidates.flatMap((id) => people(id).filter((one) => !participants.includes(one)))
  return {
    who: list(participants.map(person)),
    met: list(met.map(person)),
    pair: candidates.slice(0, 1).map(pair).join(''),
    others: list(candidates.slice(1).map((id) => `“${pair(id)}”`)),
    pairs: list(candidates.map((id) => `“${pair(id)}”`)),
    slot: slots.slice(0, 1).map(slot).join(''),
    slots: list(slots.map(slot)),
    table: list(tables.map(table)),
    quotas: list(quotas.map(quota)),
    count,
    most,
    row,
  }
}
