import { CAUSES, type Cause, type Finding } from '../../../solver/index.ts'
import { isMessage, say } from '../../messages.ts'
import { sayCause } from './cause-words.ts'
import { sayChange } from './change-words.ts'
import type { Names } from './names.ts'
import type { Suggested } from './suggestions.ts'

/** What counting shows before a run, as a sentence. */
export function sayFinding(names: Names, finding: Finding): string {
  const { locale, person, pair, list } = names
  const { severity, code, participants = [], candidates = [], quotas = [], count = 0, most = 0 } = finding
  const isCause = (one: string): one is Cause['code'] => CAUSES.some((known) => known === one)
  if (isCause(code) && severity === 'impossible') return sayCause(names, { ...finding, code })
  const values = {
    who: list(participants.map(person)),
    pair: candidates.slice(0, 1).map(pair).join(''),
    wishes: candidates.length,
    ...{ count, most, ids: list(quotas) },
  }
  if (code === 'guaranteeTooHigh' && most === 0) return say(locale, 'check_guaranteeNone', values)
  const key = isCause(code) ? `check_never_${code}` : `check_${code}`
  return say(locale, isMessage(key) ? key : 'check_never', values)
}

/** The smallest change that was found to help, as what to do. */
export function sayWayOut(names: Names, { remedy }: Finding): string | null {
  return remedy && `${names.list(remedy.changes.map((change) => sayChange(names, change)))}.`
}

/** Where a guarantee cannot be kept by wishes: the meetings that the run may propose by affinity. */
export function sayProposable(
  { locale }: Names,
  { code, participants = [] }: Finding,
  fitting: Suggested[],
): string | null {
  if (code !== 'guaranteeTooHigh') return null
  const own = fitting.filter((pair) => pair.participants.some((id) => participants.includes(id)))
  return own.length > 0 ? say(locale, 'check_proposable', { count: own.length }) : null
}
