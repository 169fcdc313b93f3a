import type { Turn } from './turn-clock.ts'

const LEFT = 5 * 60_000
/** Who was away for so long, asleep or with another clock, is not rung at for what has gone by. */
const LATE = 20_000

/** How often the bell strikes now: once at five minutes left of a turn, twice at its end. */
export function strokesBetween(turns: Pick<Turn, 'startsAt' | 'endsAt'>[], before: number, now: number) {
  if (now <= before || now - before > LATE) return 0
  const passed = (time: number) => before < time && time <= now
  if (turns.some(({ endsAt }) => passed(Date.parse(endsAt)))) return 2
  const isNear = ({ startsAt, endsAt }: (typeof turns)[number]) =>
    Date.parse(endsAt) - LEFT > Date.parse(startsAt) && passed(Date.parse(endsAt) - LEFT)
  return turns.some(isNear) ? 1 : 0
}
