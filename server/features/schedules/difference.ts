/** Where a pair meets. */
export type Placement = { slotId: string; tableId: string | null; projectId: string; hostId: string }
export type Step = {
  kind: 'added' | 'removed' | 'moved' | 'table'
  participants: [string, string]
  from: Placement | null
  to: Placement | null
}
type Held = Placement & { candidateId: string }

/** What changes for people from one set of meetings to another; meetings that stay where they are give nothing. */
export function compareMeetings(before: Held[], after: Held[]): Step[] {
  const old = new Map(before.map((meeting) => [meeting.candidateId, meeting]))
  const kept = new Set(after.map((meeting) => meeting.candidateId))
  const gone = before.filter((meeting) => !kept.has(meeting.candidateId))
  return [
    ...after.map((to) => step(old.get(to.candidateId) ?? null, to)),
    ...gone.map((from) => step(from, null)),
  ].filter((found) => found !== null)
}

function step(from: Held | null, to: Held | null): Step | null {
  const { projectId, hostId } = (to ?? from)!
  const kind = kindOf(from, to)
  return kind && { kind, participants: [projectId, hostId], from, to }
}

function kindOf(from: Held | null, to: Held | null): Step['kind'] | null {
  if (!from) return 'added'
  if (!to) return 'removed'
  if (from.slotId !== to.slotId) return 'moved'
  return from.tableId === to.tableId ? null : 'table'
}

/** Those whose agenda is no longer the same. */
export const affectedBy = (steps: Step[]): Set<string> => new Set(steps.flatMap((step) => step.participants))
