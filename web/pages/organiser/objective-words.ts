import type { Objective, ObjectiveLevel } from '../../../server/schemas/run.ts'
import { number } from '../../lib/format.ts'
import { m } from '../../paraglide/messages.js'

type Figure = ObjectiveLevel['value']

export const objectiveLabel = (level: Objective) =>
  ({
    shortfall: m.build_level_shortfall,
    value: m.build_level_value,
    fairness: m.build_level_fairness,
    breaks: m.build_level_breaks,
    idle: m.build_level_idle,
    seatedMoves: m.build_level_seated_moves,
    tableMoves: m.build_level_table_moves,
  })[level]()

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

/** What is known of a level, in one sentence. */
export function objectiveSentence(one: ObjectiveLevel) {
  if (one.proven) return provenWords(one.level)
  if (one.bound === null) return m.build_unknown()
  const gap = gapOf(one)
  if (gap === null) return m.build_not_proven_list()
  return m.build_not_proven({ gap: number(gap) })
}

/** How often each side changes table, in one sentence; null where that is not known of hosts by themselves. */
export function movesOfSides(objective: ObjectiveLevel[]) {
  const [all, hosts] = (['tableMoves', 'seatedMoves'] as const).map(
    (level) => objective.find((one) => one.level === level)?.value,
  )
  if (typeof all !== 'number' || typeof hosts !== 'number') return null
  return m.build_moves_of_sides({ hosts: number(hosts), projects: number(all - hosts) })
}
