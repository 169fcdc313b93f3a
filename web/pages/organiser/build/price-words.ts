import type { Priced } from '../../../../server/schemas/run.ts'
import { number } from '../../../lib/format.ts'
import { m } from '../../../paraglide/messages.js'

export const pricedLabel = (rule: Priced) =>
  ({
    guaranteeFinanced: m.build_priced_guarantee_financed,
    guaranteeNotFinanced: m.build_priced_guarantee_others,
    guaranteeHosts: m.build_priced_guarantee_hosts,
    maximumProjects: m.build_priced_maximum_projects,
    maximumHosts: m.build_priced_maximum_hosts,
    tables: m.build_priced_tables,
    slots: m.build_priced_slots,
    hours: m.build_priced_hours,
    hosts: m.build_priced_hosts,
  })[rule]()

const isMore = (rule: Priced) => ['tables', 'slots', 'hours', 'hosts'].includes(rule)

/** How a step is written: a number, or how many more or fewer. */
export const stepLabel = (rule: Priced, step: number) =>
  isMore(rule) && step !== 0 ? `${step > 0 ? '+' : '−'}${number(Math.abs(step))}` : number(step)
