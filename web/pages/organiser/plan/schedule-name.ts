import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { serverNow } from '../../../lib/clock.ts'
import { isoDate, number, shortDate, time } from '../../../lib/format.ts'
import { m } from '../../../paraglide/messages.js'

type Dates = Pick<PlanView['event'], 'timezone'>
type Summary = Pick<PlanView['schedules'][number], 'kind' | 'name' | 'number' | 'changedAt' | 'edited'>

/** "In vigore: versione 3, modificata alle 10:42", "Bozza 2", "Versione 1". */
export function scheduleName({ kind, name, number: version, changedAt, edited }: Summary, event: Dates) {
  if (kind === 'draft') return m.plan_draft_name({ name })
  if (kind === 'version') return m.plan_version_name({ number: number(version ?? 0) })
  const values = { number: number(version ?? 0), when: changedSaid(changedAt, event) }
  return edited ? m.plan_live_edited(values) : m.plan_live_name(values)
}

/** "alle 10:42", and of another day than today "il 28 nov 2026 alle 10:42". */
export function changedSaid(at: string, { timezone }: Dates) {
  const values = { time: time(at, timezone), date: shortDate(at, timezone) }
  return isoDate(at, timezone) === isoDate(serverNow(), timezone)
    ? m.plan_changed_at(values)
    : m.plan_changed_on(values)
}
