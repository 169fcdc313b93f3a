import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { number, time } from '../../../lib/format.ts'
import { m } from '../../../paraglide/messages.js'

type Summary = Pick<PlanView['schedules'][number], 'kind' | 'name' | 'number' | 'changedAt'>

/** "In vigore: versione 3, modificata alle 10:42", "Bozza 2", "Versione 1". */
export function scheduleName({ kind, name, number: version, changedAt }: Summary, zone?: string) {
  if (kind === 'draft') return m.plan_draft_name({ name })
  if (kind === 'version') return m.plan_version_name({ number: number(version ?? 0) })
  return m.plan_live_name({ number: number(version ?? 0), time: time(changedAt, zone) })
}
