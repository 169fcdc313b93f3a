/** Events with those of today or still to come before those that are over, and of each the nearest first. */
export function nearestFirst<E extends { date: string; lastDate: string }>(events: E[], today: string): E[] {
  const isOver = ({ lastDate }: E) => lastDate < today
  const between = (one: E, other: E) =>
    isOver(one) ? other.lastDate.localeCompare(one.lastDate) : one.date.localeCompare(other.date)
  return events.toSorted((one, other) => Number(isOver(one)) - Number(isOver(other)) || between(one, other))
}
