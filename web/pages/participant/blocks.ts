import { m } from '../../paraglide/messages.js'
import { time, weekdayOf } from '../../lib/format.ts'

type Slot = { day: string; block: number; startsAt: string; endsAt: string }

/** Slots by block, named as people do: morning or afternoon, numbered where a day has several of each, with the day if there are more. */
export function blocksOf<S extends Slot>(slots: S[], zone: string) {
  const groups = [...Map.groupBy(slots, ({ day, block }) => `${day} ${block}`).values()]
  const days = groups.map((group) => group[0]!.day)
  const isAlone = new Set(days).size === 1
  const names = groups.map((group) => {
    const hour = Number(time(group[0]!.startsAt, zone).slice(0, 2))
    return hour < 13 ? m.block_morning() : hour < 18 ? m.block_afternoon() : m.block_evening()
  })
  return groups.map((group, index) => {
    const isAlike = (name: string, at: number) => name === names[index] && days[at] === days[index]
    const alike = names.filter(isAlike).length
    const position = names.slice(0, index + 1).filter(isAlike).length
    const name = alike > 1 ? `${names[index]} ${position}` : names[index]!
    return {
      key: `${days[index]} ${group[0]!.block}`,
      day: days[index]!,
      label: isAlone ? name : `${weekdayOf(days[index])} · ${name}`,
      startsAt: group[0]!.startsAt,
      endsAt: group.at(-1)!.endsAt,
      slots: group,
    }
  })
}
