import type { EventRules } from '../../schemas/event.ts'

/** What a new event starts from; the organisers change it in its settings. */
export const DEFAULT_RULES: EventRules = {
  weights: { must: 8, want: 4, open: 1 },
  guarantee: { financed: 3, notFinanced: 3, hosts: 0 },
  maximum: { projects: null, hosts: null },
  musts: 3,
}
