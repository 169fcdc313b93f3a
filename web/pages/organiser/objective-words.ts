import type { Objective, ObjectiveLevel } from '../../../server/schemas/run.ts'
import { number } from '../../lib/format.ts'
import { m } from '../../paraglide/messages.js'

type Figure = ObjectiveLevel['value']

/** In the usual order. */
const labels: Record<Objective, () => string> = {
  shortfall: m.build_level_shortfall,
  value: m.build_level_value,
  fairness: m.build_level_fairness,
  breaks: m.build_level_breaks,
  idle: m.build_level_idle,
  seatedMoves: m.build_level_seated_moves,
  tableMoves: m.build_level_table_moves,
}

export const objectiveLabel = (level: Objective) => labels[level]()

const provenWords = (level: Objective) =>
  ({
    shortfall: m.build_proven_shortfall,
    value: m.build_proven_value,
    fairness: m.build_proven_fairness,
    breaks: m.build_proven_breaks,
    idle: m.build_proven_idle,
    seatedMoves: m.build_proven_seated_moves,
    tableMoves: m.build_proven_table_moves,
  })[level]()

/** Fairness is one number a project, in order: what counts for people is the least and the most. */
export const figure = (value: Figure | null) => {
  if (value === null) return '–'
  if (!Array.isArray(value)) return number(value)
  const [least, most] = [value.at(0), value.at(-1)]
  if (least === undefined || most === undefined) return '–'
  return least === most ? number(least) : m.build_from_to({ least: number(least), most: number(most) })
}

/** How far the bound is from the value; null where there is no bound, or where both are lists. */
export const gapOf = ({ value, bound }: ObjectiveLevel) =>
  typeof value === 'number' && typeof bound === 'number' ? Math.abs(bound - value) : null

/** What is known of a level, in one sentence, among the levels in their order. */
export function objectiveSentence(one: ObjectiveLevel, all: ObjectiveLevel[]) {
  const gap = gapOf(one)
  // What a tolerance gave back: the bound is of the level before.
  if (one.proven && gap) return m.build_proven_before({ best: figure(one.bound) })
  if (one.proven) return isUsual(all) ? provenWords(one.level) : m.build_proven_in_order()
  if (one.bound === null) return m.build_unknown()
  return gap === null ? m.build_not_proven_list() : m.build_not_proven({ gap: number(gap) })
}

const isUsual = (all: ObjectiveLevel[]) => {
  const places = all.map(({ level }) => Object.keys(labels).indexOf(level))
  return places.every((place, at) => at === 0 || place > places[at - 1]!)
}
