import type { Instance, Level } from './instance.ts'
import type { Meeting } from './solution.ts'

/** The schedules that a level's bound is about: where nothing changes, those that keep the whole base. */
export function scopeOf(instance: Instance, level: Level, changes: number): Instance {
  const { objective } = instance.rules
  const isAfter = objective.includes('changes') && objective.indexOf(level) > objective.indexOf('changes')
  return isAfter && changes === 0 ? keepMeetings(instance, instance.base!) : instance
}

/** The instance with these meetings locked where they are, as a schedule with no changes to them must have them. */
export function keepMeetings(instance: Instance, meetings: Meeting[]): Instance {
  const kept = new Map(meetings.map((meeting) => [meeting.candidate, meeting]))
  const candidates = instance.candidates.map((candidate) => {
    const meeting = kept.get(candidate.id)
    if (!meeting) return candidate
    const table = meeting.table ?? candidate.lock?.table ?? null
    return { ...candidate, lock: { slot: meeting.slot, table } }
  })
  return { ...instance, candidates }
}
