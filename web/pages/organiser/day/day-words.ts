import type { DayParticipant, DisruptionView, RepairView } from '../../../../server/schemas/day.ts'
import { attendanceLabel, stateLabel } from '../../../lib/labels.ts'
import type { IconName } from '../../../lib/icons.ts'
import { m } from '../../../paraglide/messages.js'
import type { TileState } from './day-index.ts'
import type { DayState } from './day-state.svelte.ts'

type Look = {
  icon: IconName
  tone: 'good' | 'warn' | 'bad' | 'quiet' | 'info' | 'accent'
  filled?: boolean
}

export const TILE_LOOKS: Record<TileState, Look> = {
  planned: { icon: 'circle', tone: 'quiet' },
  called: { icon: 'bell', tone: 'warn', filled: true },
  in_progress: { icon: 'play', tone: 'good', filled: true },
  done: { icon: 'check', tone: 'info' },
  no_show: { icon: 'user-x', tone: 'bad' },
  free: { icon: 'minus', tone: 'quiet' },
  out: { icon: 'ban', tone: 'bad' },
}

export const tileLabel = (state: TileState) =>
  state === 'free' ? m.day_table_free() : state === 'out' ? m.day_table_out() : stateLabel(state)

/** Why somebody is missing from a table, in two words. */
export function missingWords({ attendance }: DayParticipant) {
  if (attendance === 'expected') return m.day_missing_expected()
  return attendance === 'here' ? m.day_missing_away() : attendanceLabel(attendance)
}

export const DISRUPTION_ICONS: Record<DisruptionView['kind'], IconName> = {
  no_show: 'user-x',
  late: 'clock',
  early: 'log-out',
  table_out: 'ban',
  slot_lost: 'x-circle',
}

/** What happened, as a sentence. */
export function disruptionWords(
  day: DayState,
  { kind, participantId, tableId, slots, minutes }: DisruptionView,
) {
  const who = day.label(participantId)
  const from = day.startOf(slots[0] ?? '')
  switch (kind) {
    case 'no_show':
      return [m.day_says_no_show({ who }), day.dayOf(slots[0] ?? '')].filter(Boolean).join(' · ')
    case 'late': {
      const late = minutes === null ? m.day_says_late_some({ who }) : m.day_says_late({ who, minutes })
      return [late, day.dayOf(slots[0] ?? '')].filter(Boolean).join(' · ')
    }
    case 'early':
      return m.day_says_early({ who, time: from })
    case 'table_out':
      return m.day_says_table_out({ table: day.tableName(tableId), time: from })
    case 'slot_lost':
      return m.day_says_slot_lost({ time: from })
  }
}

export const orderLabel = (order: RepairView['order']) =>
  order === 'fewest-changes' ? m.day_repair_fewest_changes() : m.day_repair_fewest_losses()

type StepKind = RepairView['steps'][number]['kind']
export const STEP_ICONS: Record<StepKind, IconName> = {
  added: 'plus',
  removed: 'minus',
  moved: 'clock',
  table: 'table',
}
export const stepCount = (kind: StepKind, count: number) =>
  ({
    added: m.day_steps_added,
    removed: m.day_steps_removed,
    moved: m.day_steps_moved,
    table: m.day_steps_table,
  })[kind]({ count })
export const stepLabel = (kind: StepKind) =>
  ({
    added: m.day_step_added,
    removed: m.day_step_removed,
    moved: m.day_step_moved,
    table: m.day_step_table,
  })[kind]()
