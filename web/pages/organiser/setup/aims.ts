import type { Aim } from '../../../../server/schemas/rules.ts'
import { m } from '../../../paraglide/messages.js'

export const aimLabel = (aim: Aim) =>
  ({
    guarantee: m.aim_guarantee,
    wishes: m.aim_wishes,
    fairness: m.aim_fairness,
    days: m.aim_days,
    tables: m.aim_tables,
  })[aim]()

export const namesOfAims = (aims: readonly Aim[]) => aims.map(aimLabel).join(', ')

/** Orders with a name: what people are promised first, then what gives the order its name. */
export const PRESETS = {
  wishes: ['guarantee', 'wishes', 'fairness', 'days', 'tables'],
  fairness: ['guarantee', 'fairness', 'wishes', 'days', 'tables'],
  days: ['guarantee', 'days', 'wishes', 'fairness', 'tables'],
} satisfies Record<string, Aim[]>
type Preset = keyof typeof PRESETS

export const presetOf = (aims: readonly Aim[]): Preset | null =>
  (Object.keys(PRESETS) as Preset[]).find((key) => String(PRESETS[key]) === String(aims)) ?? null

/** What an order means for a wish. */
export function meaningOf(aims: readonly Aim[]): string[] {
  const before = aims.slice(0, aims.indexOf('wishes'))
  const words: Record<Aim, () => string> = {
    guarantee: m.aims_guarantee_first,
    fairness: m.aims_fairness_first,
    days: m.aims_days_first,
    tables: m.aims_tables_first,
    wishes: () => '',
  }
  return [
    ...before.map((aim) => words[aim]()),
    ...(before.includes('guarantee') ? [] : [m.aims_wishes_before_guarantee()]),
    m.aims_rest(),
  ]
}

/** The order with an aim one place up or down. */
export function moved(aims: readonly Aim[], aim: Aim, by: -1 | 1): Aim[] {
  const at = aims.indexOf(aim)
  return aims.with(at, aims[at + by]!).with(at + by, aim)
}
