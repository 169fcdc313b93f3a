import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { eventTimeSaid, number } from '../../../lib/format.ts'
import { m } from '../../../paraglide/messages.js'

type Dates = Pick<PlanView['event'], 'date' | 'lastDate' | 'timezone'>
type Summary = Pick<PlanView['schedules'][number], 'kind' | 'name' | 'number' | 'changedAt'>

/** "In vigore: versione 3, modificata alle 10:42", "Bozza 2", "Versione 1". */
export function scheduleName({ kind, name, number: version, changedAt }: Summary, event: Dates) {
  if (kind === 'draft') return m.plan_draft_name({ name })
  if (kind === 'version') return m.plan_version_name({ number: number(version ?? 0) })
  return m.plan_live_name({ number: number(version ?? 0), time: eventTimeSaid(changedAt, event) })
}
